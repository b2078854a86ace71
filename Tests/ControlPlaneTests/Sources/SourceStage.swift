import Foundation
import JSONValue
import NIOHTTP1
import Testing

@testable import ControlPlane

extension Stage {
    /// Registers a source and approves it.
    ///
    /// - Returns: its id.
    func approvedSource(_ body: JSON) async throws -> String {
        let made = try await send(.POST, "/third-party-sources", body)
        #expect(made.status == 201 && made.body["syncStatus"] == "pending-approval", "\(made.body.text())")
        let id = try #require(made.body["id"]?.stringValue)
        #expect(try await send(.POST, "/third-party-sources/\(id)/approve").status == 200)
        return id
    }

    /// Waits until a source is not being fetched.
    func settled(_ id: String, _ status: String) async throws -> JSON {
        try await eventually("the source is \(status)") {
            try await send(.GET, "/third-party-sources/\(id)").body["syncStatus"]?.stringValue == status
        }
        return try await send(.GET, "/third-party-sources/\(id)").body
    }
}

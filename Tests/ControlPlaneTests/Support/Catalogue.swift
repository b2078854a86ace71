import Foundation
import HTTPOperations
import JSONValue
import Logging
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

extension Stage {
    /// What the audit trail has of an object: `action actor`, the oldest first.
    func trail(_ resource: String) async throws -> [String] {
        try await rows("select action || ' ' || actor from audit_entries where resource = \(resource) order by id")
    }

    /// Follows the links of a list.
    ///
    /// - Returns: the items of each page.
    func pages(_ path: String, token: String? = Stage.token) async throws -> [[JSON]] {
        var pages: [[JSON]] = []
        var next: String? = path
        while let path = next, pages.count < 50 {
            let page = try await send(.GET, path, token: token)
            #expect(page.status == 200, "\(page.body.text())")
            pages.append(page.body.arrayValue ?? [])
            next = page.headers["Link"].first?.split(separator: ">").first.map { String($0.dropFirst("</api/v1".count)) }
        }
        return pages
    }
}

/// Callers with other roles than the one that a stage's token has.
struct RoleTokens: Sendable {
    static let viewer = "viewer-token-0123456789-0123456789-0123456789"
    static let customer = "customer-token-0123456789-0123456789-01234567"
    static let customersViewer = "customers-viewer-token-0123456789-0123456789"
    /// The owner of tenants with the address mia@corp.example.
    static let owner = "owner-token-0123456789-0123456789-0123456789"
    static let administrator = "administrator-token-0123456789-0123456789-01"

    /// Serves some operations to callers of every role for the time of a closure, which gets the base address.
    static func serving(
        _ operations: [HTTPOperations.Operation],
        _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        func member(_ token: String, _ role: Role, customer: String? = nil, email: String? = nil) throws -> any Authenticator {
            try StaticTokenAuthenticator(
                token: token,
                principal: Principal(
                    subject: role.rawValue,
                    roles: [role],
                    method: "test",
                    email: email,
                    customer: customer
                )
            )
        }
        let surface = Surface(
            title: "roles",
            version: "1",
            basePath: "/api/v1",
            authenticator: AuthenticatorChain([
                try member(administrator, .platformAdmin), try member(viewer, .viewer),
                try member(customer, .customerAdmin, customer: "corp"),
                try member(customersViewer, .viewer, customer: "corp"), try member(owner, .owner, email: "mia@corp.example"),
            ]),
            operations: operations
        )
        let logger = Logger(label: "roles") { _ in SwiftLogNoOpLogHandler() }
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [surface]),
            configuration: .init(host: "127.0.0.1", port: 0),
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let base = "http://127.0.0.1:\(try await server.waitUntilReady())/api/v1"
            do {
                try await body(base)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let _ = try? await group.next() {}
        }
    }
}

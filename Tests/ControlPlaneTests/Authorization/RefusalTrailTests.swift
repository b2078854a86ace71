import HTTPOperations
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import Postgres
import Projection
import Testing

import struct Foundation.Date

@testable import ControlPlane

@Suite struct RefusalTrailTests {
    private static let viewer: JSON = ["owner": "user:v", "roles": ["viewer"]]

    @Test func whatAKnownCallerIsRefusedIsInTheTrail() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/access-tokens", Self.viewer)
            let viewer = try #require(made.body["plainTextToken"]?.stringValue)
            let refused = try await stage.send(.DELETE, "/tenants/mia", token: viewer, headers: [("X-Request-Id", "request-1")])
            #expect(refused.status == 403)
            #expect(try await stage.send(.DELETE, "/tenants/mia", token: nil).status == 401)
            #expect(try await stage.send(.GET, "/tenants/mia", token: viewer).status == 404)
            try await eventually("the refusal is in the trail") {
                try await stage.trail("Operation/deleteTenant") == ["AccessRefused user:v"]
            }
            func kept(_ column: SQL) async throws -> [String] {
                try await stage.rows("select \(column)::text from audit_entries where action = 'AccessRefused'")
            }
            let (request, outcome, message) = (try await kept("request_id"), try await kept("outcome"), try await kept("message"))
            #expect(request == ["request-1"])
            #expect(outcome == ["failed"])
            let who = "user:v (by a credential that static-token made)"
            #expect(message == ["\(who) was refused deleteTenant (FORBIDDEN) at /api/v1/tenants/mia."])
        }
    }

    @Test func nobodyFillsTheTrail() async throws {
        try await withStage { stage in
            let time = NIOLockedValueBox(ContinuousClock.now)
            let logger = Logger(label: "trail") { _ in SwiftLogNoOpLogHandler() }
            let trail = RefusalTrail(
                audit: AuditRepository(pool: stage.pool),
                logger: logger,
                now: { Date() },
                instant: { time.withLockedValue { $0 } }
            )
            func refuse(_ subject: String, roles: Set<Role> = [.viewer]) {
                let principal = Principal(subject: subject, roles: roles, method: "m")
                trail.note(RefusedRequest(operationID: "o", requestID: "r", path: "/o", principal: principal, code: "FORBIDDEN"))
            }
            for _ in 0..<100 { refuse("ada") }
            for _ in 0..<5 { refuse("anonymous", roles: []) }
            for number in 0..<100 { refuse("user-\(number)") }
            time.withLockedValue { $0 += .seconds(6) }
            refuse("ada")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await trail.run() }
                try await eventually("the last one is written") {
                    try await stage.rows("select count(*)::text from audit_entries where action = 'AccessRefused'") == ["61"]
                }
                group.cancelAll()
            }
            let of = try await stage.rows(
                "select actor || ' ' || count(*) from audit_entries where resource = 'Operation/o' group by actor"
            )
            let isAnonymousThere = of.contains { $0.hasPrefix("anonymous") }
            #expect(of.contains("ada 11") && of.count == 51 && !isAnonymousThere)
        }
    }
}

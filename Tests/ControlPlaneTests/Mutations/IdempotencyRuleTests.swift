import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// One rule for every write, whether it goes to Kubernetes or touches the database alone.
@Suite struct IdempotencyRuleTests {
    /// Creations of both kinds: the path, the request, and another request.
    private static let creations: [(path: String, request: JSON, other: JSON)] = [
        ("/tenants", Stage.tenant, ["name": "mia", "displayName": "Other", "email": "mia@corp.example"]),
        (
            "/policies", ["name": "web", "domains": ["allow": ["a.example"]]], ["name": "web", "domains": ["allow": ["b.example"]]]
        ),
        ("/groups", ["name": "ops"], ["name": "dev"]),
        (
            "/mcp-servers", ["name": "jira", "endpoint": "http://jira-mcp:8080/mcp", "transport": "streamable-http"],
            ["name": "other", "endpoint": "http://jira-mcp:8080/mcp", "transport": "streamable-http"]
        ),
    ]

    @Test func aRepeatedRequestIsAnsweredAsTheFirst() async throws {
        try await withStage { stage in
            for (path, request, other) in Self.creations {
                let key = [("Idempotency-Key", "once")]
                let first = try await stage.send(.POST, path, request, headers: key)
                try #require(first.status == 201, "\(path): \(first.body.text())")
                let again = try await stage.send(.POST, path, request, headers: key)
                #expect(again.status == 201 && again.body == first.body, "\(path): \(again.body.text())")
                for header in ["ETag", "Location"] {
                    let value = try #require(first.headers[header].first, "\(path) \(header)")
                    #expect(again.headers[header].first == value, "\(path) \(header)")
                }
                // What was made is where the answer says.
                let location = try #require(first.headers["Location"].first)
                #expect(location.hasPrefix("/api/v1\(path)/"))
                #expect(try await Stage.send(.GET, stage.base + location, token: Stage.token).status == 200, "\(location)")

                let reused = try await stage.send(.POST, path, other, headers: key)
                #expect(reused.status == 422 && reused.code == "IDEMPOTENCY_KEY_REUSED", "\(path): \(reused.body.text())")
                #expect(reused.fields == ["Idempotency-Key"], "\(path)")
                // With If-Match it is another request as well; the key says nothing about another operation.
                let name = String(location.dropFirst("/api/v1".count))
                let deleted = try await stage.send(.DELETE, name, headers: key)
                #expect((200...204).contains(deleted.status), "\(path): \(deleted.body.text())")
                let conditional = try await stage.send(.DELETE, name, headers: key + [("If-Match", "\"x\"")])
                #expect(conditional.status == 422 && conditional.code == "IDEMPOTENCY_KEY_REUSED", "\(path)")
                #expect(try await stage.send(.DELETE, name, headers: key).status == deleted.status, "\(path)")
            }
        }
    }

    @Test func whileTheFirstIsAtItTheSecondIsToldToWait() async throws {
        try await withStage { stage in
            let key = [("Idempotency-Key", "busy")]
            // A write with this key that has not ended: a replica holds its row.
            try await stage.pool.withTransaction { transaction in
                try await transaction.execute(
                    """
                    insert into idempotency_keys (principal, operation_id, key, request_digest, created_at, expires_at)
                    values ('static-token', 'createGroup', 'busy', 'd', now(), now() + interval '1 day')
                    """
                )
                let busy = try await stage.send(.POST, "/groups", ["name": "ops"], headers: key)
                #expect(busy.status == 409 && busy.code == "WRITE_IN_PROGRESS" && busy.headers["Retry-After"].first != nil)
            }
            // It has ended: now the key is known, and was for something else.
            let reused = try await stage.send(.POST, "/groups", ["name": "ops"], headers: key)
            #expect(reused.status == 422 && reused.code == "IDEMPOTENCY_KEY_REUSED")
            // The same for a write to Kubernetes.
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: key).status == 201)
            try await stage.pool.execute("update write_intents set state = 'open', answer_status = null where idempotency_key = 'busy'")
            let open = try await stage.send(.POST, "/tenants", Stage.tenant, headers: key)
            #expect(open.status == 409 && open.code == "WRITE_IN_PROGRESS" && open.headers["Retry-After"].first != nil)
        }
    }
}

import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct AccessTokenTests {
    /// A token of somebody else than the platform's administrator.
    private func token(
        _ stage: Stage,
        owner: String,
        roles: Set<Role> = [.viewer],
        scopes: Set<String> = ["read", "write"],
        expires: TimeInterval = 3600,
        parent: UUID? = nil
    ) async throws -> (text: String, id: UUID) {
        let token = AccessToken(secret: OpaqueSecret.randomBytes(32))
        let record = AccessTokenRecord(
            id: UUID(),
            secretHash: token.hash,
            parentID: parent,
            name: "n",
            owner: owner,
            createdBy: owner,
            roles: roles,
            scopes: scopes,
            createdAt: Date(),
            expiresAt: Date().addingTimeInterval(expires)
        )
        try await stage.pool.withTransaction { try await AccessTokenRepository.insert(record, now: Date(), in: $0) }
        return (token.text, record.id)
    }

    @Test func isMadeShownOnceUsedListedAndDeleted() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/access-tokens", ["name": "ci"])
            #expect(made.status == 201)
            let text = try #require(made.body["plainTextToken"]?.stringValue)
            let id = try #require(made.body["id"]?.stringValue)
            #expect(AccessToken(text) != nil && text.utf8.count == 47)
            // It is the caller.
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 200)
            let me = try await stage.send(.GET, "/auth/me", token: text).body
            #expect(
                me["authenticated"] == true && me[at: ["user", "sub"]] == "static-token" && me[at: ["user", "method"]] == "access-token"
            )
            let list = try await stage.send(.GET, "/access-tokens").body
            #expect(list[0]?["id"]?.stringValue == id && list[0]?["owner"] == "static-token" && list[0]?["name"] == "ci")
            #expect(list[0]?["roles"] == ["platform-admin"] && list[0]?["scopes"] == ["read", "write"])
            #expect(list[0]?["lastUsedAt"]?.stringValue != nil)
            let used = try await stage.rows("select last_used_at::text from access_tokens")
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 200)
            #expect(try await stage.rows("select last_used_at::text from access_tokens") == used, "noted once in a minute")
            // Only its hash is anywhere.
            let kept = try await stage.rows(
                "select row_to_json(a)::text from access_tokens a union all select row_to_json(e)::text from audit_entries e"
            ).joined()
            #expect(!kept.contains(text.dropFirst(4)) && kept.contains(OpaqueSecret.hash(text)))
            #expect(!list.text().contains(text.dropFirst(4)) && !list.text().contains(OpaqueSecret.hash(text)))
            #expect(try await stage.send(.DELETE, "/access-tokens/\(id)").status == 204)
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 401)
            let again = try await stage.send(.DELETE, "/access-tokens/\(id)")
            #expect(again.status == 404 && again.code == "TOKEN_NOT_FOUND")
            #expect(
                try await stage.rows("select action || ' ' || actor from audit_entries where resource = \("AccessToken/\(id)") order by id")
                    == ["Created static-token", "Deleted static-token"]
            )
        }
    }

    @Test func endsByDefaultAndWhenItIsTold() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/access-tokens", [:])
            let end = try Date(
                try #require(made.body["expiresAt"]?.stringValue),
                strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            )
            #expect(abs(end.timeIntervalSinceNow - 90 * 86_400) < 60)
            #expect(try await stage.send(.GET, "/access-tokens").body[0]?["name"] == "default")
            for (text, fields) in [
                ("2020-01-01T00:00:00Z", ["expiresAt"]), ("tomorrow", ["expiresAt"]), ("2999-01-01T00:00:00Z", ["expiresAt"]),
            ] {
                let answer = try await stage.send(.POST, "/access-tokens", ["expiresAt": .string(text)])
                #expect(answer.status == 422 && answer.fields == fields)
            }
            let (over, _) = try await token(stage, owner: "user:a", expires: -1)
            #expect(try await stage.send(.GET, "/tenants", token: over).status == 401)
            #expect(try await stage.send(.GET, "/access-tokens").body.arrayValue?.count == 1)
        }
    }

    @Test func nobodySeesOrDeletesWhatIsSomebodyElses() async throws {
        try await withStage { stage in
            let (ada, adaID) = try await token(stage, owner: "user:ada")
            let (bob, bobID) = try await token(stage, owner: "user:bob")
            func ids(_ token: String) async throws -> Set<String> {
                Set(try await stage.send(.GET, "/access-tokens", token: token).body.arrayValue?.compactMap { $0["id"]?.stringValue } ?? [])
            }
            let both = Set([adaID, bobID].map { $0.uuidString.lowercased() })
            #expect(try await ids(ada) == [adaID.uuidString.lowercased()])
            #expect(try await ids(Stage.token) == both)
            let foreign = try await stage.send(.DELETE, "/access-tokens/\(bobID.uuidString)", token: ada)
            let missing = try await stage.send(.DELETE, "/access-tokens/\(UUID().uuidString)", token: ada)
            #expect(foreign.status == 404 && foreign.body == missing.body)
            #expect(try await ids(bob) == [bobID.uuidString.lowercased()])
            #expect(try await stage.send(.DELETE, "/access-tokens/\(bobID.uuidString)").status == 204)
            #expect(try await stage.send(.GET, "/access-tokens", token: nil).status == 401)
        }
    }

    @Test func neverHasMoreThanItsMaker() async throws {
        try await withStage { stage in
            let (viewer, id) = try await token(stage, owner: "user:ada", roles: [.viewer, .owner], expires: 1000)
            func make(_ order: JSON, _ token: String) async throws -> Stage.Answer {
                try await stage.send(.POST, "/access-tokens", order, token: token)
            }
            #expect(try await make(["owner": "user:bob"], viewer).code == "OTHER_OWNER")
            #expect(try await make(["roles": ["platform-admin"]], viewer).code == "ROLE_NOT_HELD")
            #expect(try await make(["roles": ["viewer", "customer-admin"]], viewer).status == 403)
            #expect(try await make(["roles": ["root"]], viewer).status == 422)
            // Not for longer than the token it is made with, and ending with it.
            let later = RESTTimestamp.text(Date().addingTimeInterval(2000))
            #expect(try await make(["expiresAt": .string(later)], viewer).fields == ["expiresAt"])
            let child = try await make(["roles": ["viewer"], "scopes": ["read"]], viewer)
            let text = try #require(child.body["plainTextToken"]?.stringValue)
            #expect(
                try await stage.rows(
                    "select (bool_and(c.expires_at <= p.expires_at))::text from access_tokens c join access_tokens p on c.parent_id = p.id"
                ) == ["true"]
            )
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 200)
            let write = try await make([:], text)
            #expect(write.status == 403 && write.code == "INSUFFICIENT_SCOPE")
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: text).code == "INSUFFICIENT_SCOPE")
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: viewer).code == "FORBIDDEN")
            #expect(try await stage.send(.DELETE, "/access-tokens/\(id.uuidString)").status == 204)
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 401)
            // An administrator may make tokens for others, with any role.
            let other = try await make(["owner": "user:bob", "roles": ["viewer"]], Stage.token)
            let bob = try #require(other.body["plainTextToken"]?.stringValue)
            #expect(try await stage.send(.GET, "/auth/me", token: bob).body[at: ["user", "sub"]] == "user:bob")
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: bob).status == 403)
        }
    }

    @Test func repetitionsMakeOneAndShowItOnce() async throws {
        try await withStage { stage in
            let headers = [("Idempotency-Key", "k")]
            let first = try await stage.send(.POST, "/access-tokens", ["name": "a"], headers: headers)
            #expect(first.status == 201)
            #expect(try await stage.send(.POST, "/access-tokens", ["name": "a"], headers: headers).code == "ANSWER_NOT_KEPT")
            #expect(try await stage.send(.POST, "/access-tokens", ["name": "b"], headers: headers).code == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await stage.rows("select name from access_tokens") == ["a"])
        }
    }

    @Test func listsComeInPagesAndOwnersAreBounded() async throws {
        try await withStage { stage in
            try await stage.pool.execute(
                """
                insert into access_tokens (id, secret_hash, name, owner, created_by, roles, scopes, created_at, expires_at)
                select gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), 'k' || n, 'static-token', 'x', '{}', '{read}', now(),
                    now() + interval '1 day' from generate_series(1, 100) n order by n
                """
            )
            let pages = try await stage.pages("/access-tokens?limit=40")
            #expect(pages.map(\.count) == [40, 40, 20])
            #expect(pages.joined().compactMap { $0["name"]?.stringValue } == (1...100).reversed().map { "k\($0)" })
            #expect(try await stage.send(.GET, "/access-tokens?cursor=x").status == 400)
            let full = try await stage.send(.POST, "/access-tokens", [:])
            #expect(full.status == 409 && full.code == "ACCESS_TOKEN_LIMIT")
        }
    }

    @Test func guessingIsSlowAndKeepsNobodyOut() async throws {
        try await withStage { stage in
            let (good, _) = try await token(stage, owner: "user:ada")
            #expect(try await stage.send(.GET, "/tenants", token: good).status == 200)
            var statuses: [Int] = []
            for _ in 0..<22 {
                let wrong = AccessToken(secret: OpaqueSecret.randomBytes(32)).text
                statuses.append(try await stage.send(.GET, "/tenants", token: wrong).status)
            }
            #expect(statuses.prefix(20).allSatisfy { $0 == 401 } && statuses.last == 429)
            #expect(try await stage.send(.GET, "/tenants", token: good).status == 200)
        }
    }

    @Test func whatIsNoTokenIsNone() {
        let good = AccessToken(secret: Array(repeating: 7, count: 32)).text
        #expect(AccessToken(good) != nil)
        for bad in ["", "ocp_", good.dropLast() + "", good + "A", good.dropLast() + "!", good.replacing("ocp_", with: "ock_"), " " + good] {
            #expect(AccessToken(String(bad)) == nil, "\(bad)")
        }
        #expect("\(AccessToken(secret: Array(repeating: 7, count: 32)))" == "access token")
    }
}

import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct APIKeyTests {
    static let organization = ("X-OpenCrane-Organization", "org_a")

    /// Sends a request to the surface, with a key or as the administrator of the platform.
    private func keys(
        _ stage: Stage,
        _ method: HTTPMethod,
        _ path: String = "",
        _ body: JSON? = nil,
        key: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Stage.Answer {
        try await Stage.send(
            method,
            stage.base + "/v1/api-keys" + path,
            body?.text(),
            token: key == nil ? Stage.token : nil,
            headers: (key.map { [("X-Api-Key", $0)] } ?? []) + headers
        )
    }

    /// Makes a key.
    private func make(
        _ stage: Stage,
        scopes: [String] = ["api-keys:read"],
        role: String = "admin",
        organization: String = "org_a",
        _ more: JSON = [:]
    ) async throws -> (key: String, id: String) {
        var body: JSON = ["name": "ci", "role": .string(role), "scopes": .array(scopes.map { .string($0) })]
        for (name, value) in more.objectValue ?? [:] { body[name] = value }
        let answer = try await keys(stage, .POST, "", body, headers: [("X-OpenCrane-Organization", organization)])
        #expect(answer.status == 201, "\(answer.body.text())")
        return (try #require(answer.body["key"]?.stringValue), try #require(answer.body["api_key"]?["id"]?.stringValue))
    }

    @Test func aKeyIsShownOnceUsedListedAndRevoked() async throws {
        try await withStage { stage in
            let (key, id) = try await make(stage, scopes: ["api-keys:write", "api-keys:read"])
            #expect(APIKey(key)?.id.uuidString.lowercased() == id)
            let list = try await keys(stage, .GET, key: key)
            #expect(list.status == 200)
            let shown = try #require(list.body[0])
            #expect(shown["id"]?.stringValue == id && shown["organization"] == "org_a" && shown["customer_id"] == .null)
            #expect(shown["scopes"] == ["api-keys:read", "api-keys:write"] && shown["created_by"] == "static-token")
            #expect(shown["last_used_at"]?.stringValue != nil && shown["revoked_at"] == .null && shown["expires_at"] == .null)
            // The same as a bearer token.
            #expect(try await Stage.send(.GET, stage.base + "/v1/api-keys", token: key).status == 200)

            #expect(try await keys(stage, .DELETE, "/" + id, key: key).status == 204)
            let after = try await keys(stage, .GET, key: key)
            #expect(after.status == 401 && after.body["detail"] == "A valid X-Api-Key or bearer token is needed.")
            for _ in 0..<2 { #expect(try await keys(stage, .DELETE, "/" + id).status == 204, "revoking again changes nothing") }
            let trail = try await stage.rows(
                "select action || ' ' || actor from audit_entries where resource = \("APIKey/" + id) order by id"
            )
            #expect(trail == ["Created static-token", "Revoked api-key:\(id)"])
            #expect(try await keys(stage, .GET, "?include_ended=true").body[0]?["revoked_at"]?.stringValue != nil)
            #expect(try await keys(stage, .GET).body == [])
            #expect(try await keys(stage, .POST, "/\(id)/rotate", [:]).status == 409)
        }
    }

    /// A stolen key leaves nothing behind: what was made with it ends with it, at its end as well as when it is revoked.
    @Test func aKeyEndsWithTheKeyItWasMadeWith() async throws {
        try await withStage { stage in
            let end = RESTTimestamp.text(Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 3600).rounded()))
            let (key, id) = try await make(stage, scopes: ["api-keys:write", "api-keys:read"], ["expires_at": .string(end)])
            let order: JSON = ["name": "child", "role": "admin", "scopes": ["api-keys:write", "api-keys:read"]]
            func child(of parent: String, _ more: JSON = [:]) async throws -> Stage.Answer {
                var body = order
                for (name, value) in more.objectValue ?? [:] { body[name] = value }
                return try await keys(stage, .POST, "", body, key: parent)
            }
            let first = try await child(of: key)
            #expect(first.status == 201, "\(first.body.text())")
            #expect(first.body["api_key"]?["parent_id"]?.stringValue == id)
            #expect(first.body["api_key"]?["expires_at"]?.stringValue == end, "with its maker at the latest")
            let late = RESTTimestamp.text(Date().addingTimeInterval(7200))
            #expect(try await child(of: key, ["expires_at": .string(late)]).status == 422)
            let sooner = RESTTimestamp.text(Date().addingTimeInterval(1800))
            #expect(try await child(of: key, ["expires_at": .string(sooner)]).status == 201)
            let second = try #require(first.body["key"]?.stringValue)
            let grandchild = try #require(try await child(of: second).body["key"]?.stringValue)
            for text in [second, grandchild] { #expect(try await keys(stage, .GET, key: text).status == 200) }
            // With a secret of a key that it is not, and that was not made with it, its bearer would stay.
            let (_, otherID) = try await make(stage, scopes: ["api-keys:write", "api-keys:read"])
            for (method, path) in [(HTTPMethod.POST, "/rotate"), (.DELETE, "")] {
                for (thief, target) in [(key, otherID), (second, id), (grandchild, id), (grandchild, otherID)] {
                    let refused = try await keys(stage, method, "/" + target + path, key: thief)
                    #expect(refused.status == 403 && refused.body["detail"]?.stringValue?.contains("made with it") == true)
                }
            }
            let grandchildID = try #require(APIKey(grandchild)?.id.uuidString.lowercased())
            let rotated = try await keys(stage, .POST, "/\(grandchildID)/rotate", key: key)
            let renewed = try #require(rotated.body["key"]?.stringValue, "\(rotated.body.text())")
            #expect(try await keys(stage, .GET, key: renewed).status == 200)
            // People go by their role.
            #expect(try await keys(stage, .POST, "/\(otherID)/rotate").status == 200)
            #expect(try await keys(stage, .DELETE, "/" + otherID).status == 204)
            #expect(try await keys(stage, .DELETE, "/" + id).status == 204)
            for text in [key, second, grandchild, renewed] { #expect(try await keys(stage, .GET, key: text).status == 401) }
            #expect(try await keys(stage, .GET).body == [])
            let count = try await stage.rows("select count(*)::text from audit_entries where action = 'Revoked'")
            #expect(count == ["5"], "each has its entry")
        }
    }

    /// A key that is being made, with a key that was made with one that is being revoked, ends too.
    @Test func aKeyThatIsBeingMadeIsRevokedToo() async throws {
        try await withStage { stage in
            let all = ["api-keys:read", "api-keys:write"]
            let (key, id) = try await make(stage, scopes: all)
            let order: JSON = ["name": "child", "role": "admin", "scopes": ["api-keys:read", "api-keys:write"]]
            let child = try #require(try await keys(stage, .POST, "", order, key: key).body["key"]?.stringValue.flatMap { APIKey($0) })
            let grandchild = try #require(try await keys(stage, .POST, "", order, key: child.text).body["key"]?.stringValue)
            let model = try #require(APIKey(grandchild))
            let late = APIKeyRecord(
                id: UUID(),
                number: 0,
                organization: "org_a",
                name: "late",
                role: .admin,
                scopes: Set(all),
                secretHash: model.hash,
                createdBy: "test",
                parentID: child.id,
                createdAt: Date()
            )
            var revocation = try await stage.pool.withTransaction { transaction in
                // As a creation does that has not ended.
                try await APIKeyRepository.takeTurn(of: "org_a", in: transaction)
                _ = try await APIKeyRepository.lock(child.id, in: transaction)
                try await APIKeyRepository.insert(late, in: transaction)
                let revocation = Task { try await keys(stage, .DELETE, "/" + id).status }
                try await Stage.waitForSomebodyInLine(transaction)
                return revocation
            }
            // On a slow machine it may have been told to come again.
            if try await revocation.value == 409 { revocation = Task { try await keys(stage, .DELETE, "/" + id).status } }
            #expect(try await revocation.value == 204)
            #expect(try await stage.rows("select name from api_keys where revoked_at is null").isEmpty)
            // What was left by a revocation before ends with the next.
            try await stage.pool.execute("update api_keys set revoked_at = null where id = \(late.id)")
            #expect(try await keys(stage, .DELETE, "/" + id).status == 204)
            #expect(try await stage.rows("select name from api_keys where revoked_at is null").isEmpty)
        }
    }

    @Test func aRotationEndsTheSecretBeforeAtOnceOrAfterAWhile() async throws {
        try await withStage { stage in
            let (first, id) = try await make(stage, scopes: ["api-keys:write", "api-keys:read"])
            func status(_ key: String) async throws -> Int { try await keys(stage, .GET, key: key).status }
            #expect(try await status(first) == 200)
            let rotated = try await keys(stage, .POST, "/\(id)/rotate", ["grace_seconds": 600], key: first)
            let second = try #require(rotated.body["key"]?.stringValue)
            #expect(rotated.status == 200 && rotated.body["api_key"]?["previous_expires_at"]?.stringValue != nil)
            #expect(rotated.body["api_key"]?["rotated_at"]?.stringValue != nil && second != first)
            #expect(try await status(first) == 200)
            #expect(try await status(second) == 200)
            let third = try #require(try await keys(stage, .POST, "/\(id)/rotate", key: second).body["key"]?.stringValue)
            #expect(try await status(first) == 401)
            #expect(try await status(second) == 401)
            #expect(try await status(third) == 200)
            #expect(
                try await keys(stage, .POST, "/\(id)/rotate", ["grace_seconds": 604_801]).body["detail"]?[0]?["type"] == "less_than_equal"
            )
            #expect(try await keys(stage, .POST, "/\(UUID().uuidString)/rotate", [:]).status == 404)
            #expect(try await keys(stage, .POST, "/x/rotate", [:]).body["detail"]?[0]?["loc"] == ["path", "id"])
        }
    }

    @Test func everyOperationAsksForItsScopeAndRole() async throws {
        try await withStage { stage in
            let operations: [(HTTPMethod, String, JSON?, String)] = [
                (.GET, "", nil, "api-keys:read"), (.POST, "", ["name": "n", "scopes": ["api-keys:read"]], "api-keys:write"),
                (.DELETE, "/\(UUID().uuidString)", nil, "api-keys:write"), (.POST, "/\(UUID().uuidString)/rotate", [:], "api-keys:write"),
            ]
            for scopes in [
                ["api-keys:read"], ["api-keys:write"], ["api-keys:read", "api-keys:write"], ["instances:read", "instances:write"],
            ] {
                for role in ["admin", "member"] {
                    let (key, _) = try await make(stage, scopes: scopes, role: role)
                    for (method, path, body, scope) in operations {
                        let answer = try await keys(stage, method, path, body, key: key)
                        let passes = role == "admin" && scopes.contains(scope)
                        #expect((answer.status != 403) == passes || answer.body["detail"]?.stringValue?.contains("cannot give") == true)
                        if !passes {
                            let reason = role == "member" ? "Your role" : "lacks the scope \(scope)"
                            #expect(answer.status == 403 && answer.body["detail"]?.stringValue?.contains(reason) == true)
                        }
                    }
                }
            }
        }
    }

    @Test func organisationsDoNotSeeEachOther() async throws {
        try await withStage { stage in
            let all = ["api-keys:read", "api-keys:write"]
            let (mine, myID) = try await make(stage, scopes: all)
            let (theirs, theirID) = try await make(stage, scopes: all, organization: "org_b")
            func ids(_ key: String?, _ headers: [(String, String)] = []) async throws -> [String] {
                try await keys(stage, .GET, key: key, headers: headers).body.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
            }
            #expect(try await ids(mine) == [myID])
            #expect(try await ids(theirs) == [theirID])
            #expect(try await ids(nil) == [theirID, myID])
            #expect(try await ids(nil, [Self.organization]) == [myID])
            for (method, path, body) in [(HTTPMethod.DELETE, "", nil), (.POST, "/rotate", [:])] as [(HTTPMethod, String, JSON?)] {
                let foreign = try await keys(stage, method, "/\(theirID)" + path, body, key: mine)
                #expect(foreign.status == 404 && foreign.body == ["detail": "API key not found"])
                let unknown = try await keys(stage, method, "/\(UUID().uuidString)" + path, body, key: mine)
                #expect(unknown.status == 404 && unknown.body == foreign.body)
                #expect(try await keys(stage, method, "/\(theirID)" + path, body, headers: [Self.organization]).status == 404)
            }
            #expect(try await keys(stage, .GET, key: mine, headers: [("X-OpenCrane-Organization", "org_b")]).status == 403)
            #expect(try await ids(theirs) == [theirID])
        }
    }

    @Test func badOrdersAreRefusedInTheSurfacesShape() async throws {
        try await withStage { stage in
            let good: JSON = ["name": "n", "scopes": ["instances:read"]]
            func refusal(_ change: (inout JSON) -> Void) async throws -> JSON? {
                var body = good
                change(&body)
                let answer = try await keys(stage, .POST, "", body, headers: [Self.organization])
                #expect(answer.status == 422)
                return answer.body["detail"]?[0]
            }
            #expect(try await refusal { $0["name"] = nil }?["type"] == "missing")
            #expect(try await refusal { $0["name"] = "  " }?["type"] == "string_pattern_mismatch")
            #expect(try await refusal { $0["scopes"] = [] }?["type"] == "too_short")
            #expect(try await refusal { $0["scopes"] = ["instances:read", "root"] }?["loc"] == ["body", "scopes", 1])
            #expect(try await refusal { $0["scopes"] = ["instances:read", "instances:read"] }?["loc"] == ["body", "scopes", 1])
            #expect(try await refusal { $0["role"] = "root" }?["type"] == "enum")
            #expect(try await refusal { $0["expires_at"] = "tomorrow" }?["type"] == "datetime_parsing")
            #expect(try await refusal { $0["expires_at"] = "2020-01-01T00:00:00Z" }?["loc"] == ["body", "expires_at"])
            #expect(try await refusal { $0["organization"] = "org_b" }?["type"] == "extra_forbidden")
            let nowhere = try await keys(stage, .POST, "", good)
            #expect(nowhere.status == 422 && nowhere.body["detail"]?[0]?["loc"] == ["header", "X-OpenCrane-Organization"])
            #expect(try await keys(stage, .GET, "?cursor=abc").status == 400)
            #expect(try await stage.rows("select id::text from api_keys").isEmpty)
        }
    }

    @Test func repeatedOrdersMakeOneKey() async throws {
        try await withStage { stage in
            let headers = [Self.organization, ("Idempotency-Key", "k1")]
            let order: JSON = ["name": "n", "scopes": ["instances:read"]]
            #expect(try await keys(stage, .POST, "", order, headers: headers).status == 201)
            let again = try await keys(stage, .POST, "", order, headers: headers)
            #expect(again.status == 409 && again.body["detail"]?.stringValue?.contains("shown once") == true)
            let other = try await keys(stage, .POST, "", ["name": "m", "scopes": ["instances:read"]], headers: headers)
            #expect(other.status == 422 && other.body.text().contains("another request"), "\(other.body.text())")
            let elsewhere = [("X-OpenCrane-Organization", "org_b"), ("Idempotency-Key", "k1")]
            #expect(try await keys(stage, .POST, "", order, headers: elsewhere).status == 422)
            #expect(try await stage.rows("select name from api_keys") == ["n"])
            #expect(try await stage.rows("select coalesce(answer_body::text, 'none') from idempotency_keys") == ["none"])
        }
    }

    @Test func listsComeInPagesAndAreBounded() async throws {
        try await withStage { stage in
            try await stage.pool.execute(
                """
                insert into api_keys (id, organization, name, role, scopes, secret_hash, created_by, created_at)
                select gen_random_uuid(), 'org_a', 'k' || n, 'member', '{instances:read}', repeat('0', 64), 'x', now()
                from generate_series(1, 199) n order by n
                """
            )
            var names: [String] = []
            var path = "?limit=70"
            for _ in 0..<3 {
                let page = try await keys(stage, .GET, path, headers: [Self.organization])
                names += page.body.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
                let link = page.headers["Link"].first ?? ""
                path = link.split(separator: ">").first.map { String($0.dropFirst("</v1/api-keys".count)) } ?? ""
            }
            #expect(path.isEmpty && names == (1...199).reversed().map { "k\($0)" })
            _ = try await make(stage)
            let order: JSON = ["name": "n", "scopes": ["instances:read"]]
            let full = try await keys(stage, .POST, "", order, headers: [Self.organization])
            #expect(full.status == 409 && full.body["detail"]?.stringValue?.contains("200 keys") == true)
            #expect(try await keys(stage, .POST, "", order, headers: [("X-OpenCrane-Organization", "org_b")]).status == 201)
        }
    }

    @Test func secretsAreNowhereButInTheAnswer() async throws {
        let log = NIOLockedValueBox<[String]>([])
        try await withStage(logger: Logger(label: "capturing") { _ in CapturingLog(lines: log) }) { stage in
            let (first, id) = try await make(stage, scopes: ["api-keys:read", "api-keys:write"])
            let rotated = try await keys(stage, .POST, "/\(id)/rotate", ["grace_seconds": 60], headers: [("Idempotency-Key", "r")])
            let second = try #require(rotated.body["key"]?.stringValue)
            var said = try await keys(stage, .GET, key: first).body.text()
            said += try await keys(stage, .GET, key: second).body.text()
            said += try await keys(stage, .GET, key: String(second.dropLast()) + "!").body.text()
            said += try await keys(stage, .GET, "/\(second)").body.text()
            said += try await keys(stage, .DELETE, "/\(id)", key: second).body.text()
            said += try await stage.rows("select row_to_json(a)::text from audit_entries a").joined()
            said += try await stage.rows("select row_to_json(i)::text from idempotency_keys i").joined()
            let logged = log.withLockedValue { $0 }
            #expect(logged.contains { $0.contains("revokeApiKey") && $0.contains("api-key:\(id)") })
            // The path that has a key in it is the caller's own doing, and is logged as every path; nothing else is.
            said += logged.filter { !$0.contains("path=/v1/api-keys/ock_live_") }.joined(separator: "\n")
            for key in [first, second] {
                #expect(!said.contains(key.suffix(43).dropLast()), "the secret")
                #expect(!said.contains(try #require(APIKey(key)).hash), "its hash")
            }
            #expect(try await stage.rows("select row_to_json(k)::text from api_keys k").allSatisfy { !$0.contains(first.suffix(43)) })
        }
    }
}

/// Keeps what is logged.
struct CapturingLog: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let text = all.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        lines.withLockedValue { $0.append("\(event.level) \(event.message) \(text)") }
    }
}

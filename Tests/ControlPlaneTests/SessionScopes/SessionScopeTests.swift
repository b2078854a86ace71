import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct SessionScopeTests {
    private static func order(_ principal: String, _ payloads: String...) -> JSON {
        ["principal": .string(principal), "scopes": .array(payloads.map { ["scope": "org", "payloadId": .string($0)] })]
    }

    @Test func principalsAreWhoCallsUnlessAnAdministratorSaysOtherwise() throws {
        let admin = Principal(subject: "root", roles: [.platformAdmin], method: "m")
        let mia = Principal(subject: "u1", roles: [.viewer], method: "m", email: "mia@corp.test")
        let pod = Principal(subject: "tenant:mia", roles: [.workload], method: WorkloadAuthenticator.method)
        func resolve(_ text: String, _ caller: Principal, isTenant: Bool = false) -> SessionPrincipal? {
            try? SessionPrincipal.resolve(text, caller: caller, isTenant: isTenant)
        }
        #expect(resolve("mia", admin, isTenant: true) == .tenant("mia") && resolve("mia", admin) == .user(["mia"]))
        #expect(resolve("user:mia", admin, isTenant: true) == .user(["mia"]) && resolve("tenant:mia", admin) == .tenant("mia"))
        for text in ["u1", "user:u1", "mia@corp.test"] { #expect(resolve(text, mia) == .user(["u1", "mia@corp.test"])) }
        for text in ["tenant:u1", "leo", "user:leo", "tenant:mia"] { #expect(resolve(text, mia, isTenant: true) == nil) }
        let person = Principal(subject: "user:https://idp.test|7", roles: [.viewer], method: "m", email: "leo@corp.test")
        for text in ["user:https://idp.test|7", "https://idp.test|7", "leo@corp.test", "user:leo@corp.test"] {
            #expect(resolve(text, person) == .user(["https://idp.test|7", "leo@corp.test"]))
        }
        #expect(SessionPrincipal.owned(by: person) == ["user:https://idp.test|7", "user:leo@corp.test"])
        #expect(SessionPrincipal.owned(by: admin) == nil && SessionPrincipal.owned(by: pod) == ["tenant:mia"])
        // However the provider writes an address, and whoever names it.
        let loud = Principal(subject: "u2", roles: [.viewer], method: "m", email: "Alice@Corp.test")
        for text in ["alice@corp.test", "user:ALICE@corp.test"] { #expect(resolve(text, loud) == .user(["u2", "alice@corp.test"])) }
        #expect(resolve("user:Alice@Corp.test", admin) == .user(["alice@corp.test"]))
        #expect(resolve("mia", pod) == .tenant("mia") && resolve("tenant:mia", pod) == .tenant("mia"))
        for text in ["leo", "tenant:leo", "user:mia"] { #expect(resolve(text, pod) == nil) }
        // A subject that looks like a tenant is none.
        let sly = Principal(subject: "tenant:leo", roles: [.viewer], method: "oidc")
        #expect(resolve("tenant:leo", sly, isTenant: true) == nil)
        #expect(SessionPrincipal.owned(by: sly) == ["user:tenant:leo"])
    }

    @Test func aSessionGetsWhatItsPrincipalIsEntitledTo() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            let group = try await stage.makeGroup(
                "readers",
                members: ["tenant:mia"],
                [["payloadId": "handbook", "scope": "department"], ["payloadId": "news"], ["payloadId": "secret", "access": "deny"]]
            )
            let bound = try await stage.send(.PUT, "/sessions/k1/scope", Self.order("mia", "handbook", "secret", "news", "none"))
            #expect(bound.status == 200, "\(bound.body.text())")
            #expect(bound.body["principal"] == "tenant:mia")
            #expect(bound.body["scopes"] == [["scope": "department", "payloadId": "handbook"], ["scope": "org", "payloadId": "news"]])
            #expect(bound.body["rejected"]?.arrayValue?.compactMap { $0["payloadId"] } == ["secret", "none"])
            var shown = try await stage.send(.GET, "/sessions/k1/scope")
            #expect(shown.body["scopes"] == bound.body["scopes"] && shown.body["createdAt"] == bound.body["createdAt"])
            #expect(shown.headers.first(name: "ETag") == bound.headers.first(name: "ETag"))
            // Nothing is given: the older binding stays.
            let over = try await stage.send(.PUT, "/sessions/k1/scope", Self.order("mia", "secret"))
            #expect(over.status == 403 && over.code == "OVER_SCOPE")
            #expect(over.body["rejected"] == [["scope": "org", "payloadId": "secret"]])
            #expect(try await stage.send(.GET, "/sessions/k1/scope").body == shown.body)
            // What is taken from the principal is taken from the session.
            let change: JSON = ["awarenessGrants": [["payloadId": "news"]]]
            #expect(try await stage.send(.PUT, "/groups/\(group)", change).status == 200)
            let same = [("If-None-Match", try #require(shown.headers.first(name: "ETag")))]
            shown = try await stage.send(.GET, "/sessions/k1/scope", headers: same)
            #expect(shown.body["scopes"] == [["scope": "org", "payloadId": "news"]])
            // The pod of the tenant sees it, no other does.
            let pod = try await stage.pod(.GET, "/sessions/k1/scope", token: stage.workloadToken("openclaw-mia"))
            #expect(pod.status == 200 && pod.body == shown.body)
            try await stage.makeRunning("leo")
            let leo = try await stage.workloadToken("openclaw-leo")
            let foreign = try await stage.pod(.GET, "/sessions/k1/scope", token: leo)
            #expect(foreign.status == 404 && foreign.code == "NOT_FOUND")
            #expect(try await stage.pod(.DELETE, "/sessions/k1/scope", token: leo).status == 404)
            #expect(try await stage.pod(.PUT, "/sessions/k1/scope", Self.order("mia", "news"), token: leo).status == 403)
            #expect(try await stage.send(.DELETE, "/sessions/k1/scope").body == ["sessionKey": "k1", "cleared": true])
            let gone = try await stage.send(.DELETE, "/sessions/k1/scope")
            #expect(gone.status == 404 && gone.code == "NOT_FOUND" && gone.body["error"]?.stringValue != nil)
            #expect(try await stage.send(.GET, "/sessions/k1/scope").status == 404)
            #expect(try await stage.trail("Session/k1") == ["SessionScopeBound static-token", "SessionScopeCleared static-token"])
        }
    }

    /// Instances call their sessions by the same names: each pod has its own, and sees no other.
    @Test func podsBindSessionsOfTheirTenants() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            try await stage.makeRunning("leo")
            try await stage.makeGroup("all", [["payloadId": "news", "subjectType": "everyone"]])
            let (mia, leo) = (try await stage.workloadToken("openclaw-mia"), try await stage.workloadToken("openclaw-leo"))
            let path = "/sessions/agent:main:main/scope"
            let first = try await stage.pod(.PUT, path, Self.order("mia", "news"), token: mia)
            #expect(first.status == 200 && first.body["principal"] == "tenant:mia")
            let second = try await stage.pod(.PUT, path, Self.order("leo", "news"), token: leo)
            #expect(second.status == 200 && second.body["principal"] == "tenant:leo", "\(second.body.text())")
            #expect(try await stage.pod(.GET, path, token: mia).body["principal"] == "tenant:mia")
            #expect(try await stage.pod(.GET, path + "?principal=tenant:leo", token: mia).status == 404)
            #expect(try await stage.pod(.DELETE, path + "?principal=tenant:leo", token: mia).status == 404)
            // An administrator, who sees all of them, says which one.
            let several = try await stage.send(.GET, path)
            #expect(several.status == 409 && several.code == "SESSION_AMBIGUOUS")
            #expect(try await stage.send(.GET, path + "?principal=tenant:leo").body["principal"] == "tenant:leo")
            #expect(try await stage.pod(.DELETE, path, token: mia).status == 200)
            #expect(try await stage.pod(.GET, path, token: mia).status == 404)
            #expect(try await stage.pod(.GET, path, token: leo).status == 200)
            #expect(try await stage.send(.DELETE, path).status == 200, "there is one left")
            // Another tenant of the name inherits nothing.
            #expect(try await stage.pod(.PUT, path, Self.order("mia", "news"), token: mia).status == 200)
            try await stage.pool.execute("update session_scopes set tenant_uid = 'of-another' where principal = 'tenant:mia'")
            #expect(try await stage.pod(.GET, path, token: mia).status == 404)
            #expect(try await stage.pod(.PUT, path, Self.order("mia", "news"), token: mia).status == 200)
            #expect(try await stage.rows("select count(*)::text from session_scopes where tenant_uid = 'of-another'") == ["0"])
        }
    }

    /// More changes on a condition at once than the pool has connections: none waits for a connection while it holds one.
    @Test func manyConditionalChangesAtOnceStarveNobody() async throws {
        try await withStage { stage in
            try await stage.makeGroup("all", [["payloadId": "news", "subjectType": "everyone"]])
            func all(_ method: HTTPMethod, _ body: JSON?, _ tags: [String?]) async throws -> [Stage.Answer] {
                try await withThrowingTaskGroup(of: (Int, Stage.Answer).self) { group in
                    for (number, tag) in tags.enumerated() {
                        group.addTask {
                            let headers = tag.map { [("If-Match", $0)] } ?? []
                            // On a slow machine a connection may take long, which is no starvation: whoever comes again gets one.
                            for _ in 0..<30 {
                                let answer = try await stage.send(method, "/sessions/k\(number)/scope", body, headers: headers)
                                if answer.status != 503 { return (number, answer) }
                            }
                            return (number, try await stage.send(method, "/sessions/k\(number)/scope", body, headers: headers))
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
                }
            }
            let made = try await all(.PUT, Self.order("user:mia", "news"), Array(repeating: nil, count: 16))
            #expect(made.map(\.status) == Array(repeating: 200, count: 16))
            let changed = try await all(.PUT, Self.order("user:mia", "news"), made.map { $0.headers.first(name: "ETag") })
            #expect(changed.map(\.status) == Array(repeating: 200, count: 16))
            let cleared = try await all(.DELETE, nil, changed.map { $0.headers.first(name: "ETag") })
            #expect(cleared.map(\.status) == Array(repeating: 200, count: 16))
        }
    }

    @Test func bindingsOfAPrincipalAreBounded() async throws {
        try await withStage { stage in
            try await stage.makeGroup("all", [["payloadId": "news", "subjectType": "everyone"]])
            let first = try await stage.send(.PUT, "/sessions/k0/scope", Self.order("user:mia", "news"))
            #expect(first.status == 200)
            try await stage.pool.execute(
                """
                insert into session_scopes (session_key, principal, scopes, bound_by, created_at, updated_at)
                select 'k' || n, 'user:mia', '[]', 'x', now(), now() from generate_series(1, \(SessionScopeRecord.limit - 1)) n
                """
            )
            let full = try await stage.send(.PUT, "/sessions/more/scope", Self.order("user:mia", "news"))
            #expect(full.status == 409 && full.code == "SESSION_LIMIT")
            #expect(try await stage.send(.PUT, "/sessions/k0/scope", Self.order("user:mia", "news")).status == 200)
            #expect(try await stage.send(.PUT, "/sessions/more/scope", Self.order("user:leo", "news")).status == 200)
        }
    }

    /// A deny by address holds however grant and identity provider write the address.
    @Test func anAddressIsTheSameHoweverItIsWritten() async throws {
        try await withStage { stage in
            try await stage.makeGroup(
                "all",
                [["payloadId": "news", "subjectType": "everyone"], ["payloadId": "plan", "subjectType": "everyone"]]
            )
            try await stage.makeGroup(
                "not for her",
                members: ["user:Bob@Corp.test", "CAROL@corp.test"],
                [
                    ["payloadId": "news", "subjectType": "user", "subjectId": "Alice@corp.test", "access": "deny"],
                    ["payloadId": "plan", "access": "deny"],
                ]
            )
            let reader = EntitlementReader(groups: GroupRepository(pool: stage.pool), grants: GrantRepository(pool: stage.pool))
            func known(_ email: String) async throws -> [String] {
                let caller = Principal(subject: "user:https://idp.test|\(email)", roles: [.owner], method: "m", email: email)
                let standing = try await reader.groups.standing(users: caller.stableNames)
                return try await reader.entitlements(.awareness, of: standing).filter(\.isAllowed).map(\.payloadID).sorted()
            }
            #expect(try await known("ALICE@Corp.test") == ["plan"])
            #expect(try await known("bob@corp.TEST") == ["news"])
            #expect(try await known("Carol@corp.test") == ["news"])
            #expect(try await known("dan@corp.test") == ["news", "plan"])
        }
    }

    @Test func everybodyBindsForThemselvesAlone() async throws {
        try await withStage { stage in
            try await stage.makeGroup(
                "people",
                [
                    ["payloadId": "news", "subjectType": "user", "subjectId": "viewer"],
                    ["payloadId": "code", "subjectType": "user", "subjectId": "customer-admin"],
                ]
            )
            let tenants = TenantRepository(pool: stage.pool)
            let operations = SessionScopeOperations(
                tenants: tenants,
                namespace: Stage.namespace,
                entitlements: EntitlementReader(groups: GroupRepository(pool: stage.pool), grants: GrantRepository(pool: stage.pool)),
                pool: stage.pool,
                writer: MutationWriter(pool: stage.pool, now: { Date() })
            ).operations
            try await RoleTokens.serving(operations) { base in
                func send(_ method: HTTPMethod, _ body: JSON?, _ token: String) async throws -> Stage.Answer {
                    try await Stage.send(method, base + "/sessions/k/scope", body?.text(), token: token)
                }
                let viewer = RoleTokens.viewer
                #expect(try await send(.PUT, Self.order("viewer", "news", "code"), viewer).status == 200)
                #expect(try await send(.GET, nil, viewer).body["scopes"]?.arrayValue?.count == 1)
                for name in ["customer-admin", "tenant:viewer", "user:customer-admin"] {
                    let other = try await send(.PUT, Self.order(name, "code"), viewer)
                    #expect(other.status == 403 && other.code == "FORBIDDEN")
                }
                // Another one's session is not there.
                for method in [HTTPMethod.GET, .DELETE] { #expect(try await send(method, nil, RoleTokens.customer).status == 404) }
                #expect(try await send(.GET, nil, RoleTokens.administrator).status == 200)
                #expect(try await send(.PUT, Self.order("customer-admin", "code"), RoleTokens.customer).status == 200)
                #expect(try await send(.GET, nil, RoleTokens.administrator).code == "SESSION_AMBIGUOUS")
                #expect(try await send(.GET, nil, viewer).body["scopes"]?.arrayValue?.count == 1)
                #expect(try await send(.PUT, Self.order("user:viewer", "news"), RoleTokens.administrator).status == 200)
                #expect(try await send(.DELETE, nil, viewer).status == 200)
                #expect(try await send(.GET, nil, "nobody-0123456789-0123456789-0123456789").status == 401)
            }
        }
    }

    @Test func badOrdersRepetitionsAndVersions() async throws {
        try await withStage { stage in
            try await stage.makeGroup("all", [["payloadId": "news", "subjectType": "everyone"]])
            let path = "/sessions/k/scope"
            let bad: [(JSON, String)] = [
                (["scopes": [["scope": "org", "payloadId": "a"]]], "principal"), (["principal": "mia", "scopes": []], "scopes"),
                (["principal": " ", "scopes": [["scope": "org", "payloadId": "a"]]], "principal"),
                (["principal": "mia", "scopes": [["scope": "world", "payloadId": "a"]]], "scopes[0].scope"),
                (["principal": "mia", "scopes": [["scope": "org", "payloadId": " "]]], "scopes[0].payloadId"),
            ]
            for (body, field) in bad {
                let answer = try await stage.send(.PUT, path, body)
                #expect(answer.status == 422 && answer.fields == [field], "\(answer.body.text())")
            }
            let key = [("Idempotency-Key", "k")]
            let first = try await stage.send(.PUT, path, Self.order("mia", "news"), headers: key)
            #expect(try await stage.send(.PUT, path, Self.order("mia", "news"), headers: key).body == first.body)
            let tag = try #require(first.headers.first(name: "ETag"))
            #expect(try await stage.send(.PUT, path, Self.order("mia", "news"), headers: [("If-Match", "\"x\"")]).status == 412)
            #expect(try await stage.send(.DELETE, path, headers: [("If-Match", "\"x\"")]).status == 412)
            #expect(try await stage.send(.DELETE, path, headers: [("If-Match", tag)]).status == 200)
            #expect(try await stage.trail("Session/k").count == 2)
        }
    }
}

import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct MCPServerTests {
    static let jira: JSON = [
        "name": "jira", "endpoint": "http://jira-mcp:8080/mcp", "scope": "org", "transport": "streamable-http", "status": "active",
        "capabilities": [" issues ", "boards", "issues"],
        "credentials": [["displayName": "bot", "brokeringMode": "static", "secretRef": "jira-bot"]],
        "grants": [["scope": "org", "subjectType": "tenant", "subjectName": "mia", "access": "allow", "priority": 10, "note": "n"]],
    ]

    private func make(_ stage: Stage, _ body: JSON = jira, headers: [(String, String)] = []) async throws -> (id: String, Stage.Answer) {
        let answer = try await stage.send(.POST, "/mcp-servers", body, headers: headers)
        #expect(answer.status == 201, "\(answer.body.text())")
        return (try #require(answer.body["id"]?.stringValue), answer)
    }

    @Test func aServerIsMadeReadListedAndDeleted() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage)
            #expect(made.body["capabilities"] == ["issues", "boards"] && made.body["status"] == "active" && made.body["description"] == "")
            let grant = made.body["grants"]?[0]
            #expect(grant?["subjectId"] == "mia" && grant?["subjectName"] == "mia" && grant?["priority"] == 10 && grant?["note"] == "n")
            #expect(grant?["payloadId"]?.stringValue == id)
            let credential = made.body["credentials"]?[0]
            #expect(
                credential?["displayName"] == "bot" && credential?["brokeringMode"] == "static" && credential?["secretRef"] == "jira-bot"
            )
            let read = try await stage.send(.GET, "/mcp-servers/\(id)")
            #expect(read.status == 200 && read.body == made.body && read.headers["ETag"] == made.headers["ETag"])

            // What the documentation names is enough.
            let plain = try await make(stage, ["name": "wiki", "endpoint": "wss://[2001:db8::1]:443/mcp?x=1", "transport": "websocket"])
            #expect(plain.1.body["status"] == "draft" && plain.1.body["scope"] == "org" && plain.1.body["credentials"] == [])
            #expect(try await stage.send(.GET, "/mcp-servers").body.arrayValue?.map { $0["name"] } == ["wiki", "jira"])

            let gone = try await stage.send(.DELETE, "/mcp-servers/\(id)")
            #expect(gone.status == 200 && gone.body == ["id": .string(id), "status": "deleted"])
            #expect(try await stage.rows("select count(*)::text from grants") == ["0"])
            #expect(try await stage.rows("select count(*)::text from mcp_server_credentials") == ["0"])
            for missing in [id, "no-id"] {
                for (method, path, body) in [
                    (.GET, "", nil), (.PUT, "", [:]), (.DELETE, "", nil), (.GET, "/credentials", nil),
                    (.POST, "/credentials", ["displayName": "x", "secretRef": "y"]), (.DELETE, "/credentials/x", nil),
                ] as [(HTTPMethod, String, JSON?)] {
                    let answer = try await stage.send(method, "/mcp-servers/\(missing)" + path, body)
                    #expect(answer.status == 404 && answer.code == "MCP_SERVER_NOT_FOUND", "\(method) \(path)")
                }
            }
            #expect(try await stage.trail("McpServer/" + id) == ["Created static-token", "Deleted static-token"])
        }
    }

    @Test func anUpdateKeepsTheListsItDoesNotName() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage)
            func update(_ body: JSON, headers: [(String, String)] = []) async throws -> Stage.Answer {
                try await stage.send(.PUT, "/mcp-servers/\(id)", body, headers: headers)
            }
            let changed = try await update(["description": "Issues", "status": "degraded", "endpoint": "https://jira.example/mcp"])
            #expect(changed.status == 200 && changed.body["status"] == "degraded" && changed.body["endpoint"] == "https://jira.example/mcp")
            for member in ["grants", "credentials", "capabilities", "name", "createdAt"] {
                #expect(changed.body[member] == made.body[member], "\(member)")
            }
            #expect(try await update([:]).body == changed.body)
            // What is read can be sent back, and then nothing changes.
            let same = try await update(["grants": changed.body["grants"] ?? [], "credentials": changed.body["credentials"] ?? []])
            #expect(same.status == 200 && same.body == changed.body, "\(same.body.text())")
            #expect(try await stage.trail("McpServer/" + id).count == 2)

            let kept = try #require(changed.body["credentials"]?[0])
            let replaced = try await update([
                "credentials": [["displayName": "own", "brokeringMode": "obo", "secretRef": .null], kept], "grants": [],
            ])
            #expect(replaced.body["grants"] == [] && replaced.body["credentials"]?.arrayValue?.count == 2, "\(replaced.body.text())")
            #expect(replaced.body["credentials"]?[0] == kept && replaced.body["credentials"]?[1]?["secretRef"] == .null)

            let stale = try await update(["name": "late"], headers: [("If-Match", made.headers["ETag"].first ?? "")])
            #expect(stale.status == 412)
            let read = try await stage.send(.GET, "/mcp-servers/\(id)")
            #expect(read.headers["ETag"] == replaced.headers["ETag"])
            let unchanged = try await stage.send(
                .GET,
                "/mcp-servers/\(id)",
                headers: [("If-None-Match", read.headers["ETag"].first ?? "")]
            )
            #expect(unchanged.status == 304)
            #expect(try await update(["name": "tickets"], headers: [("If-Match", read.headers["ETag"].first ?? "")]).status == 200)
            let late = try await stage.send(.DELETE, "/mcp-servers/\(id)", headers: [("If-Match", read.headers["ETag"].first ?? "")])
            #expect(late.status == 412)
        }
    }

    @Test func credentialsAreAddedListedAndRemovedWithoutTouchingGrants() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage)
            let path = "/mcp-servers/\(id)/credentials"
            let key = [("Idempotency-Key", "c1")]
            let order: JSON = ["displayName": "own", "brokeringMode": "obo"]
            let added = try await stage.send(.POST, path, order, headers: key)
            #expect(added.status == 201 && added.body["displayName"] == "own" && added.body["secretRef"] == .null, "\(added.body.text())")
            #expect(try await stage.send(.POST, path, order, headers: key).body == added.body)
            let list = try await stage.send(.GET, path)
            #expect(list.body == [made.body["credentials"]?[0] ?? .null, added.body])
            #expect(try await stage.pages(path + "?limit=1").map(\.count) == [1, 1])
            #expect(try await stage.send(.GET, "/mcp-servers/\(id)").body["grants"] == made.body["grants"])

            let credential = try #require(added.body["id"]?.stringValue)
            let (other, _) = try await make(stage, ["name": "wiki", "endpoint": "https://wiki", "transport": "sse"])
            let foreign = try await stage.send(.DELETE, "/mcp-servers/\(other)/credentials/\(credential)")
            #expect(foreign.status == 404 && foreign.code == "MCP_CREDENTIAL_NOT_FOUND")
            let removed = try await stage.send(.DELETE, path + "/" + credential)
            #expect(removed.status == 200 && removed.body == ["id": .string(credential), "status": "deleted"])
            #expect(try await stage.send(.DELETE, path + "/" + credential).code == "MCP_CREDENTIAL_NOT_FOUND")
            #expect(try await stage.send(.DELETE, path + "/no-id").status == 404)
            #expect(try await stage.send(.GET, path).body.arrayValue?.count == 1)
            #expect(try await stage.trail("McpServerCredential/" + credential) == ["Created static-token", "Deleted static-token"])

            let full = JSON.array((0..<50).map { ["displayName": .string("c\($0)"), "brokeringMode": "obo"] })
            #expect(try await stage.send(.PUT, "/mcp-servers/\(id)", ["credentials": full]).status == 200)
            let more = try await stage.send(.POST, path, order)
            #expect(more.status == 409 && more.code == "MCP_CREDENTIAL_LIMIT")
        }
    }

    @Test func aWrongCredentialIsFoundBeforeAnythingIsWritten() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage)
            let path = "/mcp-servers/\(id)/credentials"
            for credential in [
                ["displayName": "x"], ["displayName": "x", "brokeringMode": "static", "secretRef": .null],
                ["displayName": "x", "brokeringMode": "obo", "secretRef": "y"],
            ] as [JSON] {
                var order = Self.jira
                (order["name"], order["credentials"]) = ("new", [credential])
                let created = try await stage.send(.POST, "/mcp-servers", order)
                #expect(created.status == 400 && created.code == "VALIDATION_ERROR" && created.fields == ["credentials[0].secretRef"])
                let updated = try await stage.send(.PUT, "/mcp-servers/\(id)", ["name": "new", "grants": [], "credentials": [credential]])
                #expect(updated.status == 400 && updated.fields == ["credentials[0].secretRef"])
                let added = try await stage.send(.POST, path, credential)
                #expect(added.status == 400 && added.code == "VALIDATION_ERROR" && added.fields == ["secretRef"])
            }
            for secret in ["Jira", "a b", "../etc", "-a", "a..b", "sk-ant-ABC"] {
                let added = try await stage.send(.POST, path, ["displayName": "x", "secretRef": .string(secret)])
                #expect(added.status == 422 && added.fields == ["secretRef"], "\(secret)")
            }
            let odd = try await stage.send(.POST, path, ["displayName": "x", "secretRef": "y", "brokeringMode": "magic"])
            #expect(odd.status == 422 && odd.fields == ["brokeringMode"])
            #expect(try await stage.send(.GET, "/mcp-servers").body == [made.body])
            #expect(try await stage.rows("select count(*)::text from audit_entries") == ["1"])
        }
    }

    @Test func badServersAreRefused() async throws {
        try await withStage { stage in
            func refusal(_ change: (inout JSON) -> Void) async throws -> [String] {
                var order = Self.jira
                change(&order)
                let answer = try await stage.send(.POST, "/mcp-servers", order)
                #expect(answer.status == 422 && answer.code == "VALIDATION_ERROR", "\(answer.body.text())")
                return answer.fields
            }
            for endpoint in [
                "", "jira", "ftp://jira", "javascript:alert(1)", "http://", "http://user:secret@jira/mcp", "http://jira#x",
                "http://jira:0/",
                "http://jira:65536/", "http://a b/", "http:///mcp", "http://-a/", "http://jira/\n", "//jira/mcp", "file:///etc/passwd",
                "http://[C9]/", "http://[::1",
            ] {
                #expect(Set(try await refusal { $0["endpoint"] = .string(endpoint) }) == ["endpoint"], "\(endpoint)")
            }
            for member in ["name", "endpoint", "transport"] { #expect(try await refusal { $0[member] = nil } == [member]) }
            #expect(try await refusal { $0["transport"] = "carrier-pigeon" } == ["transport"])
            #expect(try await refusal { $0["status"] = "great" } == ["status"])
            #expect(try await refusal { $0["scope"] = "team" } == ["scope"])
            #expect(try await refusal { $0["capabilities"] = [""] } == ["capabilities[0]"])
            #expect(
                try await refusal { $0["grants"] = [["subjectType": "tenant", "payloadId": "x", "subjectId": "m"]] } == [
                    "grants[0].payloadId"
                ]
            )
            #expect(try await refusal { $0["grants"] = [[:]] } == ["grants[0].subjectType"])
            #expect(try await stage.send(.GET, "/mcp-servers").body == [])

            for endpoint in ["https://a", "http://a.b-c_d:65535", "ws://10.0.0.1:80/x%20y?z=1", "wss://[::1]/", "HTTP://a"] {
                let made = try await stage.send(
                    .POST,
                    "/mcp-servers",
                    ["name": .string(endpoint), "endpoint": .string(endpoint), "transport": "sse"]
                )
                #expect(made.status == (endpoint.hasPrefix("HTTP") ? 422 : 201), "\(endpoint): \(made.body.text())")
            }
        }
    }

    @Test func namesAreTakenOnceAndRepetitionsHaveOneEffect() async throws {
        try await withStage { stage in
            let key = [("Idempotency-Key", "s1")]
            let (id, first) = try await make(stage, headers: key)
            let again = try await stage.send(.POST, "/mcp-servers", Self.jira, headers: key)
            #expect(again.status == 201 && again.body == first.body)
            let taken = try await stage.send(.POST, "/mcp-servers", Self.jira)
            #expect(taken.status == 409 && taken.code == "MCP_SERVER_EXISTS")
            let (other, _) = try await make(stage, ["name": "wiki", "endpoint": "https://wiki", "transport": "sse"])
            #expect(try await stage.send(.PUT, "/mcp-servers/\(other)", ["name": "jira"]).code == "MCP_SERVER_EXISTS")
            for _ in 0..<2 {
                let update = try await stage.send(.PUT, "/mcp-servers/\(id)", ["grants": []], headers: [("Idempotency-Key", "s2")])
                #expect(update.status == 200 && update.body["grants"] == [])
            }
            for _ in 0..<2 {
                let gone = try await stage.send(.DELETE, "/mcp-servers/\(id)", headers: [("Idempotency-Key", "s3")])
                #expect(gone.status == 200)
            }
            #expect(try await stage.trail("McpServer/" + id) == ["Created", "Updated", "Deleted"].map { $0 + " static-token" })
        }
    }

    @Test func listsComeInPages() async throws {
        try await withStage { stage in
            try await stage.pool.execute(
                """
                insert into mcp_servers (id, name, description, endpoint, scope, transport, status, capabilities, created_at, updated_at)
                select gen_random_uuid(), 's' || n, '', 'https://x', 'org', 'sse', 'draft', '{}', now(), now()
                from generate_series(1, 25) n order by n
                """
            )
            let pages = try await stage.pages("/mcp-servers?limit=10")
            #expect(pages.map(\.count) == [10, 10, 5])
            #expect(pages.joined().compactMap { $0["name"]?.stringValue } == (1...25).reversed().map { "s\($0)" })
            #expect(try await stage.send(.GET, "/mcp-servers?cursor=abc").code == "INVALID_CURSOR")
        }
    }

    @Test func customersSeeWhatThereIsAndNothingOfEachOther() async throws {
        try await withStage { stage in
            var order = Self.jira
            order["grants"] = [["subjectType": "tenant", "subjectId": "mia"], ["subjectType": "everyone"]]
            let (id, made) = try await make(stage, order)
            let service = MCPServerService(
                servers: MCPServerRepository(pool: stage.pool),
                writer: MutationWriter(pool: stage.pool, now: { Date() }),
                makeID: { UUID() }
            )
            try await RoleTokens.serving(MCPServerOperations(service: service).operations) { base in
                func send(_ method: HTTPMethod, _ path: String, _ token: String?, _ body: JSON? = nil) async throws -> Stage.Answer {
                    try await Stage.send(method, base + path, body?.text(), token: token)
                }
                for token in [RoleTokens.customer, RoleTokens.customersViewer] {
                    for shown in [
                        try await send(.GET, "/mcp-servers/\(id)", token).body,
                        try await send(.GET, "/mcp-servers", token).body[0] ?? .null,
                    ] {
                        #expect(shown["name"] == "jira" && shown["credentials"] == [])
                        #expect(shown["grants"]?.arrayValue?.map { $0["subjectType"] } == ["everyone"])
                    }
                    #expect(try await send(.GET, "/mcp-servers/\(id)/credentials", token).status == 403)
                }
                #expect(try await send(.GET, "/mcp-servers/\(id)", RoleTokens.viewer).body == made.body)
                #expect(try await send(.GET, "/mcp-servers/\(id)/credentials", RoleTokens.viewer).status == 200)
                #expect(try await send(.GET, "/mcp-servers", nil).status == 401)
                let credential: JSON = ["displayName": "x", "brokeringMode": "obo"]
                for token in [RoleTokens.viewer, RoleTokens.customer, RoleTokens.owner] {
                    #expect(try await send(.POST, "/mcp-servers", token, Self.jira).status == 403)
                    #expect(try await send(.PUT, "/mcp-servers/\(id)", token, [:]).status == 403)
                    #expect(try await send(.DELETE, "/mcp-servers/\(id)", token).status == 403)
                    #expect(try await send(.POST, "/mcp-servers/\(id)/credentials", token, credential).status == 403)
                    #expect(try await send(.DELETE, "/mcp-servers/\(id)/credentials/x", token).status == 403)
                }
                #expect(try await stage.send(.GET, "/mcp-servers/\(id)").body == made.body)
                let added = try await send(.POST, "/mcp-servers/\(id)/credentials", RoleTokens.administrator, credential)
                #expect(added.status == 201)
            }
        }
    }
}

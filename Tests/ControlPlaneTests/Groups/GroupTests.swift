import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct GroupTests {
    private func make(_ stage: Stage, _ body: JSON, headers: [(String, String)] = []) async throws -> (id: String, Stage.Answer) {
        let answer = try await stage.send(.POST, "/groups", body, headers: headers)
        #expect(answer.status == 201, "\(answer.body.text())")
        return (try #require(answer.body["id"]?.stringValue), answer)
    }

    @Test func aGroupIsMadeReadListedAndDeleted() async throws {
        try await withStage { stage in
            let order: JSON = [
                "name": "ops", "scope": "department", "description": "On call", "members": [" mia ", "tenant:leo", "mia"],
                "awarenessGrants": [["note": "runbooks"], ["payloadId": "awareness/finance", "access": "deny", "priority": 7]],
            ]
            let (id, made) = try await make(stage, order)
            #expect(made.body["memberCount"] == 2 && made.body["members"] == ["mia", "tenant:leo"] && made.body["scope"] == "department")
            let grants = made.body["awarenessGrants"]
            #expect(grants?[0]?["subjectId"]?.stringValue == id && grants?[0]?["subjectName"] == "ops" && grants?[0]?["note"] == "runbooks")
            #expect(
                grants?[0]?["payloadId"] == "awareness/default" && grants?[0]?["scope"] == "department" && grants?[0]?["access"] == "allow"
            )
            #expect(grants?[1]?["payloadId"] == "awareness/finance" && grants?[1]?["access"] == "deny" && grants?[1]?["priority"] == 7)
            let read = try await stage.send(.GET, "/groups/\(id)")
            #expect(read.status == 200 && read.body == made.body && read.headers["ETag"] == made.headers["ETag"])
            #expect(try await stage.send(.GET, "/groups").body == [made.body])

            let unnamed = try await make(stage, ["name": "dev", "description": "Builders"])
            #expect(unnamed.1.body["awarenessGrants"] == [] && unnamed.1.body["memberCount"] == 0 && unnamed.1.body["scope"] == "org")
            #expect(try await stage.send(.GET, "/groups").body.arrayValue?.map { $0["name"] } == ["dev", "ops"])

            let gone = try await stage.send(.DELETE, "/groups/\(id)")
            #expect(gone.status == 200 && gone.body == ["id": .string(id), "status": "deleted"])
            #expect(try await stage.rows("select count(*)::text from grants") == ["0"])
            #expect(try await stage.rows("select count(*)::text from group_members") == ["0"])
            for missing in [id, UUID().uuidString, "no-id"] {
                for (method, body) in [(HTTPMethod.GET, nil), (.PUT, [:]), (.DELETE, nil)] as [(HTTPMethod, JSON?)] {
                    let answer = try await stage.send(method, "/groups/\(missing)", body)
                    #expect(answer.status == 404 && answer.code == "GROUP_NOT_FOUND")
                }
            }
            #expect(try await stage.trail("Group/" + id) == ["Created static-token", "Deleted static-token"])
            let last = "select before->>'name' from audit_entries where action = 'Deleted'"
            #expect(try await stage.rows(SQL(unescaped: last)) == ["ops"])
        }
    }

    @Test func anUpdateKeepsWhatItDoesNotName() async throws {
        try await withStage { stage in
            let (id, made) = try await make(
                stage,
                [
                    "name": "ops", "description": "d", "members": ["mia", "leo"],
                    "grants": [["access": "deny"], ["payloadId": "awareness/x"]],
                ]
            )
            func update(_ body: JSON, headers: [(String, String)] = []) async throws -> Stage.Answer {
                try await stage.send(.PUT, "/groups/\(id)", body, headers: headers)
            }
            let renamed = try await update(["name": "operations"])
            #expect(renamed.status == 200 && renamed.body["members"] == ["leo", "mia"] && renamed.body["description"] == "d")
            #expect(
                renamed.body["awarenessGrants"]?.arrayValue?.map { $0["id"] } == made.body["awarenessGrants"]?.arrayValue?.map { $0["id"] }
            )
            #expect(renamed.body["awarenessGrants"]?[0]?["subjectName"] == "operations")
            #expect(renamed.headers["ETag"] != made.headers["ETag"])

            let empty = try await update([:])
            #expect(empty.body == renamed.body && empty.headers["ETag"] == renamed.headers["ETag"], "nothing is asked for")
            #expect(try await update(["description": .null, "members": []]).body["description"] == nil)
            #expect(try await stage.send(.GET, "/groups/\(id)").body["memberCount"] == 0)

            // A list that is given replaces the list; a grant with its id stays itself.
            var kept = try #require(renamed.body["awarenessGrants"]?[1])
            kept["access"] = "deny"
            let replaced = try await update(["awarenessGrants": [kept, ["subjectType": "everyone", "scope": "personal"]]])
            #expect(replaced.status == 200, "\(replaced.body.text())")
            let grants = try #require(replaced.body["awarenessGrants"]?.arrayValue)
            #expect(grants.count == 2 && grants[0]["id"] == kept["id"] && grants[0]["access"] == "deny")
            #expect(grants[1]["subjectType"] == "everyone" && grants[1]["subjectId"] == "*" && grants[1]["scope"] == "personal")
            #expect(try await update(["grants": []]).body["awarenessGrants"] == [])

            // The answer to a change is what is read next, whatever the time was.
            let read = try await stage.send(.GET, "/groups/\(id)")
            let stale = try await update(["name": "late"], headers: [("If-Match", made.headers["ETag"].first ?? "")])
            #expect(stale.status == 412 && stale.code == "PRECONDITION_FAILED")
            let fresh = try await update(["name": "in-time"], headers: [("If-Match", read.headers["ETag"].first ?? "")])
            #expect(fresh.status == 200 && fresh.body["name"] == "in-time")
            let late = try await stage.send(.DELETE, "/groups/\(id)", headers: [("If-Match", read.headers["ETag"].first ?? "")])
            #expect(late.status == 412)

            let updates = try await stage.rows(
                "select (before->>'name') || '>' || (after->>'name') from audit_entries where action = 'Updated' order by id"
            )
            #expect(updates.first == "ops>operations" && updates.last == "operations>in-time" && updates.count == 5)
        }
    }

    @Test func namesAreTakenOnce() async throws {
        try await withStage { stage in
            let (id, _) = try await make(stage, ["name": "ops"])
            let (other, _) = try await make(stage, ["name": "dev", "members": ["mia"]])
            let again = try await stage.send(.POST, "/groups", ["name": "ops", "members": ["leo"]])
            #expect(again.status == 409 && again.code == "GROUP_EXISTS")
            let renamed = try await stage.send(.PUT, "/groups/\(other)", ["name": "ops", "members": []])
            #expect(renamed.status == 409 && renamed.code == "GROUP_EXISTS")
            #expect(try await stage.send(.GET, "/groups/\(other)").body["members"] == ["mia"], "nothing of a refused change stays")
            #expect(try await stage.send(.PUT, "/groups/\(id)", ["name": "ops"]).status == 200, "its own name")
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await stage.send(.POST, "/groups", ["name": "race"]).status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(answers.count(where: { $0 == 201 }) == 1 && answers.allSatisfy { $0 == 201 || $0 == 409 })
        }
    }

    @Test func ofTwoChangesOfOneVersionOneIsMade() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage, ["name": "ops"])
            let tag = made.headers["ETag"].first ?? ""
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        let body: JSON = ["members": [.string("m\(number)")], "awarenessGrants": [["note": .string("\(number)")]]]
                        return try await stage.send(.PUT, "/groups/\(id)", body, headers: [("If-Match", tag)]).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 412, 412, 412])
            let read = try await stage.send(.GET, "/groups/\(id)").body
            let winner = try #require(read["awarenessGrants"]?[0]?["note"]?.stringValue)
            #expect(read["members"] == [.string("m\(winner)")], "all of one change, and nothing of another")
            #expect(try await stage.rows("select count(*)::text from grants") == ["1"])
        }
    }

    @Test func badRequestsChangeNothing() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage, ["name": "ops", "awarenessGrants": [[:]]])
            let bad: [(JSON, String)] = [
                (["name": " ops "], "name"), (["name": ""], "name"), (["scope": "galaxy"], "scope"), (["members": [" "]], "members[0]"),
                (["members": [1]], "members[0]"), (["owner": "x"], "owner"),
                (["awarenessGrants": [["subjectType": "planet"]]], "awarenessGrants[0].subjectType"),
                (["awarenessGrants": [["subjectType": "tenant"]]], "awarenessGrants[0].subjectId"),
                (["awarenessGrants": [["subjectType": "group", "subjectId": "nobody"]]], "awarenessGrants[0].subjectId"),
                (["grants": [["id": .string(UUID().uuidString)]]], "grants[0].id"), (["grants": [], "awarenessGrants": []], "grants"),
                (["grants": [["priority": 1.5]]], "grants[0].priority"), (["grants": [["access": "maybe"]]], "grants[0].access"),
                (["description": 1], "description"), (["members": ["a\u{0}b"]], "members[0]"),
            ]
            for (body, field) in bad {
                var order = body
                if order["name"] == nil { order["name"] = "new" }
                for answer in [
                    try await stage.send(.PUT, "/groups/\(id)", body), try await stage.send(.POST, "/groups", order),
                ] {
                    #expect(answer.status == 422 && answer.code == "VALIDATION_ERROR", "\(body.text()): \(answer.body.text())")
                    #expect(answer.fields.contains(field), "\(body.text()): \(answer.fields)")
                }
            }
            #expect(try await stage.send(.POST, "/groups", ["scope": "org"]).fields == ["name"])
            #expect(try await stage.send(.PUT, "/groups/\(id)", ["members": .null]).fields == ["members"])
            #expect(try await stage.send(.GET, "/groups").body == [made.body])
            #expect(try await stage.rows("select count(*)::text from audit_entries") == ["1"])
            #expect(try await stage.send(.GET, "/groups?cursor=abc").code == "INVALID_CURSOR")
            #expect(try await stage.send(.GET, "/groups?limit=1001").status == 422)
        }
    }

    @Test func aRepeatedRequestHasOneEffect() async throws {
        try await withStage { stage in
            let key = [("Idempotency-Key", "g1")]
            let (id, first) = try await make(stage, ["name": "ops", "awarenessGrants": [[:]]], headers: key)
            let again = try await stage.send(.POST, "/groups", ["awarenessGrants": [[:]], "name": "ops"], headers: key)
            #expect(again.status == 201 && again.body == first.body && again.headers["ETag"] == first.headers["ETag"])
            #expect(try await stage.send(.POST, "/groups", ["name": "other"], headers: key).code == "IDEMPOTENCY_KEY_REUSED")
            for _ in 0..<2 {
                #expect(
                    try await stage.send(.PUT, "/groups/\(id)", ["members": ["mia"]], headers: [("Idempotency-Key", "g2")]).status == 200
                )
                #expect(try await stage.send(.DELETE, "/groups/\(id)", headers: [("Idempotency-Key", "g3")]).body["status"] == "deleted")
            }
            #expect(try await stage.send(.DELETE, "/groups/\(id)").status == 404)
            #expect(try await stage.trail("Group/" + id).count == 3)
        }
    }

    @Test func deletingAGroupTakesGrantsForItAway() async throws {
        try await withStage { stage in
            let (id, _) = try await make(stage, ["name": "ops"])
            let (other, _) = try await make(
                stage,
                ["name": "dev", "awarenessGrants": [["subjectType": "group", "subjectName": "ops"], [:]]]
            )
            let server = try await stage.send(
                .POST,
                "/mcp-servers",
                [
                    "name": "jira", "endpoint": "http://jira:8080/mcp", "transport": "sse",
                    "grants": [["subjectType": "group", "subjectName": "ops"], ["subjectType": "tenant", "subjectId": "mia"]],
                ]
            )
            #expect(server.status == 201 && server.body["grants"]?[0]?["subjectId"]?.stringValue == id, "\(server.body.text())")
            #expect(try await stage.send(.DELETE, "/groups/\(id)").status == 200)
            let left = try await stage.send(.GET, "/mcp-servers/\(server.body["id"]?.stringValue ?? "")").body["grants"]
            #expect(left?.arrayValue?.map { $0["subjectId"] } == ["mia"])
            #expect(try await stage.send(.GET, "/groups/\(other)").body["awarenessGrants"]?.arrayValue?.count == 1)
            let noted = try await stage.rows(
                "select jsonb_array_length(before->'grantsForGroup')::text from audit_entries where action = 'Deleted'"
            )
            #expect(noted == ["2"], "the trail says what went with it")
        }
    }

    @Test func grantsReachWhomTheyName() async throws {
        try await withStage { stage in
            let (ops, _) = try await make(stage, ["name": "ops", "members": ["mia", "department:finance", "user:idp|u1", "tenant:x:y"]])
            let (none, _) = try await make(stage, ["name": "empty"])
            let grants: [JSON] = [
                ["payloadId": "a/everyone", "subjectType": "everyone"],
                ["payloadId": "a/mia", "subjectType": "tenant", "subjectId": "mia"],
                ["payloadId": "a/user-mia", "subjectType": "user", "subjectId": "mia"],
                ["payloadId": "a/finance", "subjectType": "department", "subjectId": "finance"],
                ["payloadId": "a/ops", "subjectType": "group", "subjectId": .string(ops)],
                ["payloadId": "a/none", "subjectType": "group", "subjectId": .string(none)],
                ["payloadId": "a/both", "subjectType": "everyone", "scope": "personal", "priority": 999],
                ["payloadId": "a/both", "subjectType": "tenant", "subjectId": "mia", "access": "deny"],
            ]
            _ = try await make(stage, ["name": "holder", "awarenessGrants": .array(grants)])
            let groups = GroupRepository(pool: stage.pool)
            let repository = GrantRepository(pool: stage.pool)
            func allowed(_ standing: Standing) async throws -> [String] {
                let found = try await repository.grants(of: .awareness, reaching: standing)
                return Entitlement.compile(.awareness, from: found, for: standing).filter(\.isAllowed).map(\.payloadID)
            }
            #expect(try await allowed(groups.standing(tenant: "mia")) == ["a/everyone", "a/mia", "a/ops"])
            #expect(
                try await allowed(groups.standing(tenant: "zoe", department: "finance")) == ["a/both", "a/everyone", "a/finance", "a/ops"]
            )
            #expect(try await allowed(groups.standing(tenant: "zoe")) == ["a/both", "a/everyone"])
            #expect(try await allowed(groups.standing(users: ["idp|u1"])) == ["a/both", "a/everyone", "a/ops"])
            #expect(try await allowed(groups.standing(users: ["mia"])) == ["a/both", "a/everyone", "a/ops", "a/user-mia"])
            #expect(try await allowed(groups.standing(tenant: "x:y", users: ["a\u{0}"])) == ["a/both", "a/everyone", "a/ops"])
            #expect(try await repository.grants(of: .mcpServer, reaching: groups.standing(tenant: "mia")).isEmpty)
            let one = try await repository.grants(of: .awareness, reaching: groups.standing(tenant: "mia"), payloadID: "a/mia")
            #expect(one.map(\.payloadID) == ["a/mia"])
        }
    }

    @Test func listsComeInPages() async throws {
        try await withStage { stage in
            try await stage.pool.execute(
                """
                insert into groups (id, name, scope, created_at, updated_at)
                select gen_random_uuid(), 'g' || n, 'org', now(), now() from generate_series(1, 230) n order by n
                """
            )
            let pages = try await stage.pages("/groups?limit=100")
            #expect(pages.map(\.count) == [100, 100, 30])
            #expect(pages.joined().compactMap { $0["name"]?.stringValue } == (1...230).reversed().map { "g\($0)" })
            #expect(try await stage.pages("/groups").first?.count == 100)
        }
    }

    @Test func onlyThePlatformSeesAndChangesGroups() async throws {
        try await withStage { stage in
            let (id, made) = try await make(stage, ["name": "ops", "members": ["mia"]])
            let service = GroupService(
                groups: GroupRepository(pool: stage.pool),
                writer: MutationWriter(pool: stage.pool, now: { Date() }),
                makeID: { UUID() }
            )
            try await RoleTokens.serving(GroupOperations(service: service).operations) { base in
                func send(_ method: HTTPMethod, _ path: String, _ body: JSON?, _ token: String?) async throws -> Stage.Answer {
                    try await Stage.send(method, base + path, body?.text(), token: token)
                }
                for token in [RoleTokens.customer, RoleTokens.customersViewer, RoleTokens.owner] {
                    #expect(try await send(.GET, "/groups", nil, token).status == 403)
                    #expect(try await send(.GET, "/groups/\(id)", nil, token).status == 403)
                }
                for token in [RoleTokens.viewer, RoleTokens.customer, RoleTokens.customersViewer, RoleTokens.owner] {
                    #expect(try await send(.POST, "/groups", ["name": "new"], token).status == 403)
                    #expect(try await send(.PUT, "/groups/\(id)", ["name": "new"], token).status == 403)
                    #expect(try await send(.DELETE, "/groups/\(id)", nil, token).status == 403)
                }
                #expect(try await send(.GET, "/groups", nil, nil).status == 401)
                #expect(try await send(.GET, "/groups", nil, RoleTokens.viewer).status == 200)
                let shown = try await send(.GET, "/groups/\(id)", nil, RoleTokens.viewer)
                #expect(shown.status == 200 && shown.body == made.body)
                #expect(try await stage.send(.GET, "/groups").body == [made.body])
                #expect(try await send(.DELETE, "/groups/\(id)", nil, RoleTokens.administrator).status == 200)
            }
        }
    }
}

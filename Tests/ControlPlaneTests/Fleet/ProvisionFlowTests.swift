import CraneAPI
import JSONValue
import KubernetesModel
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct ProvisionFlowTests {
    /// The body of the published example.
    static let acme: JSON = [
        "tenantId": "tenant_acme_01", "name": "Acme Fleet", "plan": "pro", "clerkOrgId": "org_abc123", "templateId": "standard-7-agent",
    ]

    @Test func anOrderBecomesATenantAndIsAnsweredAsPublished() async throws {
        try await withStage { stage in
            let answer = try await stage.order(.POST, "/tenants", Self.acme)
            #expect(answer.status == 200, "\(answer.body.text())")
            let tenant = try #require(answer.body["tenant"])
            #expect(answer.body["ok"] == true && answer.body.objectValue?.count == 2)
            let created = try #require(tenant["created_at"]?.stringValue)
            #expect(created.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            #expect(
                tenant == [
                    "tenant_id": "tenant_acme_01", "name": "Acme Fleet", "plan": "pro", "status": "pending",
                    "template_id": "standard-7-agent", "clerk_org_id": "org_abc123", "repos": [], "agent_specs": [],
                    "created_at": .string(created), "updated_at": .string(created),
                ]
            )
            let object = try #require(try await stage.object(.tenant, "tenant-acme-01"))
            #expect(object.json[at: ["spec", "runtime"]] == ["type": "VirtualMachine", "machine": ["provider": "local"]])
            #expect(object.json[at: ["spec", "fleet", "externalId"]] == "tenant_acme_01")
            let trail = try await stage.rows("select actor || ' ' || outcome from audit_entries")
            #expect(trail == ["platform-token succeeded"])
            #expect(try await stage.rows("select name from fleet_claims").isEmpty)

            let listed = try await stage.order(.GET, "/tenants")
            #expect(listed.body["total"] == 1 && listed.body["limit"] == 50 && listed.body["offset"] == 0)
            #expect(listed.body["tenants"]?[0]?["tenant_id"] == "tenant_acme_01")
        }
    }

    @Test func aPersonsOwnFleetHasNoOrganization() async throws {
        try await withStage { stage in
            let answer = try await stage.order(
                .POST,
                "/tenants",
                ["tenantId": "own", "name": "Own", "email": "me@x.example", "clerkOrgId": .null]
            )
            #expect(answer.body["tenant"]?["clerk_org_id"] == .null)
            #expect(answer.body["tenant"]?["plan"] == "free")
            #expect(answer.body["tenant"]?["template_id"] == "standard-7-agent")
            #expect(try await stage.object(.tenant, "own")?.json[at: ["spec", "email"]] == "me@x.example")
        }
    }

    @Test func whatIsTakenIsRefused() async throws {
        try await withStage { stage in
            #expect(try await stage.order(.POST, "/tenants", Self.acme).status == 200)
            let again = try await stage.order(.POST, "/tenants", Self.acme)
            #expect(again.status == 409 && again.body["ok"] == false && again.errorCode == "tenant_exists")
            // Another id with the same name: the mapping loses the difference.
            try await stage.make(.tenant, "a-b", spec: ["displayName": "A", "email": "a@x.example"])
            let lossy = try await stage.order(.POST, "/tenants", ["tenantId": "a_b", "name": "A"])
            #expect(lossy.status == 409 && lossy.errorCode == "tenant_exists")
            var second = Self.acme
            second["tenantId"] = "tenant_acme_02"
            let organization = try await stage.order(.POST, "/tenants", second)
            #expect(organization.status == 409 && organization.errorCode == "org_has_tenant")
            #expect(try await stage.object(.tenant, "tenant-acme-02") == nil)
            // Gone, the organisation may order again.
            #expect(try await stage.send(.DELETE, "/tenants/tenant-acme-01").status == 200)
            #expect(try await stage.order(.POST, "/tenants", second).status == 200)
        }
    }

    @Test func ofManyOrdersAtOnceAnOrganizationGetsOne() async throws {
        try await withStage { stage in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let body: JSON = ["tenantId": .string("fleet_\(index)"), "name": "F", "clerkOrgId": "org_one"]
                        return try await stage.order(.POST, "/tenants", body).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 409, count: 7))
            #expect(try await stage.rows("select count(*)::text from tenants where deleted_at is null") == ["1"])
        }
    }

    @Test func aRepeatedOrderUnderItsKeyGetsItsAnswer() async throws {
        try await withStage { stage in
            let key = [("Idempotency-Key", "order-1")]
            let first = try await stage.order(.POST, "/tenants", Self.acme, headers: key)
            #expect(first.status == 200)
            try await stage.report("tenant-acme-01", ["phase": "Provisioning"])
            let second = try await stage.order(.POST, "/tenants", Self.acme, headers: key)
            #expect(second.status == 200 && second.body == first.body)
            var other = Self.acme
            other["name"] = "Another"
            let reused = try await stage.order(.POST, "/tenants", other, headers: key)
            #expect(reused.status == 422 && reused.errorCode == "idempotency_key_reused")
            #expect(try await stage.rows("select count(*)::text from write_intents") == ["1"])
        }
    }

    @Test func listsAreFilteredAndPaged() async throws {
        try await withStage { stage in
            for (id, plan, organization) in [("f_1", "free", "org_1"), ("f_2", "pro", "org_2"), ("f_3", "pro", "org_3")] {
                let body: JSON = ["tenantId": .string(id), "name": "F", "plan": .string(plan), "clerkOrgId": .string(organization)]
                #expect(try await stage.order(.POST, "/tenants", body).status == 200)
            }
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201, "no fleet: not listed")
            let complete: JSON = ["run": 1, "steps": [Stage.step("complete", "succeeded", seconds: 9)]]
            try await stage.report("f-1", ["phase": "Running", "provisioning": complete])
            try await stage.report("f-2", ["phase": "Degraded", "provisioning": complete])
            try await stage.report("f-3", ["phase": "Degraded"])
            func ids(_ query: String) async throws -> [String] {
                let answer = try await stage.order(.GET, "/tenants" + query)
                #expect(answer.status == 200, "\(query): \(answer.body.text())")
                return (answer.body["tenants"]?.arrayValue ?? []).compactMap { $0["tenant_id"]?.stringValue }.sorted()
            }
            #expect(try await ids("") == ["f_1", "f_2", "f_3"])
            #expect(try await ids("?status=active") == ["f_1", "f_2"])
            #expect(try await ids("?status=provisioning") == ["f_3"])
            #expect(try await ids("?status=pending").isEmpty)
            #expect(try await ids("?plan=pro") == ["f_2", "f_3"])
            #expect(try await ids("?plan=pro&status=active&clerkOrgId=org_2") == ["f_2"])
            #expect(try await ids("?clerkOrgId=org_9").isEmpty)
            #expect(try await stage.order(.GET, "/tenants?clerkOrgId=x%00y").status == 400)
            var seen: [String] = []
            for offset in 0..<4 {
                let page = try await stage.order(.GET, "/tenants?limit=1&offset=\(offset)")
                #expect(page.body["total"] == 3)
                seen += (page.body["tenants"]?.arrayValue ?? []).compactMap { $0["tenant_id"]?.stringValue }
            }
            #expect(Set(seen) == ["f_1", "f_2", "f_3"] && seen.count == 3)
            let agents = try await stage.order(.GET, "/tenants?clerkOrgId=org_1").body["tenants"]?[0]?["agent_specs"]?.arrayValue
            #expect(agents?.count == 7 && agents?.first?["role"] == "orchestrator")
            for query in ["?status=broken", "?limit=0", "?limit=201", "?offset=-1", "?limit=x", "?plan=", "?colour=red"] {
                let answer = try await stage.order(.GET, "/tenants" + query)
                #expect(answer.status == 422 && answer.errorCode == "validation_error", "\(query)")
            }
        }
    }

    @Test func onlyThePlatformTokenOpensIt() async throws {
        try await withStage { stage in
            for token in [nil, "", "wrong", Stage.token] as [String?] {
                for method in [HTTPMethod.GET, .POST] {
                    let answer = try await stage.order(method, "/tenants", method == .POST ? Self.acme : nil, platformToken: token)
                    #expect(answer.status == 401 && answer.errorCode == "unauthorized")
                }
            }
            let bearer = [("Authorization", "Bearer \(Stage.token)")]
            #expect(try await stage.order(.GET, "/tenants", platformToken: nil, headers: bearer).status == 401)
            #expect(try await stage.rows("select id::text from write_intents").isEmpty)
        }
        try await withStage(configure: { $0.platformToken = nil }) { stage in
            let off = try await stage.order(.POST, "/tenants", Self.acme)
            #expect(off.status == 503 && off.errorCode == "platform_token_not_configured")
        }
        try await withStage(configure: { $0.fleet.machineProvider = nil }) { stage in
            let off = try await stage.order(.POST, "/tenants", Self.acme)
            #expect(off.status == 503 && off.errorCode == "machine_provider_not_configured")
        }
    }

    @Test func badInputOfEveryFieldIsNamed() async throws {
        let long = String(repeating: "x", count: 300)
        let table: [(member: String, values: [JSON])] = [
            ("tenantId", ["Acme", "a-b", "a__b", "_a", "a_", "1a", "ab", "", .null, 7, "a/b", "a\u{0}b", .string(long), "a_ü"]),
            ("name", ["", "   ", .null, 7, .string(long), .string(String(repeating: "x", count: 121)), "a\u{0}"]),
            ("plan", ["gold", "", 7, [:], .string(long)]),
            ("clerkOrgId", ["abc", "org_", "", 7, "org_a b", .string("org_" + long)]),
            ("templateId", ["none", "", 7, .string(long), "../etc"]),
            ("email", ["x", "", 7, "a b@c", .string(long + "@x")]),
            ("colour", ["red"]),
        ]
        try await withStage { stage in
            for (member, values) in table {
                for value in values {
                    var body = Self.acme
                    body[member] = value
                    let answer = try await stage.order(.POST, "/tenants", body)
                    let fields = (answer.body["error"]?["fields"]?.arrayValue ?? []).compactMap { $0["field"]?.stringValue }
                    #expect(answer.status == 422 && Set(fields) == [member], "\(member) \(value.text().prefix(40)): \(answer.body.text())")
                    let message = answer.body["error"]?["message"]?.stringValue ?? ""
                    #expect(answer.body["ok"] == false && !message.isEmpty)
                }
            }
            for member in ["tenantId", "name"] {
                var body = Self.acme
                body[member] = nil
                #expect(try await stage.order(.POST, "/tenants", body).status == 422)
            }
            #expect(try await stage.order(.POST, "/tenants", text: "{").errorCode == "malformed_request")
            #expect(try await stage.order(.POST, "/tenants", text: "[]").status == 422)
            #expect(try await stage.order(.POST, "/tenants").status == 400)
            #expect(try await stage.order(.PUT, "/tenants", Self.acme).status == 405)
            let key = String(repeating: "k", count: 256)
            #expect(try await stage.order(.POST, "/tenants", Self.acme, headers: [("Idempotency-Key", key)]).status == 422)
            #expect(try await stage.rows("select name from tenants").isEmpty)
            let unknown = try await stage.order(.POST, "/tenants", ["tenantId": "abc", "name": "A", "templateId": "none"])
            #expect(unknown.errorCode == "unknown_template")
            #expect(try await stage.order(.POST, "/tenants", ["tenantId": "abc", "name": "A", "plan": "no"]).errorCode == "unknown_plan")
        }
    }
}

extension Stage.Answer {
    /// The code of an error of the provision flow or the fleet.
    var errorCode: String? { body["error"]?["code"]?.stringValue }
}

import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct InstanceOrderTests {
    /// Where a 422 says something is wrong.
    private func places(_ answer: Stage.Answer) -> Set<String> {
        Set(
            (answer.body["detail"]?.arrayValue ?? []).map { entry in
                let loc = (entry["loc"]?.arrayValue ?? []).map { $0.stringValue ?? $0.integerValue.map { String($0) } ?? "?" }
                return "\(entry["type"]?.stringValue ?? "") \(loc.joined(separator: "."))"
            }
        )
    }

    @Test func anOrderBecomesATenantWithAMachine() async throws {
        try await withInstances { stage in
            let body: JSON = [
                "region_id": "local", "tier_id": "large", "agent_name": "Support Bot (EU)", "preset_id": "team",
                "customer_id": "c@x.example",
                "recipe_id": "r1", "workflow_slugs": ["w1", "w2"], "manifest_id": "openclaw-basic", "website_template_slug": "shop",
                "user_display_name": "Cora", "idempotency_key": "k-1",
            ]
            let answer = try await stage.instances(.POST, "", body)
            #expect(answer.status == 200, "\(answer.body.text())")
            #expect(Set((answer.body.objectValue ?? [:]).keys) == ["idempotency_key", "instance_id", "message", "task_id"])
            #expect(answer.body["idempotency_key"] == "k-1")
            let id = try #require(answer.body["instance_id"]?.stringValue)
            try await eventually("it has its tenant") { try await stage.row(id).tenantUID != nil }
            let tenant = try #require(try await stage.object(.tenant, "support-bot-eu"))
            #expect(try await stage.row(id).tenantUID == tenant.metadata.uid)
            let spec = try #require(tenant.json["spec"])
            #expect(spec["displayName"] == "Support Bot (EU)" && spec["email"] == "c@x.example")
            #expect(spec["runtime"] == ["type": "VirtualMachine", "machine": ["provider": "local"]])
            #expect(spec["fleet"] == ["externalId": .string(id), "plan": "large", "template": "standard-7-agent"])

            let listed = try await stage.instances(.GET)
            #expect(Set((listed.body["instances"]?[0]?.objectValue ?? [:]).keys) == Self.summaryMembers)
            #expect(listed.body["instances"]?.arrayValue?.count == 1)
            let shown = try await stage.instances(.GET, "/" + id)
            #expect(shown.status == 200 && Set((shown.body.objectValue ?? [:]).keys) == Self.detailMembers)
            #expect(shown.body["hostname"] == "support-bot-eu" && shown.body["provider"] == "local" && shown.body["status"] == "pending")
            #expect(shown.body["server_type_plan"] == "large" && shown.body["runtime_type"] == "expressclaw")
            #expect(shown.body["workload_type"] == "agent" && shown.body["ip_address"] == .null && shown.body["health_status"] == "unknown")
            let platform = try await stage.instances(.GET, "/\(id)/platform-config")
            #expect(
                platform.body == [
                    "advanced": [:], "channels": [:], "instance_id": .string(id), "integrations": [], "recipe_id": "r1", "skills": [],
                    "workflow_slugs": ["w1", "w2"],
                ]
            )
            let trail = try await stage.rows("select actor || ' ' || action || ' ' || outcome from audit_entries")
            #expect(trail == ["static-token Created succeeded"])
        }
    }

    private static let summaryMembers: Set = [
        "agent_name", "created_at", "customer_email", "hostname", "id", "ip_address", "preset_id", "product_tier_name", "provider",
        "region_id", "runtime_type", "status", "workload_type",
    ]
    private static let detailMembers: Set = [
        "agent_name", "callback_seq", "callback_stage", "capabilities", "created_at", "error_message", "health_status", "hostname", "id",
        "ip_address", "preset_id", "provider", "provisioning_stage", "region_id", "runtime_type", "server_type_plan", "status",
        "updated_at",
        "vpn_ip", "workload_type",
    ]
    private static let byKeyMembers: Set = [
        "bootstrap_seq", "bootstrap_stage", "error_message", "found", "hostname", "instance_id", "logs", "provisioning_stage", "status",
    ]

    @Test func theSameKeyGivesTheSameInstanceAlsoOfManyAtOnce() async throws {
        try await withInstances { stage in
            var body = Stage.order
            body["idempotency_key"] = "once"
            let order = body
            let answers = try await withThrowingTaskGroup(of: Stage.Answer.self) { group in
                for _ in 0..<8 { group.addTask { try await stage.instances(.POST, "", order) } }
                return try await group.reduce(into: [Stage.Answer]()) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [200])
            #expect(Set(answers.map(\.body)).count == 1)
            #expect(try await stage.rows("select count(*)::text from instances") == ["1"])
            // What is the default may be said.
            body["preset_id"] = "personal_assistant"
            #expect(try await stage.instances(.POST, "", body).body == answers[0].body)
            body["tier_id"] = "large"
            let other = try await stage.instances(.POST, "", body)
            #expect(other.status == 409 && other.body["detail"]?.stringValue?.contains("key") == true)
            // Another organisation's key is another key.
            let elsewhere = try await stage.instances(.POST, "", order, organization: "org_b")
            #expect(elsewhere.status == 200 && elsewhere.body["instance_id"] != answers[0].body["instance_id"])
            // Without a key each order is one.
            let first = try await stage.instances(.POST, "", Stage.order)
            let second = try await stage.instances(.POST, "", Stage.order)
            #expect(first.body["idempotency_key"]?.stringValue?.count == 36 && first.body["instance_id"] != second.body["instance_id"])
        }
    }

    @Test func twoReplicasMakeOneTenant() async throws {
        try await withStillInstances { stage in
            for index in 0..<6 {
                var body = Stage.order
                body["agent_name"] = .string("Bot \(index)")
                #expect(try await stage.instances(.POST, "", body).status == 200)
            }
            let replicas = [stage.reconciler(), stage.reconciler(), stage.reconciler()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for replica in replicas { group.addTask { while try await replica.sweep() > 0, try await !isMade(stage) {} } }
                try await group.waitForAll()
            }
            #expect(try await isMade(stage))
            #expect(try await stage.rows("select count(*)::text from write_intents") == ["6"])
            #expect(try await stage.rows("select count(*)::text from tenants where deleted_at is null") == ["6"])
        }
    }

    private func isMade(_ stage: Stage) async throws -> Bool {
        try await stage.rows("select count(*)::text from instances where tenant_uid is null") == ["0"]
    }

    @Test func whatTheCatalogueDoesNotHaveIsRefused() async throws {
        try await withInstances { stage in
            // The published example's own words.
            let unknown = try await stage.instances(.POST, "", ["region_id": "string", "tier_id": "string", "preset_id": "p"])
            #expect(unknown.status == 422)
            #expect(places(unknown) == ["enum body.region_id", "enum body.tier_id", "enum body.preset_id"])
            let missing = try await stage.instances(.POST, "", [:])
            #expect(missing.status == 422 && places(missing) == ["missing body.region_id", "missing body.tier_id"])
            var extra = Stage.order
            extra["colour"] = "red"
            let forbidden = try await stage.instances(.POST, "", extra)
            #expect(forbidden.status == 422 && places(forbidden) == ["extra_forbidden body.colour"])
            var wrong = Stage.order
            wrong["workflow_slugs"] = [1]
            #expect(places(try await stage.instances(.POST, "", wrong)) == ["string_type body.workflow_slugs.0"])
            let text = try await stage.instances(.POST, "", text: "{")
            #expect(text.status == 422 && places(text).allSatisfy { $0.hasPrefix("json_invalid body") })
            let id = try await stage.instances(.GET, "/nonsense")
            #expect(id.status == 422 && places(id) == ["uuid_parsing path.instance_id"])
            #expect(try await stage.rows("select id::text from instances").isEmpty)
        }
    }

    @Test func withoutAProviderNothingCanBeOrdered() async throws {
        try await withInstances(configure: { $0.fleet.machineProvider = nil }) { stage in
            let answer = try await stage.instances(.POST, "", Stage.order)
            #expect(answer.status == 503 && answer.headers.first(name: "Retry-After") != nil)
        }
    }

    @Test func anOrganisationMayNotOrderTooMuch() async throws {
        try await withInstances(configure: { $0.instances.orderLimit = 3 }) { stage in
            var body = Stage.order
            body["idempotency_key"] = "k"
            for _ in 0..<2 { #expect(try await stage.instances(.POST, "", body).status == 200) }
            let statuses = try await withThrowingTaskGroup(of: Stage.Answer.self) { group in
                for _ in 0..<6 { group.addTask { try await stage.instances(.POST, "", Stage.order) } }
                return try await group.reduce(into: [Stage.Answer]()) { $0.append($1) }
            }
            #expect(statuses.map(\.status).sorted() == [200, 200, 429, 429, 429, 429])
            let refused = try #require(statuses.first { $0.status == 429 })
            let pause = try #require(refused.headers.first(name: "Retry-After").flatMap { Int($0) })
            #expect((1...300).contains(pause))
            // What was ordered before is answered, and others may order.
            #expect(try await stage.instances(.POST, "", body).status == 200)
            #expect(try await stage.instances(.POST, "", Stage.order, organization: "org_b").status == 200)
        }
    }

    @Test func aKeyIsPolledBeforeAndAfterItsOrder() async throws {
        try await withInstances { stage in
            let before = try await stage.instances(.GET, "/by-key/k%201")
            #expect(before.status == 200)
            #expect(
                before.body == [
                    "bootstrap_seq": 0, "bootstrap_stage": .null, "error_message": .null, "found": false, "hostname": .null,
                    "instance_id": .null, "logs": [], "provisioning_stage": .null, "status": .null,
                ]
            )
            let made = try await stage.ordered(["idempotency_key": "k 1"])
            let after = try await stage.instances(.GET, "/by-key/k%201")
            #expect(Set((after.body.objectValue ?? [:]).keys) == Self.byKeyMembers)
            #expect(after.body["found"] == true && after.body["instance_id"]?.stringValue == made.id)
            #expect(after.body["status"] == "pending" && after.body["provisioning_stage"] == "validating")
            #expect(try await stage.instances(.GET, "/by-key/k%201", organization: "org_b").body["found"] == false)
            // It stays known when the instance is gone, and is no new order.
            #expect(try await stage.instances(.DELETE, "/" + made.id).status == 200)
            try await stage.awaitEnd(made.id)
            #expect(try await stage.instances(.GET, "/by-key/k%201").body["status"] == "deleted")
            var body = Stage.order
            body["idempotency_key"] = "k 1"
            #expect(try await stage.instances(.POST, "", body).body["instance_id"]?.stringValue == made.id)
            #expect(try await stage.object(.tenant, made.hostname) == nil)
        }
    }

    @Test func namesThatAreTakenAreSteppedAside() async throws {
        try await withInstances { stage in
            // A tenant that is no instance, known to the projection; and one that is not.
            try await stage.make(.tenant, "mia", spec: ["displayName": "A", "email": "a@x.example"])
            try await stage.project("mia")
            try await stage.make(.tenant, "leo", spec: ["displayName": "A", "email": "a@x.example"])
            let mia = try await stage.ordered(["agent_name": "Mia"])
            let leo = try await stage.ordered(["agent_name": "Leo"])
            #expect(mia.hostname.hasPrefix("mia-") && leo.hostname.hasPrefix("leo-"))
            #expect(try await stage.object(.tenant, leo.hostname)?.json[at: ["spec", "fleet", "externalId"]]?.stringValue == leo.id)
            #expect(try await stage.object(.tenant, "leo")?.json[at: ["spec", "fleet"]] == nil)
            // A word of the paths is no name of a tenant.
            let reserved = try await stage.ordered(["agent_name": "Drift"])
            #expect(reserved.hostname == "agent")
        }
    }
}

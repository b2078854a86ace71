import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct TenantOperationsTests {
    @Test func aTenantFromCreationToDeletion() async throws {
        try await withStage { stage in
            let created = try await stage.send(.POST, "/tenants", Stage.tenant)
            #expect(created.status == 201)
            #expect(created.body == ["name": "mia", "status": "created"])
            let object = try #require(try await stage.object(.tenant, "mia"))
            #expect(object.json[at: ["spec", "email"]] == "mia@corp.example")
            let manager = object.metadata.managedFields.compactMap { $0["manager"]?.stringValue }
            #expect(manager == ["opencrane-control-plane"])

            let read = try await stage.send(.GET, "/tenants/mia")
            #expect(read.status == 200)
            #expect(read.body["displayName"] == "Mia")
            #expect(read.body["team"] == "ops")
            #expect(read.body["phase"] == "Pending")
            #expect(read.body["createdAt"]?.stringValue?.hasSuffix("Z") == true)
            #expect(read.headers.first(name: "ETag") == ObjectTag(object.metadata).entityTag.description)

            let updated = try await stage.send(.PUT, "/tenants/mia", ["displayName": "Mia M.", "team": .null, "monthlyBudgetUsd": 40])
            #expect(updated.status == 200)
            #expect(updated.body == ["name": "mia", "status": "updated"])
            let changed = try await stage.send(.GET, "/tenants/mia").body
            #expect(changed["displayName"] == "Mia M.")
            #expect(changed["team"] == nil)
            #expect(changed["email"] == "mia@corp.example")
            #expect(changed["monthlyBudgetUsd"]?.numberValue == 40)
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == nil)

            #expect(try await stage.send(.POST, "/tenants/mia/suspend").body == ["name": "mia", "status": "suspended"])
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "suspended"]] == true)
            #expect(try await stage.send(.GET, "/tenants/mia").body["suspended"] == true)
            #expect(try await stage.send(.POST, "/tenants/mia/resume").body == ["name": "mia", "status": "resumed"])
            #expect(try await stage.send(.GET, "/tenants/mia").body["suspended"] == false)

            #expect(try await stage.send(.DELETE, "/tenants/mia").body == ["name": "mia", "status": "deleted"])
            #expect(try await stage.object(.tenant, "mia") == nil)
            #expect(try await stage.send(.GET, "/tenants/mia").code == "TENANT_NOT_FOUND")
            var blank = Stage.tenant
            blank["team"] = .null
            #expect(try await stage.send(.POST, "/tenants", blank).status == 201, "the name is free again")
            #expect(try await stage.send(.GET, "/tenants/mia").status == 200)
        }
    }

    @Test func reservedMissingAndTakenNames() async throws {
        try await withStage { stage in
            for (method, path, body) in [
                (.GET, "/tenants/nobody", nil), (.PUT, "/tenants/nobody", [:]), (.DELETE, "/tenants/nobody", nil),
                (.POST, "/tenants/nobody/suspend", nil), (.POST, "/tenants/nobody/resume", nil),
            ] as [(HTTPMethodName, String, JSON?)] {
                let answer = try await stage.send(method.method, path, body)
                #expect(answer.status == 404 && answer.code == "TENANT_NOT_FOUND", "\(path): \(answer.body.text())")
            }
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let again = try await stage.send(.POST, "/tenants", Stage.tenant)
            #expect(again.status == 409 && again.code == "TENANT_ALREADY_EXISTS")
            var drift = Stage.tenant
            drift["name"] = "drift"
            #expect(try await stage.send(.POST, "/tenants", drift).fields == ["name"])
            #expect(try await stage.rows("select count(*)::text from write_intents where state = 'open'") == ["0"])
        }
    }

    @Test func pagesHaveLinksAndFiltersWork() async throws {
        try await withStage { stage in
            for index in 0..<5 {
                let tenant: JSON = [
                    "name": .string("t\(index)"), "displayName": "T", "email": "t@corp.example", "team": index < 2 ? "ops" : "dev",
                ]
                #expect(try await stage.send(.POST, "/tenants", tenant).status == 201)
            }
            var seen: [String] = []
            var path: String? = "/tenants?limit=2"
            var pages = 0
            while let next = path {
                let answer = try await stage.send(.GET, next)
                #expect(answer.status == 200)
                seen += (answer.body.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
                pages += 1
                path = answer.headers.first(name: "Link").flatMap { link in
                    link.split(separator: ">").first.map { String($0.dropFirst("</api/v1".count)) }
                }
            }
            #expect(pages == 3)
            #expect(Set(seen).count == 5 && seen.count == 5)
            #expect(try await stage.send(.GET, "/tenants?team=ops").body.arrayValue?.count == 2)
            #expect(try await stage.send(.GET, "/tenants?phase=Running").body == [])
            let wrong = try await stage.send(.GET, "/tenants?cursor=abc")
            #expect(wrong.status == 400 && wrong.code == "INVALID_CURSOR")
        }
    }

    @Test func anUpdateMayDemandAVersion() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            let tag = try #require(try await stage.send(.GET, "/tenants/mia").headers.first(name: "ETag"))
            let first = try await stage.send(.PUT, "/tenants/mia", ["team": "a"], headers: [("If-Match", tag)])
            #expect(first.status == 200)
            let second = try await stage.send(.PUT, "/tenants/mia", ["team": "b"], headers: [("If-Match", tag)])
            #expect(second.status == 412 && second.code == "PRECONDITION_FAILED")
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("If-Match", tag)]).status == 412)
            #expect(try await stage.send(.GET, "/tenants/mia").body["team"] == "a")
            let current = try #require(try await stage.send(.GET, "/tenants/mia").headers.first(name: "ETag"))
            #expect(try await stage.send(.GET, "/tenants/mia", headers: [("If-None-Match", current)]).status == 304)
        }
    }

    @Test func aTenantBeingDeletedStaysUntilItIsGone() async throws {
        try await withStage { stage in
            try await stage.make(
                .tenant,
                "slow",
                spec: ["displayName": "Slow", "email": "s@corp.example"],
                finalizers: ["opencrane.io/cleanup"]
            )
            #expect(try await stage.send(.DELETE, "/tenants/slow").status == 200)
            #expect(try await stage.object(.tenant, "slow")?.metadata.deletionTimestamp != nil)
            let update = try await stage.send(.PUT, "/tenants/slow", ["team": "x"])
            #expect(update.status == 409 && update.code == "TENANT_TERMINATING")
        }
    }

    @Test func aRowWithoutAnObjectCanBeDeleted() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            _ = try await stage.client.dynamic(ResourceKind.tenant.resourceType, namespace: Stage.namespace).delete("mia")
            #expect(try await stage.send(.GET, "/tenants/mia").status == 200)
            #expect(try await stage.send(.DELETE, "/tenants/mia").status == 200)
            #expect(try await stage.send(.GET, "/tenants/mia").status == 404)
            #expect(try await stage.send(.DELETE, "/tenants/mia").status == 404)
        }
    }

    @Test func driftIsFoundAndMended() async throws {
        try await withStage { stage in
            for name in ["a", "b", "c", "d"] {
                let tenant: JSON = ["name": .string(name), "displayName": "T", "email": "t@corp.example", "team": "ops"]
                #expect(try await stage.send(.POST, "/tenants", tenant).status == 201)
            }
            #expect(try await stage.send(.GET, "/tenants/drift").body[at: ["summary", "driftCount"]] == 0)
            try await stage.pool.execute("update tenants set team = 'other', spec = spec || '{\"team\": \"other\"}' where name = 'a'")
            try await stage.pool.execute("delete from tenants where name = 'b'")
            _ = try await stage.client.dynamic(ResourceKind.tenant.resourceType, namespace: Stage.namespace).delete("c")
            let drift = try await stage.send(.GET, "/tenants/drift").body
            #expect(drift["resource"] == "Tenant")
            #expect(drift["mode"] == "detect-only")
            #expect(drift[at: ["summary", "driftCount"]] == 3)
            let issues = (drift["mismatches"]?.arrayValue ?? []).map {
                "\($0["name"]?.stringValue ?? "") \($0["issue"]?.stringValue ?? "")"
            }
            #expect(issues == ["a field-mismatch", "b missing-projection", "c missing-source"])
            #expect(drift["mismatches"]?[0]?["fields"] == ["team"])

            let rehearsal = try await stage.send(.POST, "/tenants/repair").body
            #expect(rehearsal["mode"] == "dry-run")
            #expect(try await stage.send(.GET, "/tenants/drift").body[at: ["summary", "driftCount"]] == 3)
            let repair = try await stage.send(.POST, "/tenants/repair?dryRun=false")
            #expect(repair.status == 200)
            #expect(repair.body["mode"] == "apply")
            #expect(repair.body["repairedCount"] == 3)
            #expect(try await stage.send(.GET, "/tenants/drift").body[at: ["summary", "driftCount"]] == 0)
            #expect(try await stage.send(.GET, "/tenants/a").body["team"] == "ops")
            #expect(try await stage.send(.GET, "/tenants/c").status == 404)
            #expect(try await stage.send(.POST, "/tenants/repair?dryRun=no").fields == ["dryRun"])
        }
    }

    @Test func everyWriteIsAudited() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("X-Request-Id", "r-1")]).status == 201)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, headers: [("X-Request-Id", "r-2")]).status == 409)
            #expect(try await stage.send(.DELETE, "/tenants/mia", headers: [("X-Request-Id", "r-3")]).status == 200)
            let audit = try await stage.send(.GET, "/audit?tenant=mia&limit=2").body
            let lines = (audit["data"]?.arrayValue ?? []).map { line in
                ["action", "outcome", "requestId", "actor", "resource"].compactMap { line[$0]?.stringValue }.joined(separator: " ")
            }
            #expect(lines == ["Deleted succeeded r-3 static-token Tenant/mia", "Created failed r-2 static-token Tenant/mia"])
            #expect(audit[at: ["pagination", "hasMore"]] == true)
            let cursor = try #require(audit[at: ["pagination", "nextCursor"]]?.stringValue)
            let rest = try await stage.send(.GET, "/audit?tenant=mia&limit=2&cursor=\(cursor)").body
            #expect(rest["data"]?.arrayValue?.count == 1)
            #expect(rest["data"]?[0]?["requestId"] == "r-1")
            #expect(try await stage.send(.GET, "/audit?cursor=xx").status == 400)
        }
    }
}

import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Postgres
import Testing

@testable import Projection

@Suite struct ProvisioningLogTests {
    private func step(_ name: String, _ status: String, from: Int = 0, to: String? = "04", attempt: Int? = nil) -> JSON {
        var step: JSON = ["name": .string(name), "status": .string(status), "message": "m", "startedAt": "2026-01-01T00:00:00.500000Z"]
        if let to { step["finishedAt"] = .string("2026-01-01T00:00:\(to)Z") }
        if let attempt { step["attempt"] = .integer(Int64(attempt)) }
        return step
    }

    private func tenant(_ steps: [JSON], run: Int64 = 1, version: Int, uid: String = "u1") throws -> ProjectedObject {
        try object(
            .tenant,
            "acme",
            version: version,
            uid: uid,
            spec: ["displayName": "A", "email": "a@x.test", "fleet": ["organization": "org_1"]],
            status: ["phase": "Provisioning", "provisioning": ["run": .integer(run), "steps": .array(steps)]]
        )
    }

    @Test func finishedStepsAreLines() throws {
        let lines = ProvisioningLogEntry.finished(
            in: try tenant(
                [
                    step("vm_create", "succeeded", attempt: 3), step("agent_config", "skipped"), step("gateway_start", "failed"),
                    step("connectivity_check", "running", to: nil), step("complete", "pending", to: nil), step("odd", "succeeded", to: nil),
                ],
                run: 2,
                version: 1
            )
        )
        #expect(lines.map(\.step) == ["vm_create", "agent_config", "gateway_start"])
        #expect(lines.map(\.outcome) == [.complete, .complete, .failed])
        #expect(lines.map(\.attempt) == [3, 1, 1] && lines.allSatisfy { $0.run == 2 && $0.milliseconds == 3500 && $0.uid == "u1" })
        #expect(lines.allSatisfy { $0.namespace == "crane" && $0.name == "acme" && $0.message == "m" })
    }

    @Test func clocksThatGoBackGiveNoNegativeTime() throws {
        let lines = ProvisioningLogEntry.finished(in: try tenant([step("vm_create", "succeeded", to: "00")], version: 1))
        #expect(lines.map(\.milliseconds) == [0])
    }

    @Test func otherKindsAndUnreadableStatesHaveNoLines() throws {
        let odd = try object(.tenant, "odd", version: 1, spec: [:], status: ["provisioning": ["run": "first", "steps": 7]])
        #expect(ProvisioningLogEntry.finished(in: odd).isEmpty)
        let policy = try object(
            .accessPolicy,
            "p",
            version: 1,
            spec: [:],
            status: ["provisioning": ["run": 1, "steps": [step("a", "failed")]]]
        )
        #expect(ProvisioningLogEntry.finished(in: policy).isEmpty)
        #expect(ProvisioningLogEntry.finished(in: try tenant([step("a", "failed")], version: 1, uid: "")).isEmpty)
    }

    @Test func eachStepOfEachRunIsLoggedOnceAndForEver() async throws {
        try await withProjectionPool { pool in
            func write(_ object: ProjectedObject) async throws {
                try await pool.withTransaction { _ = try await $0.pipeline(RowStatements.write([.upsert(object)], now: testTime)) }
            }
            let log = ProvisioningLogRepository(pool: pool)
            func steps() async throws -> [String] {
                (try await log.list(uids: ["u1"])["u1"] ?? []).map { "\($0.run) \($0.step) \($0.outcome.rawValue)" }
            }
            try await write(tenant([step("vm_create", "running", to: nil)], version: 1))
            #expect(try await steps().isEmpty)
            try await write(tenant([step("vm_create", "succeeded"), step("agent_config", "running", to: nil)], version: 2))
            try await write(tenant([step("vm_create", "succeeded"), step("agent_config", "failed")], version: 3))
            try await write(tenant([step("vm_create", "succeeded"), step("agent_config", "failed")], version: 4))
            #expect(try await steps() == ["1 vm_create complete", "1 agent_config failed"])
            try await write(tenant([step("vm_create", "succeeded")], run: 2, version: 5))
            // A late event of the first run adds what was not heard of, and does not touch the row.
            try await write(tenant([step("vm_create", "failed"), step("late", "succeeded")], version: 3))
            #expect(try await steps() == ["1 vm_create complete", "1 agent_config failed", "2 vm_create complete", "1 late complete"])
            #expect(try await TenantRepository(pool: pool).get(uid: "u1")?.metadata.resourceVersion == "5")
            #expect(try await TenantRepository(pool: pool).get(uid: "u2") == nil)
            #expect(try await TenantRepository(pool: pool).get(uid: "") == nil)
            let gone = ProjectionChange.delete(
                kind: .tenant,
                key: ObjectKey(namespace: "crane", name: "acme"),
                uid: "u1",
                resourceVersion: "9"
            )
            _ = try await pool.pipeline(RowStatements.write([gone], now: testTime))
            #expect(try await steps().count == 4, "the log outlives the tenant")
            #expect(try await log.list(uids: ["u1"], limit: 2)["u1"]?.map(\.step) == ["vm_create", "late"])
            for sql in ["update provisioning_log set message = 'x'", "delete from provisioning_log", "truncate provisioning_log"] as [SQL] {
                await #expect(throws: PostgresError.self) { try await pool.execute(sql) }
            }
        }
    }

    @Test func claimsOfAnOrganizationAreExclusiveAndEnd() async throws {
        try await withProjectionPool { pool in
            let fleets = FleetRepository(pool: pool)
            func claim(_ name: String, _ organization: String?, after seconds: Double = 0) async throws -> FleetClaim {
                try await fleets.claim(
                    organization: organization,
                    externalID: name,
                    namespace: "crane",
                    name: name,
                    now: testTime.addingTimeInterval(seconds)
                )
            }
            #expect(try await claim("one", "org_2") == .granted)
            #expect(try await claim("one", "org_2") == .granted, "the same order again")
            #expect(try await claim("two", "org_2") == .organizationTaken)
            #expect(try await claim("two", "org_2", after: 61) == .granted, "who claimed it has gone")
            try await fleets.release(organization: "org_2", namespace: "crane", name: "one")
            #expect(try await claim("three", "org_2", after: 62) == .organizationTaken)
            try await fleets.release(organization: "org_2", namespace: "crane", name: "two")
            #expect(try await claim("three", "org_2", after: 62) == .granted)
            _ = try await pool.pipeline(RowStatements.write([.upsert(try tenant([], version: 1))], now: testTime))
            #expect(try await claim("four", "org_1") == .organizationTaken)
            #expect(try await claim("acme", nil) == .idTaken)
            #expect(try await claim("five", nil) == .granted)
            #expect(try await claim("six", nil) == .granted, "persons have as many as they like")
        }
    }
}

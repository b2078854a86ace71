import Foundation
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct AwarenessTests {
    private static let order: JSON = ["targetVersion": "awareness/v1alpha2", "waves": ["early", "late"]]

    @Test func aRolloutReachesTenantsWaveByWave() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            try await stage.makeRunning("leo")
            let initial = try await stage.send(.GET, "/awareness/rollout")
            #expect(
                initial.body == [
                    "targetVersion": "awareness/v1alpha1", "stableVersion": "awareness/v1alpha1",
                    "waves": ["personal", "project", "department", "org"], "promotedWaves": [], "shadowMode": false, "nextWave": "personal",
                ]
            )
            #expect(try await stage.send(.PUT, "/awareness/rollout", Self.order).body["nextWave"] == "early")
            #expect(try await stage.send(.PUT, "/awareness/waves/mia", ["wave": "early"]).body["wave"] == "early")
            let contract = try await stage.send(.GET, "/tenants/mia/effective-contract").body
            let promoted = try await stage.send(.POST, "/awareness/rollout/promote")
            #expect(promoted.status == 200 && promoted.body["promotedWaves"] == ["early"] && promoted.body["nextWave"] == "late")
            func version(_ tenant: String) async throws -> JSON { try await stage.send(.GET, "/awareness/rollout/resolve/\(tenant)").body }
            #expect(
                try await version("mia") == [
                    "tenant": "mia", "version": "awareness/v1alpha2", "promoted": true, "shadow": false, "wave": "early",
                ]
            )
            // Whoever has no wave is of the last one.
            #expect(try await version("leo")["version"] == "awareness/v1alpha1")
            #expect(try await version("leo")["wave"] == "late")
            // The contract of the pod is another one now.
            let after = try await stage.send(.GET, "/tenants/mia/effective-contract").body
            #expect(after[at: ["awareness", "version"]] == "awareness/v1alpha2" && after["contractId"] != contract["contractId"])
            // What is promoted stays so, whatever is promoted after it.
            #expect(try await stage.send(.POST, "/awareness/rollout/promote", ["wave": "late"]).body["promotedWaves"] == ["early", "late"])
            #expect(
                try await stage.send(.POST, "/awareness/rollout/promote", ["wave": "early"]).body["promotedWaves"] == ["early", "late"]
            )
            let done = try await stage.send(.POST, "/awareness/rollout/promote")
            #expect(done.status == 200 && done.body["nextWave"] == .null)
            #expect(try await stage.send(.POST, "/awareness/rollout/rollback").body["promotedWaves"] == [])
            #expect(try await version("mia")["version"] == "awareness/v1alpha1")
            #expect(
                try await stage.trail("AwarenessRollout/default") == [
                    "Defined static-token", "Promoted static-token", "Promoted static-token", "RolledBack static-token",
                ],
                "what changes nothing is not noted"
            )
            #expect(try await stage.trail("Tenant/mia").last == "WaveSet static-token")
            #expect(try await stage.send(.PUT, "/awareness/waves/mia", ["wave": .null]).body["wave"] == "late")
        }
    }

    @Test func shadowsRunTheStableVersion() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            var order = Self.order
            order["shadowMode"] = true
            #expect(try await stage.send(.PUT, "/awareness/rollout", order).status == 200)
            #expect(try await stage.send(.POST, "/awareness/rollout/promote", ["wave": "late"]).status == 200)
            let resolved = try await stage.send(.GET, "/awareness/rollout/resolve/mia").body
            #expect(resolved["version"] == "awareness/v1alpha1" && resolved["promoted"] == true && resolved["shadow"] == true)
        }
    }

    @Test func badOrdersAreRefused() async throws {
        try await withStage { stage in
            let bad: [(JSON, String)] = [
                ([:], "targetVersion"), (["targetVersion": "v2"], "targetVersion"), (["targetVersion": "other/v1"], "targetVersion"),
                (["targetVersion": "awareness/v2", "waves": []], "waves"),
                (["targetVersion": "awareness/v2", "waves": ["a", "a"]], "waves"),
                (["targetVersion": "awareness/v2", "waves": ["A"]], "waves[0]"),
                (["targetVersion": "awareness/v2", "shadowMode": "yes"], "shadowMode"),
            ]
            for (body, field) in bad {
                let answer = try await stage.send(.PUT, "/awareness/rollout", body)
                #expect(answer.status == 422 && answer.fields == [field], "\(body.text()): \(answer.body.text())")
            }
            #expect(try await stage.send(.POST, "/awareness/rollout/promote", ["wave": "none"]).fields == ["wave"])
            #expect(try await stage.send(.GET, "/awareness/rollout/resolve/zoe").code == "TENANT_NOT_FOUND")
            #expect(try await stage.send(.PUT, "/awareness/waves/zoe", ["wave": "org"]).code == "TENANT_NOT_FOUND")
            try await stage.makeRunning("mia")
            #expect(try await stage.send(.PUT, "/awareness/waves/mia", ["wave": "none"]).fields == ["wave"])
            #expect(try await stage.send(.PUT, "/awareness/waves/mia", [:]).status == 422)
            #expect(try await stage.rows("select target_version from awareness_rollout where promoted_count > 0").isEmpty)
        }
    }

    @Test func changesAtTheSameTimeComeOneAfterTheOther() async throws {
        try await withStage { stage in
            let waves = JSON.array((0..<10).map { .string("w\($0)") })
            #expect(try await stage.send(.PUT, "/awareness/rollout", ["targetVersion": "awareness/v2", "waves": waves]).status == 200)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await stage.send(.POST, "/awareness/rollout/promote").status } }
                for try await status in group { #expect(status == 200) }
            }
            let rollout = try await stage.send(.GET, "/awareness/rollout")
            #expect(rollout.body["promotedWaves"]?.arrayValue?.count == 6, "no promotion is lost")
            // Whoever looked before does not promote what others have seen to.
            let tag = try #require(rollout.headers.first(name: "ETag"))
            let key = [("Idempotency-Key", "k"), ("If-Match", tag)]
            for _ in 0..<2 {
                #expect(
                    try await stage.send(.POST, "/awareness/rollout/promote", headers: key).body["promotedWaves"]?.arrayValue?.count == 7
                )
            }
            #expect(try await stage.send(.POST, "/awareness/rollout/promote", headers: [("If-Match", tag)]).status == 412)
        }
    }
}

import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// Reports of drift and repairs that are told a page at a time.
@Suite struct DriftPageTests {
    private func name(_ number: Int) -> String { "ghost-\(1000 + number)" }

    private func makeGhosts(_ stage: Stage, _ count: Int) async throws {
        for number in 0..<count {
            try await stage.make(.tenant, name(number), spec: ["displayName": "G", "email": "g@corp.example"])
        }
    }

    /// The path of the next page, below the surface.
    private func next(_ answer: Stage.Answer) -> String? {
        guard let link = answer.headers.first(name: "Link"), let start = link.firstIndex(of: "<"), let end = link.firstIndex(of: ">")
        else { return nil }
        #expect(link.hasSuffix("rel=\"next\""))
        return String(link[link.index(after: start)..<end].dropFirst("/api/v1".count))
    }

    @Test func mismatchesComeAPageAtATime() async throws {
        try await withStage { stage in
            try await makeGhosts(stage, 12)
            var (names, path): ([String], String?) = ([], "/tenants/drift?limit=5")
            while let page = path {
                let answer = try await stage.send(.GET, page)
                #expect(answer.status == 200 && answer.body[at: ["summary", "driftCount"]] == 12)
                #expect(answer.body[at: ["summary", "sourceCount"]] == 12)
                let found = (answer.body["mismatches"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
                #expect(found.count <= 5)
                names += found
                path = next(answer)
            }
            #expect(names == (0..<12).map(name))
            let all = try await stage.send(.GET, "/tenants/drift")
            #expect(all.body["mismatches"]?.arrayValue?.count == 12 && next(all) == nil)
            #expect(try await stage.send(.GET, "/policies/drift?limit=1").body["mismatches"] == [])
        }
    }

    @Test func aRepairMendsAllAndTellsSome() async throws {
        try await withStage { stage in
            try await makeGhosts(stage, 12)
            let plan = try await stage.send(.POST, "/tenants/repair?limit=5")
            #expect(plan.status == 200 && plan.body["mode"] == "dry-run" && plan.body["repairedCount"] == 12)
            #expect(plan.body["entries"]?.arrayValue?.count == 5)
            let second = try await stage.send(.POST, try #require(next(plan)))
            #expect((second.body["entries"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue } == (5..<10).map(name))
            #expect(try await stage.rows("select name from tenants") == [])

            let done = try await stage.send(.POST, "/tenants/repair?dryRun=false&limit=1")
            #expect(done.body["repairedCount"] == 12 && done.body["entries"]?.arrayValue?.count == 1)
            #expect(try await stage.rows("select name from tenants order by name") == (0..<12).map(name))
            #expect(try await stage.rows("select count(*)::text from audit_entries where action = 'Repaired'") == ["12"])
            #expect(try await stage.send(.GET, "/tenants/drift").body[at: ["summary", "driftCount"]] == 0)
        }
    }

    @Test func whatIsNoPageIsRefused() async throws {
        try await withStage { stage in
            for path in ["/tenants/drift", "/policies/drift"] {
                #expect(try await stage.send(.GET, "\(path)?cursor=bm9uc2Vuc2U").code == "INVALID_CURSOR")
                for limit in ["0", "1001", "x"] {
                    #expect(try await stage.send(.GET, "\(path)?limit=\(limit)").status == 422, "\(limit)")
                }
            }
            let repair = try await stage.send(.POST, "/tenants/repair?dryRun=false&cursor=bm9uc2Vuc2U")
            #expect(repair.code == "INVALID_CURSOR")
        }
    }

    @Test func aListThatGetsTooOldInBetweenGoesOn() async throws {
        try await withStage { stage in
            // More than a page of the control plane's lists.
            let count = 520
            try await withThrowingTaskGroup(of: Void.self) { group in
                for first in 0..<8 {
                    group.addTask {
                        for number in stride(from: first, to: count, by: 8) {
                            try await stage.make(.tenant, name(number), spec: ["displayName": "G", "email": "g@corp.example"])
                        }
                    }
                }
                try await group.waitForAll()
            }
            stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "list", resource: "tenants"), action: .status(410), skipping: 1)
            )
            let report = try await stage.send(.GET, "/tenants/drift?limit=3")
            #expect(report.status == 200, "\(report.body.text())")
            #expect(report.body["summary"] == ["sourceCount": 520, "projectionCount": 0, "driftCount": 520])
        }
    }
}

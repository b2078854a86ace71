import CraneAPI
import JSONValue
import KubernetesModel
import LocalCluster
import Testing

extension EndToEnd {
    @Suite("Steady state")
    struct SteadyStateTests {
        @Test("Ready tenants and no change: nobody writes")
        func zeroWrites() async throws {
            try await Stage.with { stage in
                try await stage.apply(try Samples.all(prefix: stage.prefix))
                try await stage.apply(Samples.tenants((0..<20).map { "calm\($0)" }))
                try await stage.waitUntilReady(["tenants", "--all"])
                var last = try await versions(stage)
                // Ready is the last write of each tenant but not of its neighbours: wait until one look equals the next.
                try await eventually("nothing changes from one look to the next") {
                    let now = try await versions(stage)
                    defer { last = now }
                    return now == last
                }
                let calm = try await versions(stage)
                if let log = try stage.apiServer?.server.requests { log.reset() }
                try await throughout("no object changes", .seconds(10)) { try await versions(stage) == calm }
                if let log = try stage.apiServer?.server.requests {
                    #expect(log.writes(userAgent: "opencrane") == 0)
                    #expect(log.total > 0, "the log counts requests")
                }
            }
        }

        /// The versions of all tenants, policies and children.
        private func versions(_ stage: Stage) async throws -> [String: String] {
            var versions: [String: String] = [:]
            for kind in [Kinds.tenant, Kinds.accessPolicy] + Kinds.children {
                for object in try await stage.list(kind, in: stage.namespace) {
                    versions["\(kind.kind)/\(object.metadata.name)"] = object.metadata.resourceVersion
                }
            }
            return versions
        }

        @Test("What somebody changes or deletes is put back")
        func foreignHands() async throws {
            try await Stage.with { stage in
                try await stage.apply(Samples.tenant("guarded"))
                try await stage.waitUntilReady(["tenant/guarded"])
                let key = try await stage.find(Kinds.secret, "openclaw-guarded-encryption-key")?.json[at: ["data", "key"]]
                try await stage.kubectl(["delete", "service", "openclaw-guarded"])
                try await stage.kubectl(["scale", "deployment", "openclaw-guarded", "--replicas=3"])
                try await stage.kubectl(["label", "deployment", "openclaw-guarded", "note=mine"])
                try await eventually("service and scale are back, the foreign label stays") {
                    let service = try await stage.find(Kinds.children[5], "openclaw-guarded")
                    let deployment = try await stage.find(Kinds.deployment, "openclaw-guarded")
                    return service != nil && deployment?.json[at: ["spec", "replicas"]] == 1
                        && deployment?.metadata.labels["note"] == "mine"
                }
                #expect(try await stage.find(Kinds.secret, "openclaw-guarded-encryption-key")?.json[at: ["data", "key"]] == key)
            }
        }
    }
}

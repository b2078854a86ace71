import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import CraneOperator

@Suite("Crashes and rest", .serialized, .timeLimit(.minutes(15)))
struct CrashTests {
    @Test("Killed after any single write, the next operator brings everything to the same end", arguments: [1...6, 7...12, 13...18])
    func everyWrite(_ writes: ClosedRange<Int>) async throws {
        for count in writes {
            try await Stage.set { stage in
                try await stage.createClusterTenant()
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                let (client, transport) = try stage.crashingClient(afterWrites: count)
                try await Stage.withRunning([try stage.makeOperator(client: client)]) {
                    try await eventually("the operator is killed, or done", within: .seconds(30)) {
                        if transport.hasCrashed { return true }
                        return try await stage.tenants.get("mia").status?.phase == .running
                    }
                }
                // A tenant and its customer take more writes than that, so the operator was killed indeed.
                if count <= 12 { #expect(transport.hasCrashed) }
                try await stage.operating {
                    try await stage.awaitTenant()
                    try await stage.awaitClusterTenant()
                    #expect(try await stage.children(in: "opencrane-corp") == Stage.allChildren())
                    #expect(try await stage.pods(in: "opencrane-corp").count == 1)
                    _ = try await stage.tenants.delete("mia")
                    _ = try await stage.clusterTenants.delete("corp")
                    try await eventually("everything is gone") {
                        let namespace = try await stage.client.resource(CoreV1.Namespace.self).getIfPresent("opencrane-corp")
                        let clusterTenant = try await stage.clusterTenants.getIfPresent("corp")
                        return namespace == nil && clusterTenant == nil
                    }
                }
            }
        }
    }

    @Test("Killed in the middle of a deletion, the next operator finishes it", arguments: 1...6)
    func deletion(_ count: Int) async throws {
        try await Stage.set { stage in
            try await stage.createClusterTenant()
            try await stage.createTenant { $0.clusterTenantRef = "corp" }
            try await stage.operating { try await stage.awaitTenant() }
            _ = try await stage.tenants.delete("mia")
            let (client, transport) = try stage.crashingClient(afterWrites: count)
            try await Stage.withRunning([try stage.makeOperator(client: client)]) {
                try await eventually("the operator is killed, or done") {
                    if transport.hasCrashed { return true }
                    return try await stage.tenants.getIfPresent("mia") == nil
                }
            }
            try await stage.operating {
                try await eventually("nothing is left") {
                    let children = try await stage.children(in: "opencrane-corp")
                    let tenant = try await stage.tenants.getIfPresent("mia")
                    return tenant == nil && children.isEmpty
                }
            }
        }
    }

    @Test("Refusals of the API server on the way do not matter", arguments: [409, 429, 500, 503])
    func refusals(_ code: Int) async throws {
        try await Stage.set { stage in
            for resource in ["deployments", "services", "secrets", "tenants", "namespaces", "networkpolicies"] {
                stage.server.faults.add(
                    .init(
                        match: .init(resource: resource, userAgent: Stage.operatorAgent),
                        action: .status(code, retryAfter: nil),
                        times: 2
                    )
                )
            }
            try await stage.createClusterTenant()
            try await stage.createTenant { $0.clusterTenantRef = "corp" }
            try await stage.operating {
                try await stage.awaitTenant()
                #expect(try await stage.children(in: "opencrane-corp") == Stage.allChildren())
            }
        }
    }

    @Test("What a Tenant that vanished without being cleaned up left behind is found and deleted, but for its state")
    func orphans() async throws {
        try await Stage.set { stage in
            try await stage.createClusterTenant()
            try await stage.createTenant { $0.clusterTenantRef = "corp" }
            try await stage.operating { try await stage.awaitTenant() }
            _ = try await stage.tenants.mergePatch("mia", ["metadata": ["finalizers": .null]])
            _ = try await stage.tenants.delete("mia")
            #expect(try await !stage.children(in: "opencrane-corp").isEmpty)
            try await stage.operating {
                let state: Set = ["PersistentVolumeClaim/openclaw-mia-state", "Secret/openclaw-mia-encryption-key"]
                try await eventually("the orphans are gone") { try await stage.children(in: "opencrane-corp") == state }
                let claims = stage.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: "opencrane-corp")
                try await eventually("it is said that the state was kept") {
                    try await claims.get("openclaw-mia-state").metadata.annotations[CraneAnnotations.retention] == "retain"
                }
            }
        }
    }

    @Test("At rest nothing is written: not by a running operator, and not by a new one")
    func rest() async throws {
        try await Stage.set { stage in
            try await stage.createClusterTenant { $0.resources = ClusterResources(quota: CraneAPI.ResourceQuotaSpec(cpu: "8", pods: 50)) }
            try await stage.createPolicy("base") {
                $0.tenantSelector = TenantSelector(matchTeam: "ops")
                $0.egressRules = [EgressRule(cidr: "10.0.0.0/8")]
            }
            for number in 1...10 { try await stage.createTenant("attached-\(number)") { $0.clusterTenantRef = "corp" } }
            for number in 1...10 { try await stage.createTenant("plain-\(number)") { $0.team = "ops" } }
            try await stage.createTenant("suspended") { $0.suspended = true }
            try await stage.createTenant("wrong") { $0.policyRef = "nowhere" }
            try await stage.operating {
                for number in 1...10 {
                    try await stage.awaitTenant("attached-\(number)")
                    try await stage.awaitTenant("plain-\(number)")
                }
                try await stage.settle()
                let count = stage.operatorWrites
                try await stage.settle(for: .seconds(5))
                #expect(stage.operatorWrites == count)
            }
            stage.server.requests.reset()
            try await stage.operating {
                try await eventually("the new operator has listed everything") {
                    stage.server.requests.count { $0.verb == "watch" && $0.userAgent.hasPrefix(Stage.operatorAgent) } >= 15
                }
                try await stage.settle(for: .seconds(3))
                let written = stage.server.requests.latest.filter { $0.isWrite && $0.userAgent.hasPrefix(Stage.operatorAgent) }
                #expect(stage.operatorWrites == 0, "\(written.map { "\($0.verb) \($0.resource)/\($0.subresource) \($0.name)" })")
            }
        }
    }

    @Test("Of two operators one works, and the other takes over when it stops; people are told by Events")
    func leadership() async throws {
        try await Stage.set { stage in
            var configuration = Stage.configuration
            configuration.process.leaderElection = true
            configuration.platformNamespace = "default"
            let settings = configuration
            let second = try Stage.client(of: stage.server, agent: "second")
            try await Stage.withRunning([try stage.makeOperator(settings)]) {
                try await stage.createTenant("one")
                try await stage.awaitTenant("one")
                let standby = try stage.makeOperator(settings, client: second)
                try await Stage.withRunning([standby]) {
                    try await stage.createTenant("two")
                    try await stage.awaitTenant("two")
                    #expect(stage.server.requests.writes(userAgent: "second") == 0)
                }
            }
            try await Stage.withRunning([try stage.makeOperator(settings, client: second)]) {
                try await stage.createTenant("three")
                try await stage.awaitTenant("three")
                #expect(stage.server.requests.writes(userAgent: "second") > 0)
                try await eventually("an Event tells of it") {
                    try await stage.client.resource(EventsV1.Event.self, namespace: "team-a").list().items.contains {
                        $0.regarding?.name == "three" && $0.reason == "AllChecksPassed"
                    }
                }
            }
        }
    }

    @Test("Every request of the operator is covered by the rights it declares, alone or with shards", arguments: [1, 3])
    func rights(shards: Int) async throws {
        try await Stage.set { stage in
            try await stage.createClusterTenant { $0.resources = ClusterResources(quota: CraneAPI.ResourceQuotaSpec(cpu: "8")) }
            try await stage.createTenant { $0.clusterTenantRef = "corp" }
            var configuration = Stage.configuration
            configuration.process.leaderElection = true
            configuration.process.shards = shards
            configuration.platformNamespace = "default"
            try await stage.operating(configuration) {
                try await stage.awaitTenant()
                let leases = stage.client.resource(CoordinationV1.Lease.self, namespace: "default")
                try await eventually("each shard has its Lease") {
                    let held = try await leases.list().items.filter { $0.metadata.name.contains("-shard-") }
                    return held.count == (shards == 1 ? 0 : shards)
                }
                _ = try await stage.clusterTenants.mergePatch("corp", ["spec": ["resources": .null]])
                _ = try await stage.tenants.delete("mia")
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("everything is gone") { try await stage.clusterTenants.getIfPresent("corp") == nil }
            }
            let asked = stage.server.requests.count { $0.isWrite && $0.userAgent.hasPrefix(Stage.operatorAgent) }
            #expect(asked > 20)
            var missing: Set<String> = []
            for request in stage.server.requests.latest where request.userAgent.hasPrefix(Stage.operatorAgent) && !request.resource.isEmpty
            {
                let resource = request.subresource.isEmpty ? request.resource : "\(request.resource)/\(request.subresource)"
                if !OperatorRBAC.allows(verb: request.verb, group: request.group, resource: resource) {
                    missing.insert("\(request.verb) \(resource).\(request.group)")
                }
            }
            #expect(missing.isEmpty)
        }
    }
}

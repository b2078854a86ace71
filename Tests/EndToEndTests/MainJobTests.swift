import CraneAPI
import JSONValue
import KubernetesModel
import NIOHTTP1
import Postgres
import Testing

extension EndToEnd {
    @Suite("The main job")
    struct MainJobTests {
        @Test("The samples become Ready, with every child object, a row each, and the same over REST and oc")
        func samples() async throws {
            try await Stage.with { stage in
                try await stage.apply(try Samples.all(prefix: stage.prefix))
                try await stage.waitUntilReady(["tenants,accesspolicies", "--all"])
                try await stage.waitUntilReady(["clustertenant/\(stage.prefix)"])

                let bound = BoundNamespace.name(clusterTenant: stage.prefix)
                try await expectFence(stage, bound)
                try await expectChildren(stage, of: "mia", in: stage.namespace)
                try await expectChildren(stage, of: "leo", in: bound)
                try await expectViews(stage)
            }
        }

        private func expectFence(_ stage: Stage, _ bound: String) async throws {
            let namespace = try #require(try await stage.find(CoreV1.Namespace.resourceType, bound))
            #expect(namespace.metadata.labels["pod-security.kubernetes.io/enforce"] == "restricted")
            #expect(namespace.metadata.labels[CraneLabels.clusterTenant] == stage.prefix)
            let quotas = try await stage.list(CoreV1.ResourceQuota.resourceType, in: bound)
            #expect(quotas.first?.json[at: ["spec", "hard", "pods"]] == "40")
            #expect(try await stage.list(CoreV1.LimitRange.resourceType, in: bound).count == 1)
            let policies = try await stage.list(Kinds.networkPolicy, in: bound)
            #expect(policies.contains { $0.json[at: ["spec", "podSelector"]] == [:] }, "a policy for every pod denies by default")
        }

        private func expectChildren(_ stage: Stage, of tenant: String, in namespace: String) async throws {
            for kind in Kinds.children {
                let found = try await stage.list(kind, in: namespace, labels: "\(CraneLabels.tenant)=\(tenant)")
                #expect(!found.isEmpty, "\(tenant) has no \(kind.kind) in \(namespace)")
                #expect(found.allSatisfy { $0.metadata.name.hasPrefix("openclaw-\(tenant)") })
            }
        }

        private func expectViews(_ stage: Stage) async throws {
            try await eventually("rows of both tenants say Running") {
                try await stage.rows("select name from tenants where phase = 'Running' order by name").count == 2
            }
            let answer = try await stage.api.get("/api/v1/tenants")
            #expect(answer.status == 200)
            let overREST = try answer.json.arrayValue ?? []
            #expect(Set(overREST.compactMap { $0["name"]?.stringValue }) == ["mia", "leo"])
            #expect(overREST.allSatisfy { $0["phase"] == "Running" })
            let overOC = try await stage.ocJSON(["tenants", "list"])
            #expect(Set((overOC.arrayValue ?? []).compactMap { $0["name"]?.stringValue }) == ["mia", "leo"])
            let table = try await stage.kubectl(["get", "tenants"]).output
            #expect(table.hasPrefix("NAME"))
            #expect(table.contains("Running"))
            #expect(try await stage.api.get("/api/v1/policies/engineering").json["description"]?.stringValue?.isEmpty == false)
            let customer = try await stage.api.get("/api/v1/cluster-tenants/\(stage.prefix)/status").json
            #expect(customer["phase"] == "ready")
        }

        @Test("Suspending over REST stops the pod, resuming with oc starts it again")
        func suspendAndResume() async throws {
            try await Stage.with { stage in
                try await stage.apply(Samples.tenant("sleepy"))
                try await stage.waitUntilReady(["tenant/sleepy"])
                #expect(try await stage.api.post("/api/v1/tenants/sleepy/suspend").status == 200)
                try await eventually("the tenant is suspended") {
                    let tenant = try await stage.find(Kinds.tenant, "sleepy")
                    let deployment = try await stage.find(Kinds.deployment, "openclaw-sleepy")
                    return tenant?.json[at: ["status", "phase"]] == "Suspended" && deployment?.json[at: ["spec", "replicas"]] == 0
                }
                #expect(try await stage.find(CoreV1.PersistentVolumeClaim.resourceType, "openclaw-sleepy-state") != nil)
                _ = try await stage.oc(["tenants", "resume", "sleepy"])
                try await eventually("the tenant runs again") {
                    try await stage.find(Kinds.tenant, "sleepy")?.json[at: ["status", "phase"]] == "Running"
                }
                #expect(try await stage.find(Kinds.deployment, "openclaw-sleepy")?.json[at: ["spec", "replicas"]] == 1)
            }
        }

        @Test("Created over REST, changed with oc, seen by kubectl; deleted, nothing is left")
        func lifeOverREST() async throws {
            try await Stage.with { stage in
                let created = try await stage.api.post(
                    "/api/v1/tenants",
                    ["name": "rest", "displayName": "Rest", "email": "rest@example.com", "team": "one"]
                )
                #expect(created.status == 201)
                #expect(created.headers.contains(name: "X-Request-Id"))
                try await stage.waitUntilReady(["tenant/rest"])
                _ = try await stage.oc(["tenants", "update", "rest", "--team", "two"])
                #expect(try await stage.kubectl(["get", "tenant", "rest", "-o", "jsonpath={.spec.team}"]).output == "two")
                try await eventually("the row has the new team") {
                    try await stage.rows("select name from tenants where name = 'rest' and team = 'two'").count == 1
                }
                #expect(try await stage.api.delete("/api/v1/tenants/rest").status == 200)
                try await expectNothingLeft(stage)
                try await eventually("REST does not know it any more") { try await stage.api.get("/api/v1/tenants/rest").status == 404 }
            }
        }

        @Test("Deleting with finalizers leaves no object and no row")
        func deletion() async throws {
            try await Stage.with { stage in
                try await stage.apply(try Samples.all(prefix: stage.prefix))
                try await stage.waitUntilReady(["tenants", "--all"])
                try await stage.kubectl(["delete", "tenants,accesspolicies", "--all", "--timeout=90s"])
                try await stage.kubectl(["delete", "clustertenant", stage.prefix, "--timeout=90s"])
                try await expectNothingLeft(stage)
                try await eventually("the customer's namespace is gone") {
                    try await stage.find(CoreV1.Namespace.resourceType, BoundNamespace.name(clusterTenant: stage.prefix)) == nil
                }
                try await eventually("REST lists nothing") {
                    let tenants = try await stage.api.get("/api/v1/tenants").json
                    let policies = try await stage.api.get("/api/v1/policies").json
                    let customers = try await stage.api.get("/api/v1/cluster-tenants").json.arrayValue ?? []
                    return tenants == [] && policies == [] && !customers.contains { $0["name"]?.stringValue == stage.prefix }
                }
            }
        }

        @Test("A policy that grows and shrinks takes the network policy of its tenants along")
        func policyChange() async throws {
            try await Stage.with { stage in
                func blocks() async throws -> Set<String> {
                    let policies = try await stage.list(Kinds.networkPolicy, in: stage.namespace, labels: "\(CraneLabels.tenant)=reader")
                    let peers = policies.flatMap { $0.json[at: ["spec", "egress"]]?.arrayValue ?? [] }.flatMap {
                        $0["to"]?.arrayValue ?? []
                    }
                    return Set(peers.compactMap { $0[at: ["ipBlock", "cidr"]]?.stringValue })
                }
                try await stage.apply(Samples.policy("net", team: "readers", blocks: ["192.0.2.0/24", "198.51.100.0/24"]))
                try await stage.apply(Samples.tenant("reader", team: "readers"))
                try await stage.waitUntilReady(["tenant/reader"])
                try await eventually("both blocks are open") { try await blocks().isSuperset(of: ["192.0.2.0/24", "198.51.100.0/24"]) }
                try await stage.apply(Samples.policy("net", team: "readers", blocks: ["192.0.2.0/24"]))
                try await eventually("the second block is closed") {
                    let open = try await blocks()
                    return open.contains("192.0.2.0/24") && !open.contains("198.51.100.0/24")
                }
                try await stage.kubectl(["delete", "accesspolicy", "net", "--timeout=60s"])
                try await eventually("no block of the policy is open") {
                    try await blocks().isDisjoint(with: ["192.0.2.0/24", "198.51.100.0/24"])
                }
                try await stage.waitUntilReady(["tenant/reader"])
            }
        }
    }
}

/// Waits until no object of any tenant of the stage is left in any namespace, and no row.
func expectNothingLeft(_ stage: Stage) async throws {
    for kind in Kinds.children {
        try await eventually("no \(kind.kind) of a tenant is left") {
            try await stage.list(kind, labels: "\(CraneLabels.tenantNamespace)=\(stage.namespace)").isEmpty
        }
    }
    try await eventually("no tenant is left in Kubernetes") { try await stage.list(Kinds.tenant, in: stage.namespace).isEmpty }
}

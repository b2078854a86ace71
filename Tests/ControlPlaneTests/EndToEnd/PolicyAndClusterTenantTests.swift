import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Testing

@testable import ControlPlane

@Suite struct PolicyOperationsTests {
    private static let policy: JSON = [
        "name": "base", "description": "d", "tenantSelector": ["matchTeam": "ops", "matchLabels": ["k": "v"]],
        "domains": ["allow": ["api.example.com", "*.corp.example"], "deny": ["bad.example"], "defaultDeny": true],
        "egressRules": [["cidr": "10.0.0.0/8", "ports": [443, 8443], "protocol": "TCP"]],
        "mcpServers": ["allow": ["a"], "deny": ["b"]],
    ]

    @Test func aPolicyFromCreationToDeletion() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/policies", Self.policy).body == ["name": "base", "status": "created"])
            let read = try await stage.send(.GET, "/policies/base").body
            #expect(read["namespace"] == "crane")
            #expect(read["domains"] == ["api.example.com", "*.corp.example"])
            #expect(read["domainRules"] == Self.policy["domains"])
            #expect(read["egressRules"]?[0]?["ports"] == [443, 8443])
            #expect(read["mcpServers"] == ["allow": ["a"], "deny": ["b"]])
            #expect(try await stage.object(.accessPolicy, "base")?.json[at: ["spec", "mcpServers", "deny"]] == ["b"])

            #expect(try await stage.send(.PUT, "/policies/base", ["description": .null]).body == ["name": "base", "status": "updated"])
            let changed = try await stage.send(.GET, "/policies/base").body
            #expect(changed["description"] == nil)
            #expect(changed["egressRules"]?.arrayValue?.count == 1, "a list that a request leaves out stays")
            #expect(try await stage.send(.PUT, "/policies/base", ["egressRules": .null]).status == 200)
            #expect(try await stage.send(.GET, "/policies/base").body["egressRules"] == [])

            #expect(try await stage.send(.GET, "/policies").body.arrayValue?.count == 1)
            #expect(try await stage.send(.GET, "/policies/drift").body[at: ["summary", "driftCount"]] == 0)
            #expect(try await stage.send(.DELETE, "/policies/base").body == ["name": "base", "status": "deleted"])
            #expect(try await stage.send(.GET, "/policies/base").code == "POLICY_NOT_FOUND")
        }
    }

    @Test func defaultsAndKeyOrderAreNoDriftAndClearedMembersAreRepaired() async throws {
        try await withStage { stage in
            let sparse: JSON = ["name": "sparse", "domains": ["allow": ["a.example"]], "egressRules": [["cidr": "10.0.0.0/8"]]]
            #expect(try await stage.send(.POST, "/policies", sparse).status == 201)
            #expect(try await stage.send(.GET, "/policies/drift").body[at: ["summary", "driftCount"]] == 0)
            #expect(try await stage.send(.POST, "/policies", Self.policy).status == 201)
            _ = try await stage.client.dynamic(ResourceKind.accessPolicy.resourceType, namespace: Stage.namespace)
                .mergePatch("base", ["spec": ["description": .null, "mcpServers": .null]])
            #expect(try await stage.send(.GET, "/policies/drift").body["mismatches"]?[0]?["fields"] == ["description", "mcpServers"])
            #expect(try await stage.send(.POST, "/policies/repair?dryRun=false").body["repairedCount"] == 1)
            #expect(try await stage.send(.GET, "/policies/drift").body[at: ["summary", "driftCount"]] == 0)
            #expect(try await stage.send(.POST, "/policies/repair?dryRun=false").body["repairedCount"] == 0)
        }
    }
}

@Suite struct ClusterTenantOperationsTests {
    private static let corp: JSON = [
        "name": "corp", "displayName": "Corp", "baseDomain": "ai.corp.example", "isolationTier": "dedicatedNodes",
        "compute": ["mode": "dedicated", "nodePool": "p1"],
        "resources": ["quota": ["cpu": "8", "memory": "16Gi", "pods": 40, "storage": "100Gi", "gpu": 1]],
    ]

    @Test func aClusterTenantFromCreationToDeletion() async throws {
        try await withStage { stage in
            let created = try await stage.send(.POST, "/cluster-tenants", Self.corp)
            #expect(created.status == 201)
            #expect(created.body["compute"] == ["mode": "dedicated", "nodePool": "p1"])
            #expect(created.body[at: ["resources", "quota", "gpu"]] == 1)
            #expect(created.body[at: ["status", "phase"]] == "pending")
            #expect(try await stage.object(.clusterTenant, "corp") != nil, "the custom resource is written")
            #expect(try await stage.send(.GET, "/cluster-tenants/corp").body == created.body)
            #expect(try await stage.send(.GET, "/cluster-tenants/corp/status").body["phase"] == "pending")

            let updated = try await stage.send(
                .PUT,
                "/cluster-tenants/corp",
                ["isolationTier": "shared", "compute": ["mode": "shared"], "baseDomain": .null, "resources": ["quota": ["cpu": "9"]]]
            )
            #expect(updated.status == 200)
            #expect(updated.body["compute"] == ["mode": "shared"])
            #expect(updated.body["resources"] == ["quota": ["cpu": "9"]])
            #expect(updated.body["baseDomain"] == nil)
            #expect(try await stage.send(.GET, "/cluster-tenants").body == [updated.body])
            #expect(try await stage.send(.DELETE, "/cluster-tenants/corp").body == ["name": "corp", "status": "deleted"])
            #expect(try await stage.send(.GET, "/cluster-tenants/corp/status").code == "CLUSTER_TENANT_NOT_FOUND")
        }
    }

    @Test func tiersNobodyServesAreRefused() async throws {
        try await withStage { stage in
            var far = Self.corp
            far["isolationTier"] = "dedicatedCluster"
            let refused = try await stage.send(.POST, "/cluster-tenants", far)
            #expect(refused.status == 422 && refused.code == "TIER_UNAVAILABLE")
            #expect(try await stage.object(.clusterTenant, "corp") == nil)
            #expect(try await stage.send(.POST, "/cluster-tenants", Self.corp).status == 201)
            let moved = try await stage.send(.PUT, "/cluster-tenants/corp", ["isolationTier": "dedicatedCluster"])
            #expect(moved.code == "TIER_UNAVAILABLE")
            let crossed = try await stage.send(.PUT, "/cluster-tenants/corp", ["isolationTier": "shared"])
            #expect(crossed.status == 422, "a shared tier with dedicated compute")
            #expect(try await stage.send(.POST, "/cluster-tenants", Self.corp).code == "CLUSTER_TENANT_ALREADY_EXISTS")
        }
    }

    @Test func oneWithTenantsStays() async throws {
        try await withStage { stage in
            var tenant = Stage.tenant
            tenant["clusterTenantRef"] = "corp"
            let early = try await stage.send(.POST, "/tenants", tenant)
            #expect(early.status == 422 && early.fields == ["clusterTenantRef"])
            #expect(try await stage.send(.POST, "/cluster-tenants", Self.corp).status == 201)
            #expect(try await stage.send(.POST, "/tenants", tenant).status == 201)
            #expect(try await stage.send(.GET, "/tenants?clusterTenantRef=corp").body.arrayValue?.count == 1)
            #expect(try await stage.send(.GET, "/tenants?clusterTenantRef=other").body == [])
            let refused = try await stage.send(.DELETE, "/cluster-tenants/corp")
            #expect(refused.status == 409 && refused.code == "CLUSTER_TENANT_IN_USE")
            #expect(try await stage.send(.PUT, "/tenants/mia", ["clusterTenantRef": .null]).status == 200)
            #expect(try await stage.send(.DELETE, "/cluster-tenants/corp").status == 200)
        }
    }
}

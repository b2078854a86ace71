import CraneAPI
import JSONValue
import KubernetesModel

@testable import CraneOperator

/// Resources for pure tests.
enum Samples {
    static let now = Timestamp(microseconds: 1_700_000_000_000_000)

    static var configuration: OperatorConfiguration {
        var configuration = OperatorConfiguration(
            defaultImage: "ghcr.io/opencrane/openclaw:1.2.3",
            ingressDomain: "crane.test",
            platformNamespace: "opencrane"
        )
        configuration.tenantNamespaces = ["team-a"]
        return configuration
    }

    static func tenant(_ name: String = "mia", namespace: String = "team-a", _ change: (inout Tenant) -> Void = { _ in }) -> Tenant {
        var tenant = Tenant(
            metadata: ObjectMeta(name: name, namespace: namespace),
            spec: TenantSpec(displayName: "Mia", email: "mia@corp.test")
        )
        tenant.metadata.uid = "uid-\(namespace)-\(name)"
        tenant.metadata.generation = 1
        change(&tenant)
        return tenant
    }

    static func policy(
        _ name: String = "base",
        namespace: String = "team-a",
        change: (inout AccessPolicySpec) -> Void = { _ in }
    ) -> AccessPolicy {
        var spec = AccessPolicySpec()
        change(&spec)
        var policy = AccessPolicy(metadata: ObjectMeta(name: name, namespace: namespace), spec: spec)
        policy.metadata.generation = 1
        return policy
    }

    static func clusterTenant(_ name: String = "corp", _ change: (inout ClusterTenant) -> Void = { _ in }) -> ClusterTenant {
        var clusterTenant = ClusterTenant(
            metadata: ObjectMeta(name: name),
            spec: ClusterTenantSpec(displayName: "Corp", isolationTier: .shared)
        )
        clusterTenant.metadata.generation = 1
        change(&clusterTenant)
        return clusterTenant
    }

    /// A customer whose namespace is in place.
    static func boundClusterTenant(_ name: String = "corp", _ change: (inout ClusterTenant) -> Void = { _ in }) -> ClusterTenant {
        clusterTenant(name) {
            $0.status = ClusterTenantStatus()
            $0.status?.phase = .ready
            $0.status?.boundNamespace = "opencrane-\(name)"
            change(&$0)
        }
    }

    static func situation(_ tenant: Tenant, _ change: (inout TenantSituation) -> Void = { _ in }) -> TenantSituation {
        var situation = TenantSituation(tenant: tenant, configuration: configuration)
        change(&situation)
        return situation
    }

    static func plan(_ tenant: Tenant = tenant(), _ change: (inout TenantPlan) -> Void = { _ in }) -> TenantPlan {
        var plan = TenantPlan(
            tenant: tenant,
            placement: TenantPlacement(namespace: tenant.metadata.namespace ?? "default"),
            resolution: PolicyResolution(state: .noPolicy, source: .none, message: "none"),
            configuration: configuration
        )
        change(&plan)
        return plan
    }

    /// A Deployment whose only pod is ready.
    static func readyDeployment(generation: Int64 = 1) -> AppsV1.Deployment {
        var metadata = ObjectMeta(name: "openclaw-mia", namespace: "team-a")
        metadata.generation = generation
        return AppsV1.Deployment(
            metadata: metadata,
            spec: .init(replicas: 1),
            status: .init(
                observedGeneration: generation,
                replicas: 1,
                updatedReplicas: 1,
                readyReplicas: 1,
                availableReplicas: 1
            )
        )
    }

    static func pod(ready: Bool = true, waiting: String? = nil, restarts: Int = 0) -> CoreV1.Pod {
        CoreV1.Pod(
            metadata: ObjectMeta(name: "openclaw-mia-1", namespace: "team-a"),
            status: .init(
                conditions: [.init(type: "Ready", status: ready ? "True" : "False")],
                containerStatuses: [
                    .init(
                        name: "openclaw",
                        ready: ready,
                        restartCount: restarts,
                        state: waiting.map { .init(waiting: .init(reason: $0)) } ?? .init(running: .init())
                    )
                ]
            )
        )
    }

    /// A resolution with a policy.
    static func resolved(_ policy: AccessPolicy) -> PolicyResolution {
        PolicyResolution(state: .resolved, source: .policyRef, policy: policy, message: "named")
    }
}

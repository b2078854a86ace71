import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// Reports on one AccessPolicy. Its effect is part of each tenant's own network policy, so there is nothing else to write or to clean up.
struct AccessPolicyReconciler: Sendable {
    let client: KubernetesClient
    let informers: OperatorInformers
    let configuration: OperatorConfiguration
    let applier: Applier

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        guard let policy = informers.policies.store[key], !policy.metadata.isBeingDeleted else { return .done }
        let compilation = EgressCompilation(
            policy.spec,
            hasNamePolicies: informers.namePolicies.isServed,
            network: configuration.network
        )
        let tenants = informers.tenants.store.objects(index: OperatorInformers.byPolicy, value: policy.metadata.name).filter {
            $0.metadata.namespace == policy.metadata.namespace || $0.status?.targetNamespace == policy.metadata.namespace
        }
        var desired = policy
        desired.status = AccessPolicyStatusPlan(policy: policy, compilation: compilation, matchedTenants: tenants.count)
            .status(now: context.time.timestamp)
        let wanted = desired
        return try await client.unlessGone(AccessPolicy.self, key) {
            _ = try await applier.writeStatus(of: policy, to: wanted)
            return .done
        }
    }
}

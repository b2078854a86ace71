import CraneAPI
import KubernetesModel
import OperatorRuntime

/// The existing children of tenants, of all kinds, from the informers.
struct TenantChildStores: Sendable {
    /// Reads and deletes children of one kind.
    private struct Kind: Sendable {
        let name: String
        let references: @Sendable (ObjectKey) -> [ChildReference]
        let delete: @Sendable (ObjectKey) async throws -> Void
    }

    /// Stages of deletion: what lets traffic in and the pod first; what the pod needs, and what fences it, once it is gone.
    private let stages: [[Kind]]
    private let pods: Informer<CoreV1.Pod>
    private let namespaces: Informer<CoreV1.Namespace>

    init(_ informers: OperatorInformers, applier: Applier) {
        func kind<T: KubernetesResource>(_ informer: Informer<T>) -> Kind {
            let name = T.resourceType.kind
            return Kind(
                name: name,
                references: { tenant in
                    informer.store.objects(index: OperatorInformers.byTenant, value: tenant.description).map {
                        ChildReference(
                            kind: name,
                            key: $0.key,
                            ownerUID: $0.metadata.controller?.uid,
                            isRetained: $0.metadata.annotations[CraneAnnotations.retention] == ChildReference.retain
                        )
                    }
                },
                delete: { key in
                    guard let live = informer.store[key], !live.metadata.isBeingDeleted else { return }
                    try await applier.delete(live)
                }
            )
        }
        pods = informers.pods
        namespaces = informers.namespaces
        stages = [
            [kind(informers.ingresses), kind(informers.services), kind(informers.deployments)],
            [
                kind(informers.configMaps), kind(informers.claims), kind(informers.secrets), kind(informers.serviceAccounts),
                kind(informers.networkPolicies),
            ] + (informers.namePolicies.map { [kind($0)] } ?? []),
        ]
    }

    /// All children of a tenant, pods left out, and those that are to outlive the tenant.
    func references(of tenant: ChildOwner) -> [ChildReference] {
        stages.flatMap { $0.flatMap { references(of: tenant, $0) } }
    }

    private func references(of tenant: ChildOwner, _ kind: Kind) -> [ChildReference] {
        kind.references(tenant.key).filter { !$0.isRetained && tenant.mayHaveChildren(in: $0.key.namespace, where: isBound) }
    }

    /// Pods of a tenant: those of its Deployment.
    func pods(of tenant: ChildOwner) -> [CoreV1.Pod] {
        pods.store.objects(index: OperatorInformers.byTenant, value: tenant.key.description).filter {
            tenant.mayHaveChildren(in: $0.metadata.namespace, where: isBound) && tenant.isPodOfDeployment($0)
        }
    }

    /// Whether a namespace is one that the operator made for a customer.
    private func isBound(_ name: String) -> Bool {
        guard let owner = namespaces.store[ObjectKey(name: name)]?.metadata.labels[CraneLabels.clusterTenant] else { return false }
        return BoundNamespace.name(clusterTenant: owner) == name
    }

    /// Deletes children stage by stage.
    ///
    /// - Parameters:
    ///   - tenant: whose children.
    ///   - isIncluded: which of them.
    /// - Returns: whether none is left. Else call again when something has changed.
    func delete(of tenant: ChildOwner, where isIncluded: (ChildReference) -> Bool) async throws -> Bool {
        let namespaces = Set(references(of: tenant).filter(isIncluded).compactMap(\.key.namespace))
        for (number, stage) in stages.enumerated() {
            // Pods have no owner among the children that could be asked for: they belong to whatever goes in their namespace.
            if number > 0, pods(of: tenant).contains(where: { namespaces.contains($0.metadata.namespace ?? "") }) { return false }
            var isEmpty = true
            for kind in stage {
                for reference in references(of: tenant, kind) where isIncluded(reference) {
                    isEmpty = false
                    try await kind.delete(reference.key)
                }
            }
            if !isEmpty { return false }
        }
        return true
    }

    /// Deletes single children at once.
    func prune(_ surplus: [ChildReference]) async throws {
        for kind in stages.joined() {
            for reference in surplus where reference.kind == kind.name { try await kind.delete(reference.key) }
        }
    }
}

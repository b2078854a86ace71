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

    init(_ informers: OperatorInformers, applier: Applier) {
        func kind<T: KubernetesResource>(_ informer: Informer<T>) -> Kind {
            let name = T.resourceType.kind
            return Kind(
                name: name,
                references: { tenant in
                    informer.store.objects(index: OperatorInformers.byTenant, value: tenant.description).map {
                        ChildReference(
                            kind: name, key: $0.key, ownerUID: $0.metadata.controller?.uid,
                            isRetained: $0.metadata.annotations[CraneAnnotations.retention] == ChildReference.retain)
                    }
                },
                delete: { key in
                    guard let live = informer.store[key], !live.metadata.isBeingDeleted else { return }
                    try await applier.delete(live)
                })
        }
        pods = informers.pods
        stages = [
            [kind(informers.ingresses), kind(informers.services), kind(informers.deployments)],
            [
                kind(informers.configMaps), kind(informers.claims), kind(informers.secrets), kind(informers.serviceAccounts),
                kind(informers.networkPolicies),
            ] + (informers.namePolicies.map { [kind($0)] } ?? []),
        ]
    }

    /// All children of a tenant in all namespaces, pods left out, and those that are to outlive the tenant.
    func references(of tenant: ObjectKey) -> [ChildReference] {
        stages.flatMap { $0.flatMap { $0.references(tenant) } }.filter { !$0.isRetained }
    }

    /// Pods of a tenant in all namespaces.
    func pods(of tenant: ObjectKey) -> [CoreV1.Pod] {
        pods.store.objects(index: OperatorInformers.byTenant, value: tenant.description)
    }

    /// Deletes children stage by stage.
    ///
    /// - Parameters:
    ///   - tenant: whose children.
    ///   - isIncluded: which of them.
    /// - Returns: whether none is left. Else call again when something has changed.
    func delete(of tenant: ObjectKey, where isIncluded: (ChildReference) -> Bool) async throws -> Bool {
        let namespaces = Set(references(of: tenant).filter(isIncluded).compactMap(\.key.namespace))
        for (number, stage) in stages.enumerated() {
            // Pods have no owner among the children that could be asked for: they belong to whatever goes in their namespace.
            if number > 0, pods(of: tenant).contains(where: { namespaces.contains($0.metadata.namespace ?? "") }) { return false }
            var isEmpty = true
            for kind in stage {
                for reference in kind.references(tenant) where !reference.isRetained && isIncluded(reference) {
                    isEmpty = false
                    try await kind.delete(reference.key)
                }
            }
            if !isEmpty { return false }
        }
        return true
    }

    /// Deletes single children at once.
    func prune(_ surplus: [ChildReference], of tenant: ObjectKey) async throws {
        for kind in stages.joined() {
            for reference in surplus where reference.kind == kind.name { try await kind.delete(reference.key) }
        }
    }
}

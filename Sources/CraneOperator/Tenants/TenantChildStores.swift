import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// The existing children of tenants, of all kinds: as the informers see them, and where that is not enough, as the API server does.
struct TenantChildStores: Sendable {
    /// Stages of deletion: what lets traffic in and the pod first; what the pod needs, and what fences it, once it is gone.
    private let stages: [[TenantChildKind]]
    private let client: KubernetesClient
    private let pods: Informer<CoreV1.Pod>
    private let namespaces: Informer<CoreV1.Namespace>

    init(_ informers: OperatorInformers, client: KubernetesClient, applier: Applier) {
        func kind<T: KubernetesResource>(
            _ informer: Informer<T>,
            holdsState: Bool = false,
            isServed: (@Sendable () -> Bool)? = nil,
            _ name: @escaping @Sendable (TenantNames) -> String
        ) -> TenantChildKind {
            TenantChildKind(informer, client: client, applier: applier, holdsState: holdsState, isServed: isServed, childName: name)
        }
        self.client = client
        let names = informers.namePolicies
        pods = informers.pods
        namespaces = informers.namespaces
        stages = [
            [
                kind(informers.ingresses) { $0.ingress }, kind(informers.services) { $0.service },
                kind(informers.deployments) { $0.deployment },
            ],
            [
                kind(informers.configMaps) { $0.configMap }, kind(informers.claims, holdsState: true) { $0.stateClaim },
                kind(informers.secrets, holdsState: true) { $0.encryptionKeySecret },
                kind(informers.serviceAccounts) { $0.serviceAccount }, kind(informers.networkPolicies) { $0.networkPolicy },
                kind(names.informer, isServed: { names.isServed }) { $0.ciliumNetworkPolicy },
            ],
        ]
    }

    /// All children of a tenant, pods left out, and those that are to outlive the tenant.
    func references(of tenant: ChildOwner) -> [ChildReference] {
        stages.flatMap { $0.flatMap { references(of: tenant, $0) } }
    }

    private func references(of tenant: ChildOwner, _ kind: TenantChildKind) -> [ChildReference] {
        kind.references(tenant.key).filter { !$0.isRetained && tenant.mayHaveChildren(in: $0.key.namespace, where: isBound) }
    }

    /// What stands in a namespace where the children of a tenant of a name would be, whoever it belongs to.
    func occupants(of namespace: String, named names: TenantNames) -> [ChildReference] {
        stages.joined().compactMap { $0.occupant(ObjectKey(namespace: namespace, name: $0.childName(names))) }
    }

    /// Whether objects are all that every tenant has.
    func isComplete(_ children: [ChildReference]) -> Bool {
        let kinds = Set(children.map(\.kind))
        return stages.joined().allSatisfy { $0.isOptional || kinds.contains($0.name) }
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

    /// Deletes children that the informers see, stage by stage.
    ///
    /// - Parameters:
    ///   - tenant: whose children.
    ///   - fate: whether state is deleted or stays. Default: it stays unless it goes with its owner anyhow.
    ///   - isIncluded: which of them.
    /// - Returns: whether the informers see none. Else call again when something has changed.
    func delete(
        of tenant: ChildOwner,
        fate: (ChildReference) -> ChildFate = { $0.fateWithoutTenant },
        where isIncluded: (ChildReference) -> Bool = { _ in true }
    ) async throws -> Bool {
        let namespaces = Set(references(of: tenant).filter(isIncluded).compactMap(\.key.namespace))
        for (number, stage) in stages.enumerated() {
            let present = stage.map { kind in (kind, references(of: tenant, kind).filter(isIncluded)) }
            guard number == 0 || !present.allSatisfy({ $0.1.isEmpty }) else { continue }
            // Pods have no owner among the children that could be asked for: they belong to whatever goes in their namespace.
            if number > 0 {
                if pods(of: tenant).contains(where: { namespaces.contains($0.metadata.namespace ?? "") }) { return false }
                guard try await hasNoPods(tenant, in: namespaces) else { return false }
            }
            var isEmpty = true
            for (kind, references) in present {
                for reference in references {
                    isEmpty = false
                    try await kind.dismiss(reference.key, fate(reference))
                }
            }
            if !isEmpty { return false }
        }
        return true
    }

    /// Deletes children that the API server has, though no informer may have heard of them: a watch can be silent without being noticed for
    /// a while, and what is left now nobody would look for again.
    ///
    /// - Parameters:
    ///   - tenant: whose children.
    ///   - namespaces: where to look: places of the tenant.
    ///   - fate: whether state is deleted or stays. Default: it stays unless it goes with its owner anyhow.
    ///   - isIncluded: which of them.
    /// - Returns: whether the API server has none. Else call again.
    func deleteUnseen(
        of tenant: ChildOwner,
        in namespaces: Set<String>,
        fate: (ChildReference) -> ChildFate = { $0.fateWithoutTenant },
        where isIncluded: (ChildReference) -> Bool = { _ in true }
    ) async throws -> Bool {
        for (number, stage) in stages.enumerated() {
            var isEmpty = true
            for namespace in namespaces.sorted() {
                for kind in stage {
                    let found = try await kind.list(tenant.key, namespace).filter { !$0.reference.isRetained && isIncluded($0.reference) }
                    guard !found.isEmpty else { continue }
                    // What fences a pod goes after the pod.
                    if number > 0 { guard try await hasNoPods(tenant, in: [namespace]) else { return false } }
                    isEmpty = false
                    for child in found { try await child.dismiss(fate(child.reference)) }
                }
            }
            if !isEmpty { return false }
        }
        return true
    }

    /// Whether the API server has children in a namespace.
    func hasChildren(_ tenant: ChildOwner, in namespace: String) async throws -> Bool {
        for kind in stages.joined() {
            if try await kind.list(tenant.key, namespace).contains(where: { !$0.reference.isRetained }) { return true }
        }
        return try await !hasNoPods(tenant, in: [namespace])
    }

    private func hasNoPods(_ tenant: ChildOwner, in namespaces: Set<String>) async throws -> Bool {
        for namespace in namespaces.sorted() {
            let options = ListOptions(labelSelector: TenantChildKind.selector(tenant.key))
            let found = try await client.resource(CoreV1.Pod.self, namespace: namespace).list(options).items
            if found.contains(where: tenant.isPodOfDeployment) { return false }
        }
        return true
    }

    /// Deletes single children at once. State never is too much: its name follows from the tenant's.
    func prune(_ surplus: [ChildReference]) async throws {
        for kind in stages.joined() {
            for reference in surplus where reference.kind == kind.name && !reference.holdsState {
                try await kind.dismiss(reference.key, .delete)
            }
        }
    }
}

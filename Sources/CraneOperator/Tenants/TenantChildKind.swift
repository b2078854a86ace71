import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// Reads and deletes children of tenants of one kind.
struct TenantChildKind: Sendable {
    /// A child that the API server has.
    struct Found: Sendable {
        let reference: ChildReference
        /// Deletes it, or has it outlive its tenant if it holds state.
        let dismiss: @Sendable (ChildFate) async throws -> Void
    }

    let name: String
    /// Whether the cluster may not serve it.
    let isOptional: Bool
    /// What children of this kind are called.
    let childName: @Sendable (TenantNames) -> String
    /// The children of a tenant that the informer sees.
    let references: @Sendable (_ tenant: ObjectKey) -> [ChildReference]
    /// The object of a key that the informer sees.
    let occupant: @Sendable (ObjectKey) -> ChildReference?
    /// The children of a tenant in a namespace that the API server has.
    let list: @Sendable (_ tenant: ObjectKey, _ namespace: String) async throws -> [Found]
    /// Deletes what the informer sees under a key; see ``Found/dismiss``.
    let dismiss: @Sendable (ObjectKey, ChildFate) async throws -> Void

    init<T: KubernetesResource>(
        _ informer: Informer<T>,
        client: KubernetesClient,
        applier: Applier,
        holdsState: Bool,
        isServed probe: (@Sendable () -> Bool)?,
        childName: @escaping @Sendable (TenantNames) -> String
    ) {
        let store = informer.store
        let remove: @Sendable (T, ChildFate) async throws -> Void = { object, fate in
            if holdsState, fate != .delete {
                try await Self.retain(object, isWithheld: fate == .withhold, client: client)
            } else {
                // State is deleted only as it was judged: it may have been marked since as what is to stay.
                try await applier.delete(object, ifUnchanged: holdsState)
            }
        }
        let isServed = probe ?? { true }
        // State that has a tenant's labels but not the name that the operator gives was copied by somebody, and is nothing of the operator's.
        let isOurs: @Sendable (T, ObjectKey) -> Bool = { object, tenant in
            let names = TenantNames(tenant: tenant.name)
            return !holdsState || [childName(names), names.bootstrapSecret].contains(object.metadata.name)
        }
        isOptional = probe != nil
        name = T.resourceType.kind
        self.childName = childName
        references = { tenant in
            guard isServed() else { return [] }
            return store.objects(index: OperatorInformers.byTenant, value: tenant.description)
                .filter { isOurs($0, tenant) }.map { ChildReference($0) }
        }
        occupant = { key in !isServed() ? nil : store[key].map { ChildReference($0) } }
        list = { tenant, namespace in
            guard isServed() else { return [] }
            let options = ListOptions(labelSelector: Self.selector(tenant))
            return try await client.resource(T.self, namespace: namespace).listAll(options).items.filter { isOurs($0, tenant) }.map {
                object in
                Found(reference: ChildReference(object)) { try await remove(object, $0) }
            }
        }
        dismiss = { key, fate in
            guard let object = store[key], !object.metadata.isBeingDeleted else { return }
            try await remove(object, fate)
        }
    }

    /// Selects the children of a tenant.
    static func selector(_ tenant: ObjectKey) -> String {
        [
            "\(CraneLabels.managedBy)=\(FieldManagers.operator)", "\(CraneLabels.tenant)=\(CraneLabels.labelValue(tenant.name))",
            "\(CraneLabels.tenantNamespace)=\(tenant.namespace ?? "default")",
        ].joined(separator: ",")
    }

    /// Has an object outlive its tenant.
    private static func retain<T: KubernetesResource>(_ object: T, isWithheld: Bool, client: KubernetesClient) async throws {
        guard !object.metadata.isBeingDeleted else { return }
        var annotations: JSON = [CraneAnnotations.retention: .string(ChildReference.retain)]
        if !isWithheld { annotations[CraneAnnotations.tenantUID] = .null }
        var metadata: JSON = ["annotations": annotations]
        if !isWithheld { metadata["ownerReferences"] = .null }
        if let version = object.metadata.resourceVersion { metadata["resourceVersion"] = .string(version) }
        do {
            _ = try await client.resource(T.self, namespace: object.metadata.namespace).patch(
                object.key,
                .merge(["metadata": metadata]),
                WriteOptions(fieldManager: FieldManagers.operator)
            )
        } catch let error as KubernetesError where error.isNotFound || error.isConflict {
            // It has changed, or gone; who deletes looks again.
        }
    }
}

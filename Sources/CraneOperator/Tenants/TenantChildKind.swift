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
        /// Deletes it, or has it outlive its tenant if that is asked for and it holds state.
        let delete: @Sendable (_ retaining: Bool) async throws -> Void
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
    /// Deletes what the informer sees under a key; see ``Found/delete``.
    let delete: @Sendable (ObjectKey, _ retaining: Bool) async throws -> Void

    init<T: KubernetesResource>(
        _ informer: Informer<T>,
        client: KubernetesClient,
        applier: Applier,
        holdsState: Bool,
        isServed probe: (@Sendable () -> Bool)?,
        childName: @escaping @Sendable (TenantNames) -> String
    ) {
        let store = informer.store
        let remove: @Sendable (T, Bool) async throws -> Void = { object, retaining in
            if holdsState, retaining {
                try await Self.retain(object, client: client)
            } else {
                // State is deleted only as it was judged: it may have been marked since as what is to stay.
                try await applier.delete(object, ifUnchanged: holdsState)
            }
        }
        let isServed = probe ?? { true }
        isOptional = probe != nil
        name = T.resourceType.kind
        self.childName = childName
        references = { tenant in
            guard isServed() else { return [] }
            return store.objects(index: OperatorInformers.byTenant, value: tenant.description).map { ChildReference($0) }
        }
        occupant = { key in !isServed() ? nil : store[key].map { ChildReference($0) } }
        list = { tenant, namespace in
            guard isServed() else { return [] }
            let options = ListOptions(labelSelector: Self.selector(tenant))
            return try await client.resource(T.self, namespace: namespace).listAll(options).items.map { object in
                Found(reference: ChildReference(object)) { try await remove(object, $0) }
            }
        }
        delete = { key, retaining in
            guard let object = store[key], !object.metadata.isBeingDeleted else { return }
            try await remove(object, retaining)
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
    private static func retain<T: KubernetesResource>(_ object: T, client: KubernetesClient) async throws {
        guard !object.metadata.isBeingDeleted else { return }
        let annotations: JSON = [CraneAnnotations.retention: .string(ChildReference.retain), CraneAnnotations.tenantUID: .null]
        var metadata: JSON = ["annotations": annotations, "ownerReferences": .null]
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

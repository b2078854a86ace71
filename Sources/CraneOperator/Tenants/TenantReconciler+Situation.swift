import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// What is known when a tenant is decided on: from the informers, and where that is not enough from the API server.
extension TenantReconciler {
    func situation(_ tenant: Tenant) -> TenantSituation {
        var situation = TenantSituation(tenant: tenant, configuration: configuration)
        situation.parent = tenant.spec.clusterTenantRef.flatMap { informers.clusterTenants.store[ObjectKey(name: $0)] }
        let target = TenantVerdict.expectedNamespace(tenant)
        for namespace in Set([target, tenant.metadata.namespace ?? "default"]) {
            situation.policies += informers.policies.store.objects(inNamespace: namespace)
        }
        situation.namesakes = informers.tenants.store.objects(index: OperatorInformers.byName, value: tenant.metadata.name)
        situation.credentials = credentials(tenant, namespace: target)
        situation.observation = observation(tenant, namespace: target)
        situation.hasNamePolicies = informers.namePolicies.isServed
        return situation
    }

    /// Whether the API server has a Tenant, and not another one of its name or one that is being deleted. What has happened to it the informer
    /// will tell.
    func isThere(_ tenant: Tenant) async throws -> Bool {
        guard let live = try await client.resource(Tenant.self, namespace: tenant.metadata.namespace).getIfPresent(tenant.key) else {
            return false
        }
        return live.metadata.uid == tenant.metadata.uid && !live.metadata.isBeingDeleted
    }

    /// Asks the API server for what must be known and not only not be seen: whether there is state before some is made, and whether a former
    /// place is empty before it is forgotten.
    ///
    /// - Returns: whether there is more than the informers see.
    func confirm(_ situation: inout TenantSituation) async throws -> Bool {
        let tenant = situation.tenant
        let before = situation.observation
        let target = TenantVerdict.expectedNamespace(tenant)
        let names = TenantNames(tenant: tenant.metadata.name)
        if let recorded = tenant.status?.targetNamespace, recorded != target,
            try await children.hasChildren(ChildOwner(tenant), in: recorded)
        {
            situation.observation.formerNamespaces = [recorded]
        }
        if before.claim == nil || !before.hasEncryptionKey {
            func find<T: KubernetesResource>(_ type: T.Type, _ name: String) async throws -> T? {
                try await client.resource(type, namespace: target).list(ListOptions(fieldSelector: "metadata.name=\(name)")).items.first
            }
            if before.claim == nil, let claim = try await find(CoreV1.PersistentVolumeClaim.self, names.stateClaim) {
                situation.observation.claim = claim
                situation.observation.noteUnseen(ChildReference(claim), of: tenant)
            }
            if !before.hasEncryptionKey, let key = try await find(CoreV1.Secret.self, names.encryptionKeySecret) {
                situation.observation.hasEncryptionKey = true
                situation.observation.noteUnseen(ChildReference(key), of: tenant)
            }
        }
        let after = situation.observation
        let isInTheWay = after.hasRemains || after.occupant != nil || after.withheld != nil || after.unmarked != nil
        return after.claim != nil && before.claim == nil || isInTheWay || !after.formerNamespaces.isEmpty
    }

    /// Secrets of a namespace that are marked for all tenants or for this one.
    private func credentials(_ tenant: Tenant, namespace: String) -> Set<String> {
        let named = (tenant.spec.channels ?? []).compactMap(\.credentialsSecretName)
        return Set(named).filter { name in
            let secret = informers.credentials.store[ObjectKey(namespace: namespace, name: name)]
            let mark = secret?.metadata.labels[CraneLabels.tenantCredentials]
            return mark == "true" || mark == CraneLabels.labelValue(tenant.metadata.name)
        }
    }

    private func observation(_ tenant: Tenant, namespace: String) -> TenantObservation {
        let names = TenantNames(tenant: tenant.metadata.name)
        let owner = ChildOwner(tenant)
        let references = children.references(of: owner)
        let pods = children.pods(of: owner)
        func key(_ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }
        var observation = TenantObservation()
        let standing = children.occupants(of: namespace, named: names)
        observation.isComplete = children.isComplete(standing)
        for child in references + standing { observation.note(child, of: tenant) }
        observation.deployment = informers.deployments.store[key(names.deployment)]
        observation.claim = informers.claims.store[key(names.stateClaim)]
        observation.hasEncryptionKey = informers.secrets.store[key(names.encryptionKeySecret)] != nil
        observation.pods = pods.filter { $0.metadata.namespace == namespace }
        let occupied = Set(references.compactMap(\.key.namespace) + pods.compactMap(\.metadata.namespace))
        observation.formerNamespaces = occupied.subtracting([namespace]).sorted()
        return observation
    }
}

import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import ModelProxy
import Observability
import Postgres
import Projection

/// Brings the key of a tenant for the model proxy to what it should be: in the proxy, in the tenant's Secret, and on the tenant, so that
/// its pod is made anew with it. It may be run at any time, any number of times, and be cut off anywhere.
struct ModelKeyHandler: OutboxHandler {
    let topic = ModelKeyRepository.topic
    let maximumAttempts: Int? = nil
    let settings: ModelProxySettings
    let proxy: ModelProxyClient
    let kubernetes: KubernetesClient
    let keys: ModelKeyRepository
    let budgets: BudgetRepository
    let audit: AuditRepository
    /// Namespace of the tenants.
    let namespace: String
    /// How long Kubernetes may take for one question.
    let limit: Duration
    let now: @Sendable () -> Date
    let logger: Logger
    /// Runs between the proxy's word and what follows from it; for tests of crashes.
    var afterGenerating: @Sendable () async throws -> Void = {}

    /// The place of a key's value.
    private struct Place {
        var tenant: Tenant
        var namespace: String
        var key: ObjectKey
    }

    func deliver(_ entry: OutboxEntry) async throws { try await reconcile(entry.key) }

    /// Does what there is to do about a tenant's key.
    ///
    /// - Throws: ``ModelProxyError``; ``OperationError`` `KUBERNETES_UNAVAILABLE`; `KubernetesError`; `PostgresError`.
    func reconcile(_ name: String) async throws {
        let tenants = kubernetes.resource(Tenant.self, namespace: namespace)
        let tenant = try await onKubernetes(within: limit) { try await tenants.getIfPresent(name) }
        let alias = ModelProxySettings.alias(name)
        var known = try await proxy.key(alias: alias)
        try await endRevoked(name, &known)
        guard let tenant, tenant.metadata.deletionTimestamp == nil else {
            if case .delete(let alias) = ModelKeyStep(wanted: nil, known: known, held: nil) {
                try await proxy.deleteKeys(aliases: [alias])
                try await record("ModelKeyDeleted", name, "deleted the model key of the tenant \(name), which is gone.")
            }
            try await keys.forget(name, now: now())
            return
        }
        // Without a place for its value no key is made; the place is a change that brings the tenant here again.
        guard let target = tenant.status?.targetNamespace, let uid = tenant.metadata.uid else { return }
        let place = Place(
            tenant: tenant,
            namespace: target,
            key: ObjectKey(namespace: target, name: TenantNames(tenant: name).modelKeySecret)
        )
        let secrets = kubernetes.dynamic(CoreV1.Secret.resourceType, namespace: target)
        let held = try await onKubernetes(within: limit) { try await secrets.getIfPresent(place.key) }?
            .secretText("apiKey").map { ModelKey.hash(of: $0) }
        let wish = settings.wish(tenant: name, budget: tenant.spec.monthlyBudgetUsd, email: tenant.spec.email)
        // What was made for another tenant of the name, which nobody has seen go, ends with everything that is known of it.
        if let former = try await ModelKeyRepository.newest(name, in: keys.pool)?.tenantUID, former != uid {
            try await proxy.deleteKeys(aliases: [alias])
            try await keys.forget(name, now: now())
            known = nil
        }
        var hash = known?.hash
        switch ModelKeyStep(wanted: wish, known: known, held: held, carried: try await keys.carried(name, now: now())) {
        case .nothing:
            // Whoever was cut off after the Secret has not remembered it; what was used with it is found by its hash.
            let newest = try await ModelKeyRepository.newest(name, in: keys.pool)
            if let hash, newest?.hash != hash || newest?.tenantUID == nil {
                try await remember(wish, hash: hash, place)
            }
        case .delete(let alias): try await proxy.deleteKeys(aliases: [alias])
        case .update(let wish, let known):
            try await proxy.updateKey(known, to: wish)
            try await remember(wish, hash: known, place)
            try await record("ModelKeyUpdated", name, "changed the model key of the tenant \(name) to \(wish.budget ?? .zero) a month.")
        case .generate(let wish, let spend): hash = try await generate(wish, spend: spend, place)
        case .rotate(let wish, let spend):
            try await requirePlace(place)
            // What was spent is remembered before the key that counted it goes.
            try await ModelKeyRepository.carry(spend, of: name, now: now(), in: keys.pool)
            try await proxy.deleteKeys(aliases: [alias])
            try await ModelKeyRepository.end(name, hash: known?.hash, now: now(), in: keys.pool)
            hash = try await generate(wish, spend: spend, place)
        }
        if let hash { try await mark(tenant, hash) }
        try await keys.settle(
            name,
            version: ModelKeyRepository.version(uid: uid, generation: tenant.metadata.generation, namespace: target),
            now: now()
        )
    }

    /// Ends the key whose revocation was begun and cut off.
    private func endRevoked(_ name: String, _ known: inout ModelKey?) async throws {
        let asked = try await ModelKeyRevocations(pool: keys.pool).asked(of: name)
        guard !asked.isEmpty else { return }
        if let key = known, asked.contains(key.hash) {
            try await proxy.deleteKeys(hashes: [key.hash])
            known = nil
        }
        let now = now()
        try await keys.pool.withTransaction { transaction in
            for hash in asked { try await ModelKeyRevocations.finish(name, hash: hash, now: now, in: transaction) }
        }
    }

    private func generate(_ wish: ModelKeyWish, spend: USD, _ place: Place) async throws -> String {
        let name = place.tenant.metadata.name
        try await requirePlace(place)
        try await budgets.requireTeam(proxy)
        let (key, value) = try await proxy.generateKey(wish, spend: spend, metadata: ["tenant": name])
        try await afterGenerating()
        try await apply(secret(place, value: value.reveal()), place, dryRun: false)
        try await remember(wish, hash: key.hash, place)
        try await record("ModelKeyIssued", name, "made a model key for the tenant \(name).")
        logger.notice("a tenant has a new model key", metadata: ["tenant": .string(name)])
        return key.hash
    }

    private func remember(_ wish: ModelKeyWish, hash: String, _ place: Place) async throws {
        try await keys.record(
            ModelKeyRecord(
                tenant: place.tenant.metadata.name,
                tenantUID: place.tenant.metadata.uid,
                alias: wish.alias,
                hash: hash,
                secretName: place.key.name,
                budget: wish.budget,
                issuedAt: now()
            )
        )
    }

    private func record(_ action: String, _ tenant: String, _ message: String) async throws {
        let draft = AuditDraft(
            actor: "control-plane",
            requestID: "model-key/\(tenant)",
            action: action,
            resource: "ModelKey/\(tenant)",
            tenant: tenant,
            message: "control-plane \(message)"
        )
        try await audit.append(draft, now: now())
    }

    /// Throws when the Secret could not be written: then no key is made that nobody would have.
    private func requirePlace(_ place: Place) async throws { try await apply(secret(place, value: nil), place, dryRun: true) }

    private func apply(_ json: JSON, _ place: Place, dryRun: Bool) async throws {
        let api = kubernetes.dynamic(CoreV1.Secret.resourceType, namespace: place.namespace)
        _ = try await onKubernetes(within: limit) {
            try await api.apply(json: json, key: place.key, fieldManager: FieldManagers.controlPlane, force: true, dryRun: dryRun)
        }
    }

    private func secret(_ place: Place, value: String?) -> JSON {
        let tenant = place.tenant
        let isHome = place.namespace == tenant.metadata.namespace
        var metadata: JSON = [
            "name": .string(place.key.name), "namespace": .string(place.namespace),
            "labels": [
                CraneLabels.managedBy: .string(FieldManagers.controlPlane),
                CraneLabels.tenant: .string(CraneLabels.labelValue(tenant.metadata.name)),
            ],
        ]
        // Owners do not reach across namespaces; there the tenant's uid tells whose it is, as with everything else of the tenant.
        if isHome, let uid = tenant.metadata.uid {
            metadata["ownerReferences"] = [
                [
                    "apiVersion": .string(Tenant.resourceType.apiVersion), "kind": .string(Tenant.resourceType.kind),
                    "name": .string(tenant.metadata.name), "uid": .string(uid),
                ]
            ]
        } else if let uid = tenant.metadata.uid {
            metadata["annotations"] = [CraneAnnotations.tenantUID: .string(uid)]
        }
        var json: JSON = [
            "apiVersion": .string(CoreV1.Secret.resourceType.apiVersion), "kind": .string(CoreV1.Secret.resourceType.kind),
            "type": "Opaque", "metadata": metadata,
        ]
        json["data"] = ["apiKey": .string(Data((value ?? "").utf8).base64EncodedString())]
        return json
    }

    /// Has the tenant's pod made anew when its key is another one.
    private func mark(_ tenant: Tenant, _ hash: String) async throws {
        let mark = String(hash.prefix(16))
        guard tenant.metadata.annotations[CraneAnnotations.modelKeyChecksum] != mark else { return }
        let api = kubernetes.dynamic(Tenant.resourceType, namespace: namespace)
        let patch: JSON = [
            "metadata": ["uid": .string(tenant.metadata.uid ?? ""), "annotations": [CraneAnnotations.modelKeyChecksum: .string(mark)]]
        ]
        _ = try await onKubernetes(within: limit) {
            try await api.patch(
                ObjectKey(namespace: namespace, name: tenant.metadata.name),
                .merge(patch),
                WriteOptions(fieldManager: FieldManagers.controlPlane)
            )
        }
    }
}

import CraneAPI
import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

/// Which change brings which object back into a queue.
struct OperatorWiring {
    let configuration: OperatorConfiguration
    let informers: OperatorInformers
    let logger: Logger
    let time: TimeSource

    /// Counters in the status of parents follow their children at this distance, so that a thousand new tenants are not a thousand writes.
    private static let countingDelay: Duration = .seconds(1)

    private var settings: ControllerConfiguration {
        ControllerConfiguration(workers: configuration.process.workers, ownWriteTimeout: configuration.process.ownWriteTimeout)
    }

    func tenantController(_ reconciler: TenantReconciler) -> Controller<ObjectKey> {
        let controller = Controller<ObjectKey>("tenants", configuration: settings, logger: logger, time: time) {
            try await reconciler.reconcile($0, $1)
        }
        let tenants = informers.tenants
        // The store alone: an informer that a handler of its own held would never go.
        let known = tenants.store
        controller.reconciles(tenants)
        // A tenant that goes may free a name, or a policy's selection, for another of the same name.
        controller.watches(tenants, predicate: .generationChanged) { tenant in
            known.objects(index: OperatorInformers.byName, value: tenant.metadata.name).map(\.key).filter { $0 != tenant.key }
        }
        controller.watches(informers.clusterTenants) { clusterTenant in
            known.objects(index: OperatorInformers.byClusterTenant, value: clusterTenant.metadata.name).map(\.key)
        }
        controller.watches(informers.policies, predicate: .generationChanged) { policy in
            let namespace = policy.metadata.namespace ?? "default"
            return known.objects(index: OperatorInformers.byPlace, value: namespace).map(\.key)
        }
        // Which namespaces are customers' tells whose children count: also those of a tenant that has left since.
        let (claims, deployments, secrets) = (informers.claims.store, informers.deployments.store, informers.secrets.store)
        controller.watches(informers.namespaces, predicate: .labelsChanged) { namespace in
            let name = namespace.metadata.labels[CraneLabels.clusterTenant] ?? ""
            let place = namespace.metadata.name
            let left =
                claims.objects(inNamespace: place).compactMap(OperatorInformers.tenantKey)
                + deployments.objects(inNamespace: place).compactMap(OperatorInformers.tenantKey)
                + secrets.objects(inNamespace: place).compactMap(OperatorInformers.tenantKey)
            return known.objects(index: OperatorInformers.byClusterTenant, value: name).map(\.key) + Set(left).sorted()
        }
        controller.watches(informers.credentials, predicate: .labelsChanged) { secret in
            known.objects(index: OperatorInformers.byPlace, value: secret.metadata.namespace ?? "default")
                .filter { ($0.spec.channels ?? []).contains { $0.credentialsSecretName == secret.metadata.name } }
                .map(\.key)
        }
        func child<T>(_ informer: Informer<T>) {
            controller.watches(informer) { object in
                guard let owner = OperatorInformers.tenantKey(of: object) else { return [] }
                // What goes may have been in the way of another Tenant of the same name.
                let rivals = known.objects(index: OperatorInformers.byName, value: owner.name).filter {
                    $0.key != owner && TenantVerdict.expectedNamespace($0) == object.metadata.namespace
                }
                return [owner] + rivals.map(\.key)
            }
        }
        child(informers.serviceAccounts)
        child(informers.secrets)
        child(informers.configMaps)
        child(informers.claims)
        child(informers.deployments)
        child(informers.services)
        child(informers.ingresses)
        child(informers.networkPolicies)
        child(informers.pods)
        // The kind may come and go, so nobody waits for its informer but a start that finds it served.
        let names = informers.namePolicies
        if names.isServed { controller.reads(names.informer) }
        names.informer.addHandler { [weak controller] event in
            for object in event.both { if let key = OperatorInformers.tenantKey(of: object) { controller?.enqueue(key) } }
        }
        names.onChange { [weak controller] in
            for key in known.keys { controller?.enqueue(key, priority: ReconcilePriority.replay) }
        }
        return controller
    }

    func clusterTenantController(_ reconciler: ClusterTenantReconciler) -> Controller<ObjectKey> {
        let controller = Controller<ObjectKey>("clustertenants", configuration: settings, logger: logger, time: time) {
            try await reconciler.reconcile($0, $1)
        }
        controller.reconciles(informers.clusterTenants)
        // Tenants are counted, and what is in the namespace is looked at: too early would be wrong.
        controller.reads(informers.tenants)
        controller.reads(informers.deployments)
        controller.reads(informers.claims)
        func child<T>(_ informer: Informer<T>) {
            controller.watches(informer) { OperatorInformers.clusterTenantKey(of: $0).map { [$0] } ?? [] }
        }
        child(informers.namespaces)
        child(informers.quotas)
        child(informers.limits)
        child(informers.networkPolicies)
        if let bindings = informers.roleBindings { child(bindings) }
        if let certificates = informers.certificates {
            // The Secret of a certificate that is no longer asked for.
            child(informers.secrets)
            let known = informers.clusterTenants.store
            if certificates.isServed { controller.reads(certificates.informer) }
            certificates.informer.addHandler { [weak controller] event in
                for object in event.both {
                    if let key = OperatorInformers.clusterTenantKey(of: object) { controller?.enqueue(key) }
                }
            }
            certificates.onChange { [weak controller] in
                for key in known.keys { controller?.enqueue(key, priority: ReconcilePriority.replay) }
            }
        }
        informers.tenants.addHandler { [weak controller] event in
            for tenant in event.both {
                guard let name = tenant.spec.clusterTenantRef else { continue }
                controller?.enqueue(ObjectKey(name: name), after: Self.countingDelay)
            }
        }
        return controller
    }

    func policyController(_ reconciler: AccessPolicyReconciler) -> Controller<ObjectKey> {
        let controller = Controller<ObjectKey>("accesspolicies", configuration: settings, logger: logger, time: time) {
            try await reconciler.reconcile($0, $1)
        }
        controller.reconciles(informers.policies)
        // Tenants are counted: a new operator that counted too early would write a wrong number and then the right one.
        controller.reads(informers.tenants)
        let known = informers.policies.store
        informers.namePolicies.onChange { [weak controller] in for key in known.keys { controller?.enqueue(key) } }
        informers.tenants.addHandler { [weak controller] event in
            for tenant in event.both {
                guard let name = tenant.status?.effectivePolicyRef else { continue }
                for namespace in Set([tenant.metadata.namespace, tenant.status?.targetNamespace]) {
                    controller?.enqueue(ObjectKey(namespace: namespace, name: name), after: Self.countingDelay)
                }
            }
        }
        return controller
    }
}

extension InformerEvent {
    /// The object as it was and as it is.
    fileprivate var both: [Object] {
        switch self {
        case .added(let object, _), .deleted(let object): [object]
        case .updated(let old, let new, _): [old, new]
        }
    }
}

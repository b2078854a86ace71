import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// What the operator watches: the three kinds, and the objects it made of them, found by label.
struct OperatorInformers: Sendable {
    let tenants: Informer<Tenant>
    let policies: Informer<AccessPolicy>
    let clusterTenants: Informer<ClusterTenant>
    let namespaces: Informer<CoreV1.Namespace>
    let quotas: Informer<CoreV1.ResourceQuota>
    let limits: Informer<CoreV1.LimitRange>
    let serviceAccounts: Informer<CoreV1.ServiceAccount>
    let secrets: Informer<CoreV1.Secret>
    let configMaps: Informer<CoreV1.ConfigMap>
    let claims: Informer<CoreV1.PersistentVolumeClaim>
    let deployments: Informer<AppsV1.Deployment>
    let services: Informer<CoreV1.Service>
    let ingresses: Informer<NetworkingV1.Ingress>
    let networkPolicies: Informer<NetworkingV1.NetworkPolicy>
    /// Only where the cluster serves the kind.
    let namePolicies: NamePolicySupport
    /// Only when certificates are asked for, and where the cluster serves the kind.
    let certificates: CertificateSupport?
    /// Only when the control plane is given a role in the namespaces of customers.
    let roleBindings: Informer<RBACV1.RoleBinding>?
    let pods: Informer<CoreV1.Pod>
    /// Secrets that tenants may have, by their label; without their data.
    let credentials: Informer<CoreV1.Secret>

    /// Index of children by the key of their Tenant.
    static let byTenant = "tenant"
    /// Index of Tenants by name.
    static let byName = "name"
    /// Index of Tenants by the ClusterTenant they name.
    static let byClusterTenant = "clusterTenant"
    /// Index of Tenants by the name of the policy that holds for them.
    static let byPolicy = "policy"
    /// Index of Tenants by their namespace and by that of their workload.
    static let byPlace = "place"

    init(
        manager: Manager,
        watchNamespace: String?,
        namePolicies: NamePolicySupport,
        certificates: CertificateSupport? = nil,
        bindsRoles: Bool = false
    ) {
        self.namePolicies = namePolicies
        self.certificates = certificates
        tenants = manager.informer(
            Tenant.self,
            namespace: watchNamespace,
            options: InformerOptions(indexes: [
                StoreIndex(Self.byName) { [$0.metadata.name] },
                StoreIndex(Self.byClusterTenant) { $0.spec.clusterTenantRef.map { [$0] } ?? [] },
                StoreIndex(Self.byPolicy) { $0.status?.effectivePolicyRef.map { [$0] } ?? [] },
                StoreIndex(Self.byPlace) { Set([$0.metadata.namespace ?? "default", TenantVerdict.expectedNamespace($0)]).sorted() },
            ])
        )
        policies = manager.informer(
            AccessPolicy.self,
            namespace: watchNamespace,
            options: InformerOptions(indexes: [.byNamespace])
        )
        clusterTenants = manager.informer(ClusterTenant.self)
        func children<T: KubernetesResource>(_ type: T.Type, transform: @escaping @Sendable (inout T) -> Void) -> Informer<T> {
            manager.informer(type, options: Self.childOptions(transform))
        }
        func children<T: KubernetesResource>(_ type: T.Type) -> Informer<T> { manager.informer(type, options: Self.childOptions()) }
        namespaces = children(CoreV1.Namespace.self)
        quotas = children(CoreV1.ResourceQuota.self)
        limits = children(CoreV1.LimitRange.self)
        serviceAccounts = children(CoreV1.ServiceAccount.self)
        // Keys are nobody's business here: only that they exist.
        secrets = children(CoreV1.Secret.self) { secret in
            secret.data = nil
            secret.metadata.managedFields = []
        }
        configMaps = children(CoreV1.ConfigMap.self)
        claims = children(CoreV1.PersistentVolumeClaim.self)
        deployments = children(AppsV1.Deployment.self)
        services = children(CoreV1.Service.self)
        ingresses = children(NetworkingV1.Ingress.self)
        networkPolicies = children(NetworkingV1.NetworkPolicy.self)
        roleBindings = bindsRoles ? children(RBACV1.RoleBinding.self) : nil
        pods = children(CoreV1.Pod.self) { $0.metadata.managedFields = [] }
        credentials = manager.informer(
            CoreV1.Secret.self,
            options: InformerOptions(
                labelSelector: CraneLabels.tenantCredentials,
                transform: { secret in
                    secret.data = nil
                    secret.metadata.managedFields = []
                },
                name: "credentials"
            )
        )
    }

    /// How objects that the operator made are followed.
    static func childOptions<T: KubernetesResource>(
        _ transform: @escaping @Sendable (inout T) -> Void = Transforms.keepManagedFields(of: FieldManagers.operator)
    ) -> InformerOptions<T> {
        InformerOptions(
            labelSelector: "\(CraneLabels.managedBy)=\(FieldManagers.operator)",
            indexes: [.byNamespace, StoreIndex(Self.byTenant) { Self.tenantKey(of: $0).map { [$0.description] } ?? [] }],
            transform: transform
        )
    }

    /// The Tenant that a child belongs to, by its labels.
    static func tenantKey(of child: some KubernetesObject) -> ObjectKey? {
        guard let name = child.metadata.labels[CraneLabels.tenant], let namespace = child.metadata.labels[CraneLabels.tenantNamespace]
        else { return nil }
        return ObjectKey(namespace: namespace, name: name)
    }

    /// The ClusterTenant that an object of its namespace belongs to, by its labels; `nil` for children of Tenants.
    static func clusterTenantKey(of child: some KubernetesObject) -> ObjectKey? {
        guard child.metadata.labels[CraneLabels.tenant] == nil, let name = child.metadata.labels[CraneLabels.clusterTenant] else {
            return nil
        }
        return ObjectKey(name: name)
    }
}

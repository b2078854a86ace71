import CraneAPI
import JSONValue
import KubernetesModel

/// The desired child objects of one tenant, as a function of the resources and the operator's settings alone.
public struct TenantPlan: Sendable {
    /// The tenant.
    public var tenant: Tenant
    /// Where its workload goes.
    public var placement: TenantPlacement
    /// The policy that holds for it.
    public var resolution: PolicyResolution
    /// The operator's settings.
    public var configuration: OperatorConfiguration
    /// Whether the cluster serves CiliumNetworkPolicy.
    public var hasNamePolicies: Bool
    /// The state volume's claim as it is now.
    public var existingClaim: CoreV1.PersistentVolumeClaim?

    /// Makes a plan.
    public init(
        tenant: Tenant,
        placement: TenantPlacement,
        resolution: PolicyResolution,
        configuration: OperatorConfiguration,
        hasNamePolicies: Bool = false,
        existingClaim: CoreV1.PersistentVolumeClaim? = nil
    ) {
        self.tenant = tenant
        self.placement = placement
        self.resolution = resolution
        self.configuration = configuration
        self.hasNamePolicies = hasNamePolicies
        self.existingClaim = existingClaim
    }

    /// Names of the child objects.
    public var names: TenantNames { TenantNames(tenant: tenant.metadata.name) }

    /// Host under which the tenant is reached.
    public var host: String {
        TenantNames.host(tenant: tenant.metadata.name, baseDomain: placement.baseDomain ?? configuration.ingress.domain)
    }

    /// What the tenant's policy opens.
    public var egress: EgressCompilation {
        EgressCompilation(resolution.policy?.spec, hasNamePolicies: hasNamePolicies, network: configuration.network)
    }

    /// The members of `spec.configOverrides` that the platform does not allow to be overridden.
    public var refusedOverrides: [String] { files.refused }

    /// All child objects.
    public var children: TenantChildren {
        let files = files
        let policy = networkPolicyPlan
        return TenantChildren(
            networkPolicy: policy.networkPolicy(metadata: metadata(names.networkPolicy)),
            namePolicy: policy.namePolicy(metadata: metadata(names.ciliumNetworkPolicy)),
            serviceAccount: serviceAccount,
            encryptionKey: encryptionKey,
            configMap: CoreV1.ConfigMap(metadata: metadata(names.configMap), data: files.data),
            stateClaim: stateClaim,
            deployment: PodPlan(plan: self, configChecksum: files.checksum).deployment,
            service: service,
            ingress: ingress
        )
    }

    /// Only what closes the network again, for a workload that runs while its policy cannot be resolved.
    public var fence: NetworkingV1.NetworkPolicy { networkPolicyPlan.networkPolicy(metadata: metadata(names.networkPolicy)) }

    /// Metadata of a child: labels by which it is found again, and an owner; where owners cannot be, the owner's identity.
    func metadata(_ name: String) -> ObjectMeta {
        let home = tenant.metadata.namespace ?? "default"
        let isHome = placement.namespace == home
        return ObjectMeta(
            name: name,
            namespace: placement.namespace,
            labels: labels,
            annotations: isHome ? [:] : tenant.metadata.uid.map { [CraneAnnotations.tenantUID: $0] } ?? [:],
            ownerReferences: isHome && tenant.metadata.uid != nil ? [tenant.ownerReference()] : []
        )
    }

    /// Metadata of a child that holds state: without an owner, and marked, when the Tenant asks that its state outlives it.
    private func stateMetadata(_ name: String) -> ObjectMeta {
        var metadata = metadata(name)
        guard tenant.metadata.annotations[CraneAnnotations.retention] == ChildReference.retain else { return metadata }
        metadata.ownerReferences = []
        metadata.annotations = [CraneAnnotations.retention: ChildReference.retain]
        return metadata
    }

    /// Labels of every child.
    var labels: [String: String] {
        var labels = CraneLabels.tenantObject(tenant.metadata.name)
        labels[CraneLabels.tenantNamespace] = tenant.metadata.namespace ?? "default"
        labels[CraneLabels.clusterTenant] = placement.clusterTenant
        return labels
    }

    private var files: ConfigurationFiles { ConfigurationFiles(plan: self) }

    private var networkPolicyPlan: NetworkPolicyPlan {
        NetworkPolicyPlan(
            tenant: tenant.metadata.name,
            egress: egress,
            configuration: configuration,
            hasNamePolicies: hasNamePolicies
        )
    }

    private var serviceAccount: CoreV1.ServiceAccount {
        CoreV1.ServiceAccount(metadata: metadata(names.serviceAccount), automountServiceAccountToken: false)
    }

    private var encryptionKey: CoreV1.Secret {
        CoreV1.Secret(metadata: stateMetadata(names.encryptionKeySecret), type: "Opaque", immutable: true)
    }

    /// A claim grows with the settings but never shrinks, and keeps its class: the API server refuses both.
    private var stateClaim: CoreV1.PersistentVolumeClaim {
        let existing = existingClaim?.spec
        let size = max(existing?.resources?.requests?["storage"] ?? Quantity(0), configuration.storage.size)
        return CoreV1.PersistentVolumeClaim(
            metadata: stateMetadata(names.stateClaim),
            spec: .init(
                accessModes: existing?.accessModes ?? ["ReadWriteOnce"],
                resources: .init(requests: ["storage": size]),
                storageClassName: existing == nil ? configuration.storage.className : existing?.storageClassName
            )
        )
    }

    private var service: CoreV1.Service {
        CoreV1.Service(
            metadata: metadata(names.service),
            spec: .init(
                type: "ClusterIP",
                selector: [CraneLabels.tenant: tenant.metadata.name],
                ports: [.init(name: "gateway", port: configuration.gatewayPort, targetPort: "gateway", protocol: "TCP")]
            )
        )
    }

    /// Tenants of a customer with a domain share that domain's certificate where such are made. Else, with an issuer, every host has one of
    /// its own, next to its Ingress: Secrets do not reach across namespaces.
    private var ingress: NetworkingV1.Ingress {
        let settings = configuration.ingress
        let backend = NetworkingV1.IngressBackend(service: .init(name: names.service, port: .init(name: "gateway")))
        var metadata = metadata(names.ingress)
        var secretName = settings.tlsSecretName
        if placement.clusterTenant != nil, placement.baseDomain != nil, settings.customerIssuer != nil {
            secretName = BoundNamespace.certificateSecretName
        } else if secretName != nil, let issuer = settings.clusterIssuer {
            metadata.annotations["cert-manager.io/cluster-issuer"] = issuer
            secretName = "\(names.ingress)-tls"
        }
        return NetworkingV1.Ingress(
            metadata: metadata,
            spec: .init(
                ingressClassName: settings.className,
                rules: [.init(host: host, http: .init(paths: [.init(path: "/", pathType: "Prefix", backend: backend)]))],
                tls: secretName.map { [.init(hosts: [host], secretName: $0)] }
            )
        )
    }
}

/// The names of the objects that belong to a tenant.
public struct TenantNames: Sendable, Hashable {
    /// The tenant's name.
    public let tenant: String

    /// The names of a tenant's objects.
    public init(tenant: String) { self.tenant = tenant }

    /// `openclaw-<tenant>`: Deployment, Service, Ingress, ServiceAccount and network policies share it.
    public var base: String { NameRules.bounded("openclaw-\(tenant)") }
    /// The ServiceAccount.
    public var serviceAccount: String { base }
    /// The Deployment.
    public var deployment: String { base }
    /// The Service.
    public var service: String { base }
    /// The Ingress.
    public var ingress: String { base }
    /// The NetworkPolicy.
    public var networkPolicy: String { base }
    /// The CiliumNetworkPolicy.
    public var ciliumNetworkPolicy: String { base }
    /// The Secret with the key that encrypts the tenant's state.
    public var encryptionKeySecret: String { NameRules.bounded("openclaw-\(tenant)", suffix: "-encryption-key") }
    /// The Secret with the tenant's key for the model proxy.
    public var modelKeySecret: String { NameRules.bounded("openclaw-\(tenant)", suffix: "-litellm-key") }
    /// The Secret with what the tenant's machine is born with and exchanges its credential for; see ``BootstrapSecret``.
    public var bootstrapSecret: String { NameRules.bounded("openclaw-\(tenant)", suffix: "-bootstrap") }
    /// The ConfigMap.
    public var configMap: String { NameRules.bounded("openclaw-\(tenant)", suffix: "-config") }
    /// The PersistentVolumeClaim.
    public var stateClaim: String { NameRules.bounded("openclaw-\(tenant)", suffix: "-state") }

    /// The host a tenant is reached under.
    public static func host(tenant: String, baseDomain: String) -> String { "\(tenant).\(baseDomain)" }
}

/// What the Secret for the first start of a tenant's machine holds, in the tenant's target namespace.
public enum BootstrapSecret {
    /// The credential, as the machine presents it: `ocb_<uid of the Tenant>_<random, base64url>`.
    public static let credentialKey = "credential"
    /// The JSON document that the machine gets for its credential, once.
    public static let secretsKey = "secrets.json"
    /// The machine's user data.
    public static let userDataKey = "userdata"
    /// The Ed25519 key that the platform proves itself with to the machine's gateway: 32 bytes.
    public static let deviceKey = "device-key"
    /// What every credential begins with.
    public static let credentialPrefix = "ocb_"
}

/// The namespace of a customer and the objects that fence it.
public enum BoundNamespace {
    /// The namespace of a customer.
    public static func name(clusterTenant: String) -> String { NameRules.bounded("opencrane-\(clusterTenant)") }
    /// The ResourceQuota.
    public static let quotaName = "opencrane-cluster-tenant-quota"
    /// The LimitRange.
    public static let limitsName = "opencrane-cluster-tenant-limits"
    /// The NetworkPolicy that denies everything by default.
    public static let defaultDenyName = "opencrane-default-deny"
    /// The Certificate for the customer's domain.
    public static let certificateName = "opencrane-base-domain"
    /// The RoleBinding that gives the control plane its role there.
    public static let controlPlaneBindingName = "opencrane-control-plane"
    /// The Secret that cert-manager keeps that certificate in.
    public static let certificateSecretName = "opencrane-base-domain-tls"
}

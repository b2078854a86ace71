import CraneAPI
import KubernetesModel

/// The certificate for the domain of a customer, as a function of the ClusterTenant and the operator's settings alone. Its Secret is in the
/// customer's namespace, where the Ingresses of its tenants are.
public struct CertificatePlan: Sendable {
    /// The customer.
    public var clusterTenant: ClusterTenant
    /// The ClusterIssuer that proves whole domains.
    public var issuer: String

    /// Makes a plan.
    public init(_ clusterTenant: ClusterTenant, issuer: String) {
        self.clusterTenant = clusterTenant
        self.issuer = issuer
    }

    /// Where the Certificate is, or would be.
    public var key: ObjectKey { ObjectKey(namespace: namespace, name: BoundNamespace.certificateName) }

    /// Where the Secret with certificate and key is, or would be.
    public var secretKey: ObjectKey { ObjectKey(namespace: namespace, name: BoundNamespace.certificateSecretName) }

    /// The Certificate; `nil` when the customer has no domain. Another domain is another list of names of the same Certificate, so that the
    /// Ingresses keep their Secret.
    public var certificate: CertManagerV1.Certificate? {
        guard let domain = clusterTenant.spec.baseDomain, !domain.isEmpty else { return nil }
        let labels = CraneLabels.clusterTenantObject(clusterTenant.metadata.name)
        return CertManagerV1.Certificate(
            metadata: ObjectMeta(name: key.name, namespace: key.namespace, labels: labels),
            spec: .init(
                secretName: secretKey.name,
                // By these the operator finds the Secret when the domain goes.
                secretTemplate: .init(labels: labels),
                dnsNames: ["*.\(domain)", domain],
                issuerRef: .init(name: issuer, kind: "ClusterIssuer", group: "cert-manager.io"),
                privateKey: .init(rotationPolicy: "Always")
            )
        )
    }

    private var namespace: String { BoundNamespace.name(clusterTenant: clusterTenant.metadata.name) }
}

extension CertManagerV1 {
    /// A certificate that cert-manager has issued, kept in a Secret and renewed; served only where cert-manager is installed.
    public struct Certificate: KubernetesResource, Hashable {
        /// `cert-manager.io/v1`, kind `Certificate`.
        public static let resourceType = ResourceType(
            group: "cert-manager.io",
            version: "v1",
            kind: "Certificate",
            plural: "certificates",
            isNamespaced: true
        )

        /// `cert-manager.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Certificate`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// What is asked for.
        public var spec: CertificateSpec?
        /// What became of it.
        public var status: CertificateStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: CertificateSpec? = nil, status: CertificateStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// What a certificate is to be.
    public struct CertificateSpec: Codable, Sendable, Hashable {
        /// Secret of the same namespace that gets certificate and key.
        public var secretName: String?
        /// What that Secret is marked with.
        public var secretTemplate: SecretTemplate?
        /// Names the certificate is for.
        public var dnsNames: [String]?
        /// Who issues it.
        public var issuerRef: IssuerReference?
        /// How its key is made.
        public var privateKey: CertificatePrivateKey?

        /// Creates a value; what is left out is absent.
        public init(
            secretName: String? = nil,
            secretTemplate: SecretTemplate? = nil,
            dnsNames: [String]? = nil,
            issuerRef: IssuerReference? = nil,
            privateKey: CertificatePrivateKey? = nil
        ) {
            self.secretName = secretName
            self.secretTemplate = secretTemplate
            self.dnsNames = dnsNames
            self.issuerRef = issuerRef
            self.privateKey = privateKey
        }
    }

    /// Marks of a Secret that cert-manager makes.
    public struct SecretTemplate: Codable, Sendable, Hashable {
        /// Its annotations.
        public var annotations: [String: String]?
        /// Its labels.
        public var labels: [String: String]?

        /// Creates a value; what is left out is absent.
        public init(annotations: [String: String]? = nil, labels: [String: String]? = nil) {
            self.annotations = annotations
            self.labels = labels
        }
    }

    /// Names an issuer.
    public struct IssuerReference: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String?
        /// `Issuer` (default) or `ClusterIssuer`.
        public var kind: String?
        /// Its API group; default `cert-manager.io`.
        public var group: String?

        /// Creates a value; what is left out is absent.
        public init(name: String? = nil, kind: String? = nil, group: String? = nil) {
            self.name = name
            self.kind = kind
            self.group = group
        }
    }

    /// How a key is made.
    public struct CertificatePrivateKey: Codable, Sendable, Hashable {
        /// `Never`, or `Always` for a new key with each renewal.
        public var rotationPolicy: String?

        /// Creates a value; what is left out is absent.
        public init(rotationPolicy: String? = nil) { self.rotationPolicy = rotationPolicy }
    }

    /// What became of a certificate.
    public struct CertificateStatus: Codable, Sendable, Hashable {
        /// `Ready` and `Issuing`.
        public var conditions: [IssuanceCondition]?
        /// When the certificate in the Secret ends.
        public var notAfter: Timestamp?

        /// Creates a value; what is left out is absent.
        public init(conditions: [IssuanceCondition]? = nil, notAfter: Timestamp? = nil) {
            self.conditions = conditions
            self.notAfter = notAfter
        }
    }

    /// A condition of an issuer or a certificate.
    public struct IssuanceCondition: Codable, Sendable, Hashable {
        /// `Ready` or `Issuing`.
        public var type: String?
        /// `True`, `False` or `Unknown`.
        public var status: String?
        /// Machine-readable cause in PascalCase.
        public var reason: String?
        /// Sentence for people.
        public var message: String?
        /// The generation of the spec that it speaks of.
        public var observedGeneration: Int64?
        /// When `status` last changed.
        public var lastTransitionTime: Timestamp?

        /// Creates a value; what is left out is absent.
        public init(
            type: String? = nil,
            status: String? = nil,
            reason: String? = nil,
            message: String? = nil,
            observedGeneration: Int64? = nil,
            lastTransitionTime: Timestamp? = nil
        ) {
            self.type = type
            self.status = status
            self.reason = reason
            self.message = message
            self.observedGeneration = observedGeneration
            self.lastTransitionTime = lastTransitionTime
        }
    }
}

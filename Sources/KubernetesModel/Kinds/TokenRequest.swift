extension AuthenticationV1 {
    /// A request for a token of a ServiceAccount; posted to its `token` subresource.
    public struct TokenRequest: KubernetesResource, Hashable {
        /// `authentication.k8s.io/v1`, kind `TokenRequest`.
        public static let resourceType = ResourceType(
            group: "authentication.k8s.io",
            version: "v1",
            kind: "TokenRequest",
            plural: "tokenrequests",
            isNamespaced: true
        )

        /// `authentication.k8s.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `TokenRequest`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// What is asked for.
        public var spec: TokenRequestSpec?
        /// The token.
        public var status: TokenRequestStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: TokenRequestSpec? = nil, status: TokenRequestStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// What is asked for.
    public struct TokenRequestSpec: Codable, Sendable, Hashable {
        /// Who is meant to accept the token.
        public var audiences: [String]?
        /// Life time in seconds, at least 600.
        public var expirationSeconds: Int64?
        /// Object whose deletion ends the token.
        public var boundObjectRef: CoreV1.ObjectReference?

        /// Creates a value; what is left out is absent.
        public init(audiences: [String]? = nil, expirationSeconds: Int64? = nil, boundObjectRef: CoreV1.ObjectReference? = nil) {
            self.audiences = audiences
            self.expirationSeconds = expirationSeconds
            self.boundObjectRef = boundObjectRef
        }
    }

    /// The token.
    public struct TokenRequestStatus: Codable, Sendable, Hashable {
        /// The bearer token.
        public var token: String?
        /// When it ends.
        public var expirationTimestamp: Timestamp?

        /// Creates a value; what is left out is absent.
        public init(token: String? = nil, expirationTimestamp: Timestamp? = nil) {
            self.token = token
            self.expirationTimestamp = expirationTimestamp
        }
    }
}

/// How a client checks the server and shows who it is.
public struct ClientTLS: Sendable {
    /// Where PEM text comes from.
    public enum PEM: Sendable {
        /// The text itself.
        case bytes([UInt8])
        /// A file, read when the client is made and again every minute, because certificates are renewed.
        case file(String)
    }

    /// A client certificate with its private key.
    public struct Identity: Sendable, CustomStringConvertible, CustomReflectable {
        /// The certificate, followed by those between it and the authority.
        public var certificate: PEM
        /// The private key.
        public var privateKey: PEM

        /// Makes an identity.
        public init(certificate: PEM, privateKey: PEM) {
            self.certificate = certificate
            self.privateKey = privateKey
        }

        /// Says that there is one, without the key.
        public var description: String { "<client certificate>" }
        /// Shows no children.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Whether anything of it is in files, which may change.
    var isInFiles: Bool {
        [certificateAuthority, identity?.certificate, identity?.privateKey].contains { if case .file = $0 { true } else { false } }
    }

    /// The certificate authority of the server; `nil` for those the system trusts.
    public var certificateAuthority: PEM?
    /// The client certificate, if the client shows one.
    public var identity: Identity?
    /// The name that the server's certificate must carry, when it differs from the host that is connected to.
    public var serverName: String?
    /// Whether the server's certificate is not checked. For development only.
    public var isVerificationDisabled: Bool

    /// Makes TLS settings. Default: the system's authorities, no client certificate, full checks.
    public init(
        certificateAuthority: PEM? = nil,
        identity: Identity? = nil,
        serverName: String? = nil,
        isVerificationDisabled: Bool = false
    ) {
        self.certificateAuthority = certificateAuthority
        self.identity = identity
        self.serverName = serverName
        self.isVerificationDisabled = isVerificationDisabled
    }
}

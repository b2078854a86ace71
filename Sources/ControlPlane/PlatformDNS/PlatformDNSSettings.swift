import CraneAPI

/// Where the platform's issuer of certificates is.
struct PlatformDNSSettings: Sendable {
    /// One of cert-manager's two kinds of issuers.
    enum Kind: String, Sendable, CaseIterable {
        /// For all namespaces.
        case clusterIssuer = "ClusterIssuer"
        /// For one.
        case issuer = "Issuer"
    }

    /// The kind of the issuer.
    var kind = Kind.clusterIssuer
    /// Namespace of an `Issuer`.
    var issuerNamespace = "default"
    /// Namespace of cert-manager, in which a `ClusterIssuer` finds its credential.
    var certManagerNamespace = "cert-manager"

    /// Name of the issuer of those who name none.
    static let defaultIssuer = "opencrane-issuer"
    /// The ACME server of a new issuer whose order names none.
    static let defaultServer = "https://acme-v02.api.letsencrypt.org/directory"

    /// Makes the default settings.
    init() {}

    /// Reads `PLATFORM_DNS_ISSUER_KIND`, `PLATFORM_DNS_ISSUER_NAMESPACE` and `CERT_MANAGER_NAMESPACE`.
    ///
    /// - Parameters:
    ///   - read: the environment.
    ///   - namespace: the namespace of the API, which is that of an `Issuer` unless another is named.
    init(_ read: EnvironmentReader, namespace: String) throws(ConfigurationError) {
        issuerNamespace = read.text("PLATFORM_DNS_ISSUER_NAMESPACE") ?? namespace
        certManagerNamespace = read.text("CERT_MANAGER_NAMESPACE") ?? certManagerNamespace
        guard let name = read.text("PLATFORM_DNS_ISSUER_KIND") else { return }
        guard let kind = Kind(rawValue: name) else {
            throw ConfigurationError(
                variable: "PLATFORM_DNS_ISSUER_KIND",
                message: "must be one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")), not \(name)"
            )
        }
        self.kind = kind
    }

    /// Namespace of the issuer; nil for a kind without.
    var namespace: String? { kind == .issuer ? issuerNamespace : nil }
    /// Namespace of the issuer's credential.
    var secretNamespace: String { namespace ?? certManagerNamespace }

    /// Name of the Secret with the credential of an issuer for a provider.
    func secretName(_ provider: DNSProvider, issuer: String) -> String {
        let name = "\(DNSProvider.secretPrefix)\(provider.rawValue.lowercased())"
        return issuer == Self.defaultIssuer ? name : "\(name)-\(issuer)"
    }
}

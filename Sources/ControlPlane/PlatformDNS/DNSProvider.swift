import JSONValue

/// Who keeps the DNS zones, as cert-manager calls them. Pure.
enum DNSProvider: String, Sendable, Hashable, CaseIterable {
    case acmeDNS, akamai, azureDNS, cloudDNS, cloudflare, digitalocean, rfc2136, route53, webhook

    /// What the names of Secrets with credentials begin with.
    static let secretPrefix = "opencrane-dns01-"
    /// Where the credential is in its Secret.
    static let secretKey = "api-token"
    /// All of them, for sentences.
    static let names = allCases.map(\.rawValue).sorted().joined(separator: ", ")

    /// Reads a name in any case: `clouddns` and `cloudDNS` are one.
    init?(named text: String) {
        guard let provider = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else { return nil }
        self = provider
    }

    /// What a member of a solver's configuration holds.
    enum Member: Sendable, Hashable {
        /// A text that is not blank.
        case text
        /// One of some words.
        case word([String])
        /// Name and key of a Secret.
        case secret
        /// An object that cert-manager checks.
        case object
        /// Whatever the webhook understands.
        case anything
    }

    /// The members of the configuration (cert-manager's `ACMEIssuerDNS01Provider…`).
    var members: [String: Member] {
        switch self {
        case .acmeDNS: ["host": .text, "accountSecretRef": .secret]
        case .akamai:
            [
                "serviceConsumerDomain": .text, "clientTokenSecretRef": .secret, "clientSecretSecretRef": .secret,
                "accessTokenSecretRef": .secret,
            ]
        case .azureDNS:
            [
                "subscriptionID": .text, "resourceGroupName": .text, "hostedZoneName": .text, "tenantID": .text, "clientID": .text,
                "clientSecretSecretRef": .secret, "managedIdentity": .object,
                "environment": .word(["AzurePublicCloud", "AzureChinaCloud", "AzureGermanCloud", "AzureUSGovernmentCloud"]),
            ]
        case .cloudDNS: ["project": .text, "hostedZoneName": .text, "serviceAccountSecretRef": .secret]
        case .cloudflare: ["email": .text, "apiKeySecretRef": .secret, "apiTokenSecretRef": .secret]
        case .digitalocean: ["tokenSecretRef": .secret]
        case .rfc2136:
            [
                "nameserver": .text, "tsigKeyName": .text, "tsigSecretSecretRef": .secret, "protocol": .word(["TCP", "UDP"]),
                "tsigAlgorithm": .word(["HMACMD5", "HMACSHA1", "HMACSHA256", "HMACSHA512"]),
            ]
        case .route53:
            [
                "region": .text, "hostedZoneID": .text, "role": .text, "accessKeyID": .text, "accessKeyIDSecretRef": .secret,
                "secretAccessKeySecretRef": .secret, "auth": .object,
            ]
        case .webhook: ["groupName": .text, "solverName": .text, "config": .anything]
        }
    }

    /// Members that must be there.
    var required: [String] {
        switch self {
        case .acmeDNS: ["host"]
        case .akamai: ["serviceConsumerDomain", "clientTokenSecretRef", "clientSecretSecretRef", "accessTokenSecretRef"]
        case .azureDNS: ["subscriptionID", "resourceGroupName"]
        case .cloudDNS: ["project"]
        case .cloudflare, .digitalocean: []
        case .rfc2136: ["nameserver"]
        case .route53: ["region"]
        case .webhook: ["groupName", "solverName"]
        }
    }

    /// Whether a configuration goes with the credential that is kept: it names no other one, and says what belongs to it.
    ///
    /// - Parameters:
    ///   - configuration: as it was given.
    ///   - secret: the Secret with the credential.
    func wantsCredential(_ configuration: [String: JSON], secret: String) -> Bool {
        func has(_ names: String...) -> Bool { names.contains { configuration[$0]?.isNull == false } }
        if let tokenMember, has(tokenMember) { return false }
        return switch self {
        case .cloudflare: !has("apiKeySecretRef")
        case .route53: has("accessKeyID", "accessKeyIDSecretRef")
        case .azureDNS: has("clientID") && !has("managedIdentity")
        case .rfc2136: has("tsigKeyName")
        case .webhook: configuration["config"]?.text().contains("\"\(secret)\"") ?? false
        case .acmeDNS, .akamai, .cloudDNS, .digitalocean: true
        }
    }

    /// The member that names the Secret with the `apiToken`; nil where a single credential has no place of its own.
    var tokenMember: String? {
        switch self {
        case .acmeDNS: "accountSecretRef"
        case .akamai, .webhook: nil
        case .azureDNS: "clientSecretSecretRef"
        case .cloudDNS: "serviceAccountSecretRef"
        case .cloudflare: "apiTokenSecretRef"
        case .digitalocean: "tokenSecretRef"
        case .rfc2136: "tsigSecretSecretRef"
        case .route53: "secretAccessKeySecretRef"
        }
    }
}

import HTTPOperations
import HTTPTypes
import JSONValue

/// The part of an issuer that proves to the ACME server whose a domain is: a provider's configuration, checked. Pure.
struct DNSSolver: Sendable, Hashable {
    /// Who keeps the zones.
    let provider: DNSProvider
    /// The zones; the solver is used for them and what is below them alone.
    let zones: [String]
    /// The provider's configuration as cert-manager reads it, with the reference to the credential.
    let configuration: JSON

    /// Checks an order.
    ///
    /// - Parameters:
    ///   - provider: who keeps the zones.
    ///   - zones: the zones.
    ///   - given: the configuration that was given, or is kept; without a reference to ``secretName``.
    ///   - secretName: the Secret that has the credential, or is to get it; nil when there is none.
    /// - Throws: 422 `DNS_PROVIDER_MISCONFIGURED` naming everything that is wrong.
    init(provider: DNSProvider, zones: [String], given: [String: JSON], secretName: String?) throws(OperationError) {
        var check = Check(provider: provider, given: given, secretName: secretName)
        check.run()
        if !check.problems.isEmpty { throw .dnsMisconfigured(check.problems) }
        self.provider = provider
        self.zones = zones
        configuration = .object(check.configuration)
    }

    /// As it stands in `spec.acme.solvers`.
    var json: JSON {
        [
            "selector": ["dnsZones": .array(zones.map { .string($0) })],
            "dns01": .object([provider.rawValue: configuration]),
        ]
    }

    /// A reference to the credential.
    static func reference(_ name: String) -> JSON { ["name": .string(name), "key": .string(DNSProvider.secretKey)] }

    /// Why an `apiToken` cannot be the credential of a provider; nil when it can.
    static func problem(ofToken token: String, for provider: DNSProvider) -> FieldViolation? {
        switch provider {
        case .cloudDNS:
            guard let json = try? JSON(parsing: token), json["private_key"]?.stringValue != nil, json["client_email"]?.stringValue != nil
            else { return FieldViolation(field: "apiToken", message: "must be the JSON of a service account's key") }
            return nil
        case .acmeDNS:
            guard (try? JSON(parsing: token))?.objectValue?.isEmpty == false else {
                return FieldViolation(field: "apiToken", message: "must be the JSON of the accounts, by domain")
            }
            return nil
        case .akamai:
            return FieldViolation(
                field: "apiToken",
                message: "is one credential, and akamai needs three: name their Secrets in solverConfig"
            )
        default:
            guard token.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
                return FieldViolation(field: "apiToken", message: "must not hold blanks or control characters")
            }
            return nil
        }
    }
}

/// A check under way.
private struct Check {
    let provider: DNSProvider
    let given: [String: JSON]
    let secretName: String?
    var configuration: [String: JSON] = [:]
    var problems: [FieldViolation] = []

    private static let textLimit = 1024

    mutating func run() {
        for (name, value) in given where !value.isNull { checkMember(name, value) }
        for name in provider.required where configuration[name] == nil && given[name].map(\.isNull) != false {
            note(name, "is required for \(provider.rawValue)")
        }
        placeCredential()
        if problems.isEmpty { checkTogether() }
    }

    private mutating func note(_ name: String, _ message: String) {
        problems.append(FieldViolation(field: name.isEmpty ? "solverConfig" : "solverConfig.\(name)", message: message))
    }

    private mutating func checkMember(_ name: String, _ value: JSON) {
        guard let member = provider.members[name] else {
            let known = provider.members.keys.sorted().joined(separator: ", ")
            return note(String(name.prefix(64)), "is nothing that \(provider.rawValue) has; there are \(known)")
        }
        switch member {
        case .text:
            guard let text = value.stringValue, !text.allSatisfy(\.isWhitespace), text.utf8.count <= Self.textLimit else {
                return note(name, "must be a text of at most \(Self.textLimit) bytes")
            }
        case .word(let words):
            guard let text = value.stringValue, words.contains(text) else {
                return note(name, "must be one of \(words.joined(separator: ", "))")
            }
        case .secret: checkReference(name, value)
        case .object:
            guard value.objectValue?.isEmpty == false else { return note(name, "must be an object") }
        case .anything: break
        }
        configuration[name] = value
    }

    private mutating func checkReference(_ name: String, _ value: JSON) {
        guard let members = value.objectValue, let secret = members["name"]?.stringValue, !secret.isEmpty, secret.utf8.count <= 253,
            members.keys.allSatisfy({ ["name", "key"].contains($0) }), members["key"].map({ $0.stringValue?.isEmpty == false }) ?? true
        else { return note(name, "must be the name and key of a Secret") }
        if secret.hasPrefix(DNSProvider.secretPrefix) { note(name, "names a Secret of the control plane's own; give apiToken instead") }
    }

    /// Has the provider's configuration name the Secret with the credential.
    private mutating func placeCredential() {
        guard let secretName else { return }
        if provider == .webhook {
            // Only the webhook knows where its configuration names its credential.
            if configuration["config"]?.text().contains("\"\(secretName)\"") != true {
                note("config", "must name the Secret \(secretName), which apiToken is kept in under the key \(DNSProvider.secretKey)")
            }
            return
        }
        guard let member = provider.tokenMember else { return }
        if configuration[member] != nil { return note(member, "is there together with apiToken; give one of the two") }
        configuration[member] = DNSSolver.reference(secretName)
    }

    /// What cannot be said of one member alone.
    private mutating func checkTogether() {
        func has(_ name: String) -> Bool { configuration[name] != nil }
        func credential(_ what: String) -> FieldViolation {
            FieldViolation(field: "apiToken", message: "is required for \(provider.rawValue), or \(what) in solverConfig")
        }
        switch provider {
        case .cloudflare:
            if has("apiTokenSecretRef") == has("apiKeySecretRef") {
                problems.append(
                    has("apiKeySecretRef")
                        ? FieldViolation(
                            field: "solverConfig.apiKeySecretRef",
                            message: "is there together with a token; give one of the two"
                        )
                        : credential("apiTokenSecretRef")
                )
            } else if has("apiKeySecretRef"), !has("email") {
                note("email", "is required with apiKeySecretRef")
            }
        case .digitalocean: if !has("tokenSecretRef") { problems.append(credential("tokenSecretRef")) }
        case .acmeDNS: if !has("accountSecretRef") { problems.append(credential("accountSecretRef")) }
        case .route53:
            if has("secretAccessKeySecretRef") != (has("accessKeyID") || has("accessKeyIDSecretRef")) {
                note("accessKeyID", "and the secret access key (apiToken) go together; leave both out for the credential of the machine")
            }
        case .azureDNS:
            if has("clientSecretSecretRef") {
                for name in ["clientID", "tenantID"] where !has(name) { note(name, "is required with a client secret (apiToken)") }
                if has("managedIdentity") { note("managedIdentity", "is there together with a client secret; give one of the two") }
            }
        case .rfc2136:
            if has("tsigSecretSecretRef") != has("tsigKeyName") { note("tsigKeyName", "and the key itself (apiToken) go together") }
        case .cloudDNS, .akamai, .webhook: break
        }
    }
}

extension OperationError {
    /// 422: no solver can be made of this.
    static func dnsMisconfigured(_ problems: [FieldViolation], cause: (any Error)? = nil) -> OperationError {
        let sorted = problems.sorted { ($0.field, $0.message) < ($1.field, $1.message) }
        return OperationError(
            .unprocessableContent,
            code: "DNS_PROVIDER_MISCONFIGURED",
            message: "The provider cannot be used like this. Nothing was changed.",
            detail: sorted.prefix(5).map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }.joined(separator: "; "),
            fields: sorted,
            cause: cause
        )
    }
}

import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel

/// The objects that an order stands for: the issuer, and the Secret with its credential. Pure.
struct PlatformDNSPlan: Sendable {
    /// Name of the issuer.
    let issuerName: String
    /// The issuer, as it is applied.
    let issuer: JSON
    /// Name of the Secret with the credential; nil without one of the control plane's.
    let secretName: String?
    /// The Secret, as it is applied; nil when the order brings no credential.
    let secret: JSON?
    /// What is told of it, and written into the audit trail.
    let summary: Summary

    /// An issuer without its credential.
    struct Summary: Codable, Sendable, Hashable {
        var provider: String?
        var zone: String?
        var email: String?
        var server: String?
    }

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - order: what is ordered. Server, credential and configuration that it does not name stay, the latter two with the provider.
    ///   - live: the issuer as it is; nil when there is none.
    ///   - settings: where it is.
    /// - Throws: 422 `VALIDATION_ERROR` or `DNS_PROVIDER_MISCONFIGURED`; 409 `DNS_ISSUER_NOT_OURS`.
    init(_ order: PlatformDNSOrder, live: LiveIssuer?, settings: PlatformDNSSettings) throws(OperationError) {
        let name = order.issuerName ?? PlatformDNSSettings.defaultIssuer
        if let live, !live.isOurs { throw .issuerNotOurs(name) }
        guard let provider = DNSProvider(named: order.provider.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw .dnsMisconfigured([FieldViolation(field: "provider", message: "is unknown; there are \(DNSProvider.names)")])
        }
        let zones = try Self.zones(order.zone)
        let token = order.apiToken.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        if let token, let problem = DNSSolver.problem(ofToken: token, for: provider) { throw .dnsMisconfigured([problem]) }
        let ownSecret = settings.secretName(provider, issuer: name)
        let kept = live?.provider == provider.rawValue ? live?.configuration ?? [:] : [:]
        let hasKept = Self.names(ownSecret, in: kept, provider)
        let usesOwn = token != nil || hasKept && (order.solverConfig.map { provider.wantsCredential($0, secret: ownSecret) } ?? true)
        var given = order.solverConfig ?? kept
        // What refers to a credential is put there again, if it still holds.
        if order.solverConfig == nil, usesOwn, let member = provider.tokenMember { given[member] = nil }
        let solver = try DNSSolver(provider: provider, zones: zones, given: given, secretName: usesOwn ? ownSecret : nil)
        issuerName = name
        secretName = usesOwn ? ownSecret : nil
        let email = order.email.trimmingCharacters(in: .whitespacesAndNewlines)
        let server = order.server ?? live?.server ?? PlatformDNSSettings.defaultServer
        summary = Summary(provider: provider.rawValue, zone: zones.joined(separator: ","), email: email, server: server)
        var metadata: JSON = [
            "name": .string(name), "labels": Self.labels,
            "annotations": [LiveIssuer.revisionMark: .string(String((live?.revision ?? 0) + (token == nil ? 0 : 1)))],
        ]
        if let namespace = settings.namespace { metadata["namespace"] = .string(namespace) }
        issuer = [
            "apiVersion": .string(settings.kind.resourceType.apiVersion), "kind": .string(settings.kind.rawValue), "metadata": metadata,
            "spec": [
                "acme": [
                    "server": .string(server), "email": .string(email),
                    "privateKeySecretRef": ["name": .string("\(name)-account-key")],
                    "solvers": .array([solver.json] + (live?.otherSolvers ?? [])),
                ]
            ],
        ]
        secret = token.map { Self.secret(ownSecret, token: $0, issuer: name, settings: settings) }
    }

    private static let labels: JSON = [
        CraneLabels.managedBy: .string(FieldManagers.controlPlane), CraneLabels.partOf: .string(CraneLabels.product),
    ]

    private static func secret(_ name: String, token: String, issuer: String, settings: PlatformDNSSettings) -> JSON {
        [
            "apiVersion": .string(CoreV1.Secret.resourceType.apiVersion), "kind": .string(CoreV1.Secret.resourceType.kind),
            "type": "Opaque",
            "metadata": [
                "name": .string(name), "namespace": .string(settings.secretNamespace), "labels": labels,
                "annotations": ["opencrane.io/dns-issuer": .string(issuer)],
            ],
            "data": .object([DNSProvider.secretKey: .string(Data(token.utf8).base64EncodedString())]),
        ]
    }

    /// Whether a kept configuration uses the Secret of the control plane.
    private static func names(_ secret: String, in kept: [String: JSON], _ provider: DNSProvider) -> Bool {
        guard let member = provider.tokenMember else { return kept["config"]?.text().contains("\"\(secret)\"") ?? false }
        return kept[member]?["name"]?.stringValue == secret
    }

    /// Names of the Secrets that an issuer may have had for other providers.
    func formerSecrets(_ settings: PlatformDNSSettings) -> [String] {
        DNSProvider.allCases.map { settings.secretName($0, issuer: issuerName) }.filter { $0 != secretName }
    }

    /// Reads zones: names of domains with commas, in lower case and without a final dot.
    static func zones(_ text: String) throws(OperationError) -> [String] {
        var zones: [String] = []
        for part in text.split(separator: ",") {
            var zone = part.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
            if zone.hasSuffix(".") { zone.removeLast() }
            guard isDomain(zone) else { throw .invalid("zone", "must be names of domains with commas, such as ai.example.com") }
            if !zones.contains(zone) { zones.append(zone) }
        }
        guard !zones.isEmpty, zones.count <= 20 else { throw .invalid("zone", "must name 1 to 20 domains") }
        return zones
    }

    private static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && text.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
            }
    }
}

extension PlatformDNSPlan.Summary {
    /// What an issuer is now.
    init(_ live: LiveIssuer) {
        self.init(
            provider: live.provider,
            zone: live.zones.isEmpty ? nil : live.zones.joined(separator: ","),
            email: live.email,
            server: live.server
        )
    }
}

extension PlatformDNSSettings.Kind {
    /// Where the API server serves it.
    var resourceType: ResourceType {
        ResourceType(
            group: "cert-manager.io",
            version: "v1",
            kind: rawValue,
            plural: rawValue.lowercased() + "s",
            isNamespaced: self == .issuer
        )
    }
}

extension OperationError {
    /// 409: an issuer of this name is somebody else's.
    static func issuerNotOurs(_ name: String) -> OperationError {
        OperationError(
            .conflict,
            code: "DNS_ISSUER_NOT_OURS",
            message: "The issuer \(name) was made by somebody else. Name another with issuerName, or hand it over with the label "
                + "\(CraneLabels.managedBy)=\(FieldManagers.controlPlane)."
        )
    }
}

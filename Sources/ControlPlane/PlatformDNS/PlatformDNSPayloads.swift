import HTTPOperations
import JSONValue
import Schema

/// Which issuer is asked for.
struct PlatformDNSSearch: Decodable, Sendable, SchemaDescribing {
    var issuerName: String?

    static let schemaNotes: [String: SchemaNote] = ["issuerName": PlatformDNSNotes.issuerName]
}

/// How the platform proves to an ACME server whose its domains are.
struct PlatformDNSOrder: Decodable, Sendable, SchemaDescribing {
    var provider: String
    var zone: String
    var email: String
    var server: String?
    var issuerName: String?
    var apiToken: String?
    var solverConfig: [String: JSON]?

    static var schemaName: String? { "PlatformDnsOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "provider": SchemaNote("Who keeps the zones, in any case: \(DNSProvider.names).", pattern: "\\S", minLength: 1, maxLength: 63),
        "zone": SchemaNote(
            "The zone that certificates are proved in, or several of the same provider with commas. Domains elsewhere are not.",
            pattern: "\\S",
            minLength: 1,
            maxLength: 4096
        ),
        "email": SchemaNote(
            "Address of the ACME account.",
            pattern: "^\\s*[^\\s@]+@[^\\s@]+\\s*$",
            minLength: 3,
            maxLength: 254
        ),
        "server": SchemaNote(
            "Directory of the ACME server; absent keeps it, and is that of Let's Encrypt at first.",
            pattern: "^https://[^\\s]+$",
            maxLength: 2048
        ),
        "issuerName": PlatformDNSNotes.issuerName,
        "apiToken": SchemaNote(
            "The provider's credential. It is kept in a Secret that cert-manager reads, and never shown. Absent keeps that of the same provider.",
            pattern: "\\S",
            minLength: 1,
            maxLength: 16_384
        ),
        "solverConfig": SchemaNote(
            "The provider's configuration as cert-manager reads it. Absent keeps that of the same provider.",
            maxProperties: 32
        ),
    ]
}

/// What the two bodies have in common.
enum PlatformDNSNotes {
    static let issuerName = SchemaNote(
        "Name of the issuer; default \(PlatformDNSSettings.defaultIssuer).",
        pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        minLength: 1,
        maxLength: 63
    )
    static let kind = SchemaNote("ClusterIssuer or Issuer.", enum: ["ClusterIssuer", "Issuer"])
    static let namespace = SchemaNote("Namespace of an Issuer; null for a ClusterIssuer.")
}

/// How it is with the platform's issuer.
struct PlatformDNSView: Codable, Sendable, Hashable, SchemaDescribing {
    /// Whether there is one.
    var configured: Bool
    var issuerName: String
    var issuerKind: String
    var issuerNamespace: Nullable<String>
    var provider: Nullable<String>
    var zone: Nullable<String>
    var email: Nullable<String>
    var server: Nullable<String>
    var ready: Bool
    var reason: String
    var message: Nullable<String>
    var certificates: [PlatformCertificateView]

    static var schemaName: String? { "PlatformDns" }
    static let schemaNotes: [String: SchemaNote] = [
        "configured": "Whether there is such an issuer.", "issuerName": "Its name.", "issuerKind": PlatformDNSNotes.kind,
        "issuerNamespace": PlatformDNSNotes.namespace, "provider": "Who keeps the zones; null without a DNS-01 solver.",
        "zone": "The zones, with commas; null when the issuer is used for all domains.",
        "email": "Address of the ACME account.", "server": "Directory of the ACME server.",
        "ready": "Whether cert-manager can use it: its account at the ACME server stands.",
        "reason": "One word: what cert-manager says, NotConfigured, Pending or CertManagerNotInstalled.",
        "message": "What cert-manager says of it, for people.",
        "certificates": "The certificates for domains of customers that it issues, at most 500.",
    ]
}

/// How it is with the certificate for the domain of a customer.
struct PlatformCertificateView: Codable, Sendable, Hashable, SchemaDescribing {
    var clusterTenant: Nullable<String>
    var namespace: String
    var name: String
    var domains: [String]
    var ready: Bool
    var reason: String
    var message: Nullable<String>
    var expiresAt: Nullable<String>

    static var schemaName: String? { "PlatformCertificate" }
    static let schemaNotes: [String: SchemaNote] = [
        "clusterTenant": "The customer.", "namespace": "Namespace of the Certificate.", "name": "Its name.", "domains": "What it is for.",
        "ready": "Whether it has been issued.", "reason": "What cert-manager says, in one word; Pending when it has said nothing.",
        "message": "What cert-manager says, for people.", "expiresAt": "When it ends.",
    ]
}

/// What was set up.
struct PlatformDNSResult: Codable, Sendable, Hashable, SchemaDescribing {
    var status = "configured"
    var issuerName: String
    var issuerKind: String
    var issuerNamespace: Nullable<String>
    var provider: String
    var zone: String
    var secretName: Nullable<String>

    static var schemaName: String? { "PlatformDnsResult" }
    static let schemaNotes: [String: SchemaNote] = [
        "status": SchemaNote("What happened.", enum: ["configured"]), "issuerName": "Name of the issuer.",
        "issuerKind": PlatformDNSNotes.kind, "issuerNamespace": PlatformDNSNotes.namespace, "provider": "Who keeps the zones.",
        "zone": "The zones, with commas.", "secretName": "The Secret with the credential; null without one of the control plane's.",
    ]
}

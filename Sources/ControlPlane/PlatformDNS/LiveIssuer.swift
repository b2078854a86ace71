import CraneAPI
import HTTPOperations
import JSONValue
import KubernetesModel

/// An issuer as Kubernetes has it. Pure.
struct LiveIssuer: Sendable, Hashable {
    let json: JSON

    /// An annotation of issuers that are ours: counts the credentials that were given.
    static let revisionMark = "opencrane.io/dns-credential"

    private var metadata: JSON? { json["metadata"] }
    private var acme: JSON? { json[at: ["spec", "acme"]] }

    /// Whether the control plane made it, or was given it.
    var isOurs: Bool {
        metadata?[at: ["labels", CraneLabels.managedBy]]?.stringValue == FieldManagers.controlPlane
    }
    /// Address of the account.
    var email: String? { acme?["email"]?.stringValue }
    /// Directory of the ACME server.
    var server: String? { acme?["server"]?.stringValue }
    /// How many credentials were given.
    var revision: Int64 { metadata?[at: ["annotations", Self.revisionMark]]?.stringValue.flatMap { Int64($0) } ?? 0 }

    private var solvers: [JSON] { acme?["solvers"]?.arrayValue ?? [] }
    private var place: Int? { solvers.firstIndex { $0["dns01"]?.objectValue != nil } }
    /// The first solver that works by DNS.
    private var solver: JSON? { place.map { solvers[$0] } }
    /// The others, which stay as they are.
    var otherSolvers: [JSON] { solvers.enumerated().filter { $0.offset != place }.map(\.element) }
    /// The provider's name as it stands there, known or not.
    var provider: String? {
        solver?["dns01"]?.objectValue?.keys.filter { $0 != "cnameStrategy" }.sorted().first
    }
    /// The zones of that solver; empty for all domains.
    var zones: [String] { (solver?[at: ["selector", "dnsZones"]]?.arrayValue ?? []).compactMap(\.stringValue) }
    /// The configuration of the provider.
    var configuration: [String: JSON] { provider.flatMap { solver?[at: ["dns01", $0]]?.objectValue } ?? [:] }

    /// What a change of the desired state changes, for `If-Match`; the credential counts as well.
    var version: [String] {
        [metadata?["uid"]?.stringValue ?? "", "\(metadata?["generation"]?.integerValue ?? 0)", "\(revision)"]
    }
    /// The generation of the desired state.
    var generation: Int64 { metadata?["generation"]?.integerValue ?? 0 }

    /// What cert-manager says of it.
    var readiness: Issuance { Issuance(json) }
}

/// What cert-manager says of an issuer or a certificate. What it says of an earlier specification does not count. Pure.
struct Issuance: Sendable, Hashable {
    /// Whether it is ready.
    var isReady = false
    /// Why, in one word.
    var reason = "Pending"
    /// Why, for people.
    var message: String?

    /// Reads the conditions of an object.
    init(_ json: JSON) {
        let generation = json[at: ["metadata", "generation"]]?.integerValue ?? 0
        let ready = (json[at: ["status", "conditions"]]?.arrayValue ?? []).first { $0["type"] == "Ready" }
        guard let ready, (ready["observedGeneration"]?.integerValue ?? generation) >= generation else { return }
        isReady = ready["status"] == "True"
        reason = ready["reason"]?.stringValue.flatMap { $0.isEmpty ? nil : String($0.prefix(64)) } ?? reason
        message = ready["message"]?.stringValue.map { String($0.prefix(500)) }
    }
}

extension PlatformDNSView {
    /// How it is with an issuer.
    ///
    /// - Parameters:
    ///   - live: the issuer; nil when there is none.
    ///   - name: its name.
    ///   - settings: what it would be.
    ///   - isInstalled: whether cert-manager is there.
    ///   - certificates: the certificates of customers' domains.
    init(_ live: LiveIssuer?, name: String, settings: PlatformDNSSettings, isInstalled: Bool, certificates: [JSON]) {
        configured = live != nil
        issuerName = name
        issuerKind = settings.kind.rawValue
        issuerNamespace = Nullable(settings.namespace)
        provider = Nullable(live?.provider)
        zone = Nullable((live?.zones).flatMap { $0.isEmpty ? nil : $0.joined(separator: ",") })
        email = Nullable(live?.email)
        server = Nullable(live?.server)
        let readiness = live?.readiness
        ready = readiness?.isReady ?? false
        reason = readiness?.reason ?? (isInstalled ? "NotConfigured" : "CertManagerNotInstalled")
        message = Nullable(readiness?.message)
        self.certificates = certificates.filter {
            $0[at: ["spec", "issuerRef", "name"]]?.stringValue == name
                && $0[at: ["spec", "issuerRef", "kind"]]?.stringValue == settings.kind.rawValue
        }.map(PlatformCertificateView.init)
    }
}

extension PlatformCertificateView {
    /// How it is with a Certificate.
    init(_ json: JSON) {
        let readiness = Issuance(json)
        clusterTenant = Nullable(json[at: ["metadata", "labels", CraneLabels.clusterTenant]]?.stringValue)
        namespace = json[at: ["metadata", "namespace"]]?.stringValue ?? ""
        name = json[at: ["metadata", "name"]]?.stringValue ?? ""
        domains = (json[at: ["spec", "dnsNames"]]?.arrayValue ?? []).compactMap(\.stringValue)
        ready = readiness.isReady
        reason = readiness.reason
        message = Nullable(readiness.message)
        expiresAt = Nullable(json[at: ["status", "notAfter"]]?.stringValue)
    }
}

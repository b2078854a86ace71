import CraneAPI
import KubernetesModel

/// How it is with the certificate for a customer's domain.
public enum CertificateFinding: Sendable, Hashable {
    /// The customer has no domain.
    case notRequired
    /// The cluster does not serve the kind.
    case notInstalled
    /// The Certificate could not be written; with a sentence that does not change from one try to the next.
    case refused(String)
    /// cert-manager is at it.
    case issuing
    /// cert-manager says why there is none, or none that counts any more.
    case failed(reason: String, message: String)
    /// The certificate is in its Secret.
    case issued

    /// Reads what cert-manager says of a Certificate. What it says of an earlier list of names does not count.
    ///
    /// - Parameter certificate: the Certificate.
    public init(_ certificate: CertManagerV1.Certificate) {
        let conditions = certificate.status?.conditions ?? []
        let generation = certificate.metadata.generation ?? 0
        func current(_ type: String) -> CertManagerV1.IssuanceCondition? {
            conditions.first { $0.type == type && ($0.observedGeneration ?? generation) >= generation }
        }
        let ready = current("Ready")
        if ready?.status == "True" {
            self = .issued
        } else if let issuing = current("Issuing"), issuing.status != "True", issuing.reason == "Failed" {
            self = .failed(reason: CertificateReason.issuanceFailed.rawValue, message: Self.bounded(issuing.message))
        } else if let ready, ready.status == "False", current("Issuing")?.status != "True" {
            self = .failed(reason: Self.word(ready.reason), message: Self.bounded(ready.message))
        } else {
            self = .issuing
        }
    }

    /// Whether somebody has to try again by himself: nothing will bring the customer back.
    var needsAnotherTry: Bool {
        if case .refused = self { true } else { false }
    }

    /// Value, reason and sentence of the condition.
    ///
    /// - Parameter domain: the customer's domain.
    func condition(domain: String) -> (ConditionStatus, reason: String, message: String) {
        switch self {
        case .notRequired: (.true, CertificateReason.notRequired.rawValue, "The customer has no domain of its own")
        case .notInstalled:
            (
                .false, CertificateReason.notInstalled.rawValue,
                "cert-manager is not installed; the certificate of *.\(domain) is asked for once it is"
            )
        case .refused(let message): (.false, CertificateReason.refused.rawValue, message)
        case .issuing: (.false, CertificateReason.issuing.rawValue, "cert-manager is asked for the certificate of *.\(domain)")
        case .failed(let reason, let message): (.false, reason, message)
        case .issued:
            (
                .true, CertificateReason.issued.rawValue,
                "The Secret \(BoundNamespace.certificateSecretName) holds the certificate of *.\(domain)"
            )
        }
    }

    /// A reason that the definition of the ClusterTenant takes.
    private static func word(_ reason: String?) -> String {
        guard let reason, let first = reason.utf8.first, reason.utf8.count <= 64, isLetter(first),
            reason.utf8.allSatisfy({ isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return CertificateReason.notReady.rawValue }
        return reason
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func bounded(_ message: String?) -> String {
        guard let message, !message.isEmpty else { return "cert-manager does not say why the certificate is not ready" }
        return String(message.prefix(500))
    }
}

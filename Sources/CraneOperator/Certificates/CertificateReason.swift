/// Reasons of the condition about a customer's certificate, besides those of the customer and those that cert-manager gives: one word for programs.
enum CertificateReason: String, Sendable, Hashable, CaseIterable {
    /// The certificate is in its Secret.
    case issued = "Issued"
    /// The customer has no domain.
    case notRequired = "NotRequired"
    /// The cluster does not serve the kind.
    case notInstalled = "CertManagerNotInstalled"
    /// The Certificate could not be written.
    case refused = "ApplyFailed"
    /// cert-manager is at it.
    case issuing = "Progressing"
    /// cert-manager tried, and there is none.
    case issuanceFailed = "IssuanceFailed"
    /// There is none, and cert-manager gives no reason that can be passed on.
    case notReady = "CertificateNotReady"
}

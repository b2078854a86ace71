import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// Asks cert-manager for the certificates of customers' domains, and takes them away with the domain.
///
/// Nothing here keeps a customer from being provisioned: cert-manager may be missing, or refuse, and the customer is ready all the same.
struct CustomerCertificates: Sendable {
    /// The ClusterIssuer.
    let issuer: String
    let certificates: CertificateSupport
    let secrets: Informer<CoreV1.Secret>
    let applier: Applier
    let writer: ChildWriter

    /// Brings the certificate of a customer to what its domain asks for.
    ///
    /// - Parameter clusterTenant: the customer, whose namespace is there.
    /// - Returns: how it is with the certificate.
    /// - Throws: `KubernetesError` when the API server does not answer; `CancellationError`.
    func settle(_ clusterTenant: ClusterTenant) async throws -> CertificateFinding {
        let plan = CertificatePlan(clusterTenant, issuer: issuer)
        guard let desired = plan.certificate else {
            try await remove(plan)
            return .notRequired
        }
        guard certificates.isServed else { return .notInstalled }
        do {
            let written = try await writer.apply(desired, certificates.informer)
            return written.metadata.isBeingDeleted ? .issuing : CertificateFinding(written)
        } catch let error as ChildRefusal {
            return .refused(error.message)
        } catch let error as KubernetesError where error.isNotFound {
            // The kind has gone, and nobody has noticed yet.
            return .notInstalled
        } catch let error as KubernetesError where error.status?.reason == "InternalError" {
            return .refused("The API server did not take Certificate \(plan.key.name): cert-manager's webhook may be down")
        }
    }

    /// Takes away the Certificate first, which would have the Secret made again.
    private func remove(_ plan: CertificatePlan) async throws {
        if certificates.isServed, let live = certificates.informer.store[plan.key] { try await applier.delete(live) }
        if let secret = secrets.store[plan.secretKey] { try await applier.delete(secret) }
    }
}

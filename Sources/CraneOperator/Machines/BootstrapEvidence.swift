import CraneAPI
import FleetTemplates

/// What a machine's reports say of the steps that only the machine itself can tell of.
struct BootstrapEvidence: Sendable, Hashable {
    /// Whether the machine has reported at all with the credential of this run.
    let hasReported: Bool
    /// The bootstrap program has its secrets.
    let bootstrap: ProvisioningEvidence.Finding
    /// The files are written as they were rendered, and the repositories are there.
    let files: ProvisioningEvidence.Finding
    /// What the machine gave up with, if it did.
    let failure: String?

    /// Reads the reports.
    ///
    /// - Parameters:
    ///   - status: what the control plane noted; reports that came with another credential count for nothing.
    ///   - credentialHash: the SHA-256 of this run's credential.
    ///   - filesDigest: the fingerprint of what was rendered.
    init(_ status: BootstrapStatus?, credentialHash: String, filesDigest: String) {
        guard let status, status.credentialHash == credentialHash, let stage = status.stage.flatMap(BootstrapStage.init(rawValue:)) else {
            hasReported = false
            bootstrap = .pending("the machine has not reported yet")
            files = .pending("the machine has not reported yet")
            failure = nil
            return
        }
        let failed = status.level == "error"
        let failure = failed ? "\(stage.rawValue): \(status.message ?? "the machine gave up")" : nil
        func isDone(_ wanted: BootstrapStage) -> Bool { failed ? wanted < stage : wanted <= stage }
        hasReported = true
        self.failure = failure
        if isDone(.secrets) {
            bootstrap = .good("the machine has its secrets")
        } else {
            bootstrap = failure.map { .bad($0) } ?? .pending("the machine fetches its secrets")
        }
        if let written = status.filesDigest, isDone(.files), written != filesDigest {
            files = .bad("the files on the machine are not those that were rendered")
        } else if isDone(.repositories) {
            files =
                status.filesDigest == filesDigest
                ? .good("the files are as rendered") : .bad("the machine did not say which files it wrote")
        } else {
            files =
                failure.map { .bad($0) }
                ?? .pending(isDone(.files) ? "the machine clones its repositories" : "the machine writes its files")
        }
    }
}

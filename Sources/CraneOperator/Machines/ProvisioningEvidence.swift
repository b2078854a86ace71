import CraneAPI

/// What is known when a step is judged. Each part is `nil` while nobody has looked.
struct ProvisioningEvidence: Sendable, Hashable {
    /// How a step's matter stands.
    enum Finding: Sendable, Hashable {
        /// As it should be; the message says what was seen.
        case good(String)
        /// Not yet; the message says what is waited for.
        case pending(String)
        /// It cannot become good by waiting.
        case bad(String)
    }

    /// The machine runs and has an address.
    var machine: Finding?
    /// The bootstrap program has its secrets.
    var bootstrap: Finding?
    /// The files are there.
    var files: Finding?
    /// The gateway answered.
    var gateway: Finding?
    /// The channels are connected.
    var connectivity: Finding?

    subscript(_ step: ProvisioningStepName) -> Finding? {
        switch step {
        case .machine: machine
        case .bootstrap: bootstrap
        case .files: files
        case .gateway: gateway
        case .connectivity: connectivity
        case .complete: .good("everything is in place")
        }
    }
}

import KubernetesModel

/// The steps in which a machine becomes a gateway, in order. The names are those of the REST API.
public enum ProvisioningStepName: String, Sendable, Hashable, CaseIterable {
    /// The provider makes the machine, and it has an address.
    case machine = "vm_create"
    /// The bootstrap program runs on it and has its secrets.
    case bootstrap = "workspace_bootstrap"
    /// The agents' files are written, with the fingerprint of what was rendered.
    case files = "agent_config"
    /// The gateway runs, and answers its handshake.
    case gateway = "gateway_start"
    /// Its chat channels are connected.
    case connectivity = "connectivity_check"
    /// Everything is as it should be.
    case complete

    /// How long the step may take before it has failed.
    public var limit: Duration {
        switch self {
        case .machine: .seconds(600)
        case .bootstrap: .seconds(900)
        case .files: .seconds(300)
        case .gateway: .seconds(300)
        case .connectivity: .seconds(180)
        case .complete: .seconds(60)
        }
    }

    /// When a step fails that is under way.
    ///
    /// - Parameter start: when it began.
    public func deadline(from start: Timestamp) -> Timestamp { start.advanced(bySeconds: Double(limit.components.seconds)) }
}

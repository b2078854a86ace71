import CoreMetrics
import FleetTemplates
import Machines
import ServiceLifecycle

/// The providers of machines that this operator has, and what the machines of each are like.
public struct MachineRegistry: Sendable {
    /// One provider.
    public struct Entry: Sendable {
        /// The provider.
        public var provider: any MachineProvider
        /// Where a machine's gateway keeps its state, by the machine's name.
        public var stateDirectory: @Sendable (_ name: String) -> String
        /// Whether the bootstrap program starts the gateway; where the provider does, `false`.
        public var startsGateway: Bool
        /// What the gateway listens at: `lan` or `loopback`.
        public var bind: String
        /// Packages that the machine installs first.
        public var packages: [String]
        /// What has to run for the provider to work, if anything.
        public var service: (any Service)?

        /// A provider of whole machines: their bootstrap program starts the gateway as a service.
        public init(_ provider: any MachineProvider) {
            self.provider = provider
            stateDirectory = { _ in "/var/lib/openclaw" }
            startsGateway = true
            bind = "lan"
            packages = ["git", "python3"]
        }

        /// Processes of this host.
        public init(local provider: LocalProcessProvider, root: String) {
            self.provider = provider
            stateDirectory = { LocalProcessProvider.stateDirectory(of: $0, root: root) }
            startsGateway = false
            bind = "loopback"
            packages = []
            service = provider
        }
    }

    /// Providers by their name, as in `spec.runtime.machine.provider`.
    public var entries: [String: Entry]

    /// A registry; without providers there are no tenants in virtual machines. Calls of the providers are counted and timed.
    ///
    /// - Parameter metrics: where to. Default: what the process reports to.
    public init(_ entries: [Entry] = [], metrics: (any MetricsFactory)? = nil) {
        self.entries = entries.reduce(into: [:]) { entries, entry in
            var metered = entry
            metered.provider = MeteredMachineProvider(entry.provider, metrics: metrics)
            entries[entry.provider.name] = metered
        }
    }
}

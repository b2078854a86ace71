import CraneAPI
import Machines

/// What the operator needs to know for tenants in virtual machines.
public struct MachineSettings: Sendable, Hashable {
    /// Which of a machine's addresses its gateway is reached under.
    public enum AddressKind: String, Sendable, Hashable, CaseIterable {
        /// The one inside of the provider's network.
        case `internal`
        /// The public one.
        case external
    }

    /// The providers that are enabled. Default none.
    public var providers: Set<MachineProviderName> = []
    /// Google's project; `nil` for the one that the operator itself runs in.
    public var computeProject: String?
    /// Google's zone of machines that name none; needed for provider `gce`.
    public var computeZone: String?
    /// Path of a service account's key file; `nil` for the identity of the machine that the operator runs on.
    public var computeKeyFile: String?
    /// The metadata server; `nil` for the usual one.
    public var computeMetadataHost: String?
    /// Directory of the machines that are processes of this host. Default `/var/lib/opencrane/machines`.
    public var localDirectory = "/var/lib/opencrane/machines"
    /// The command of their gateways, with `{stateDirectory}`, `{port}` and `{name}`; empty means that there is none. Default none.
    public var localGateway: [String] = []
    /// The control plane's address as machines reach it, without a path; without it no machine is made. Default none.
    public var controlPlane: String?
    /// The PEM of the authority that its certificate comes from. Default `nil`: the machine's own ones.
    public var certificateAuthority: String?
    /// ConfigMap in the platform's namespace with further templates. Default none.
    public var templates: String?
    /// Which address gateways are reached under; the other kind when there is none of it. Default `internal`.
    public var addressKind = AddressKind.internal
    /// To how many gateways one operator holds a connection; those beyond it looks at in turn. Default 1000.
    public var maximumGateways = 1000
    /// How often a machine is looked at that nothing is expected of. Default 60 s.
    public var resync = ReasonGuide.machineInterval
    /// How often a gateway is asked for its channels. Default 30 s.
    public var gatewayInterval: Duration = .seconds(30)

    /// Whether machines go whose Tenant is gone without having taken them along. Default yes.
    public var removesOrphans = true
    /// How often the machines of all providers are counted and looked through for those. Default 5 min.
    public var sweepInterval: Duration = .seconds(300)

    /// Makes the default settings.
    public init() {}

    /// The address of a machine that its gateway is reached under.
    func address(of seen: MachineObservation) -> String? {
        let preferred: MachineAddress.Kind = addressKind == .internal ? .internalIP : .externalIP
        return seen.addresses.first { $0.kind == preferred }?.value ?? seen.addresses.first?.value
    }
}

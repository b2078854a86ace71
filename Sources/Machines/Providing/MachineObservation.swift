/// The provider's id of a machine: `gce://project/zone/name`, `kubevirt://namespace/name`, `local://name`.
public struct MachineID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The text.
    public var providerID: String

    /// An id.
    public init(_ providerID: String) { self.providerID = providerID }

    /// The text.
    public var description: String { providerID }
}

/// What a machine is doing, in words that all providers share.
public enum MachineState: String, Sendable, Hashable, Codable, CaseIterable {
    /// There is none.
    case absent
    /// It is being made or started.
    case creating
    /// It runs.
    case running
    /// It is being stopped.
    case stopping
    /// It is stopped or sleeps.
    case stopped
    /// It is there, and something is wrong with it that may pass.
    case degraded
    /// It is being taken away.
    case deleting
    /// It cannot run as it is.
    case failed
    /// The provider does not know.
    case unknown
}

/// An address of a machine, with the types of Kubernetes' nodes.
public struct MachineAddress: Sendable, Hashable, Codable {
    /// Where the address is good.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// Inside of the provider's network.
        case internalIP = "InternalIP"
        /// Everywhere.
        case externalIP = "ExternalIP"
        /// A name inside of the provider's network.
        case internalDNS = "InternalDNS"
    }

    /// Where it is good.
    public var kind: Kind
    /// The address.
    public var value: String

    /// An address.
    public init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }
}

/// Something that is wrong with a machine, for a condition.
public struct MachineTrouble: Sendable, Hashable {
    /// A stable word in camel case.
    public var reason: String
    /// A stable sentence: no times and no counters.
    public var message: String
    /// Whether waiting does not help.
    public var isPermanent: Bool

    /// A trouble.
    public init(_ reason: String, _ message: String, isPermanent: Bool = false) {
        self.reason = reason
        self.message = message
        self.isPermanent = isPermanent
    }
}

/// What was seen of a machine.
public struct MachineObservation: Sendable, Hashable {
    /// The provider's id; `nil` while there is no machine.
    public var id: MachineID?
    /// What it is doing.
    public var state: MachineState
    /// The provider's own word for that; empty when there is none.
    public var providerState: String
    /// Its addresses, the provider's first network first.
    public var addresses: [MachineAddress]
    /// The port its gateway was given, where the provider chooses it.
    public var gatewayPort: Int?
    /// Whether it is known to have run. Not seeing it again does not undo it: the caller keeps a `true`.
    public var isProvisioned: Bool
    /// What is wrong. The failure of an operation is told once, by whichever call sees its end first: the caller keeps it, and while it is
    /// permanent asks for nothing more.
    public var trouble: MachineTrouble?
    /// The operation in progress, to be stored in place of the one handed in; `nil` when there is none any more.
    public var operation: MachineOperation?
    /// When to look again at the latest, when there is something to wait for.
    public var retryAfter: Duration?
    /// The fingerprint of the user data it was made with, where the provider keeps it.
    public var userDataHash: String?

    /// An observation.
    public init(
        id: MachineID? = nil,
        state: MachineState,
        providerState: String = "",
        addresses: [MachineAddress] = [],
        gatewayPort: Int? = nil,
        isProvisioned: Bool = false,
        trouble: MachineTrouble? = nil,
        operation: MachineOperation? = nil,
        retryAfter: Duration? = nil,
        userDataHash: String? = nil
    ) {
        self.id = id
        self.state = state
        self.providerState = providerState
        self.addresses = addresses
        self.gatewayPort = gatewayPort
        self.isProvisioned = isProvisioned
        self.trouble = trouble
        self.operation = operation
        self.retryAfter = retryAfter
        self.userDataHash = userDataHash
    }
}

/// A machine in a list.
public struct MachineListing: Sendable, Hashable {
    /// The provider's id.
    public var id: MachineID
    /// Its name.
    public var name: String
    /// Its zone, where there are any.
    public var zone: String?
    /// The namespace of its objects, where there are any.
    public var namespace: String?
    /// The owner's label.
    public var ownerLabel: String
    /// The installation's label; `nil` when it has none.
    public var installation: String?
    /// What it is doing.
    public var state: MachineState

    /// A row.
    public init(
        id: MachineID,
        name: String,
        zone: String? = nil,
        namespace: String? = nil,
        ownerLabel: String,
        installation: String? = nil,
        state: MachineState
    ) {
        self.id = id
        self.name = name
        self.zone = zone
        self.namespace = namespace
        self.ownerLabel = ownerLabel
        self.installation = installation
        self.state = state
    }
}

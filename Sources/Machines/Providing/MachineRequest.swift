/// Who a machine belongs to. A machine of another owner is never adopted, changed or deleted.
public struct MachineOwner: Sendable, Hashable, Codable {
    /// The owner's identity: a new object of the same name has another.
    public var uid: String
    /// The owner's name for people, as in `namespace/name`.
    public var name: String

    /// An owner.
    public init(uid: String, name: String) {
        self.uid = uid
        self.name = name
    }
}

/// Which machine is meant.
public struct MachineTarget: Sendable, Hashable {
    /// The machine's name, as ``MachineName`` makes it.
    public var name: String
    /// The provider's zone; `nil` for the provider's default.
    public var zone: String?
    /// The namespace the machine's objects live in, for providers inside of Kubernetes; `nil` for the provider's default.
    public var namespace: String?
    /// Who it must belong to.
    public var owner: MachineOwner

    /// A target.
    public init(name: String, zone: String? = nil, namespace: String? = nil, owner: MachineOwner) {
        self.name = name
        self.zone = zone
        self.namespace = namespace
        self.owner = owner
    }
}

/// Whether a machine runs.
public enum MachinePower: String, Sendable, Hashable, Codable, CaseIterable {
    /// It runs.
    case on
    /// It is stopped; its disk stays.
    case off
    /// It sleeps with its memory kept, where the provider can; elsewhere it is stopped.
    case suspended
}

/// What somebody wants of a machine.
public enum MachineGoal: Sendable, Hashable {
    /// It exists and has this power.
    case power(MachinePower)
    /// It does not exist.
    case gone
}

/// A machine that is wanted.
public struct MachineRequest: Sendable, Hashable {
    /// Which machine.
    public var target: MachineTarget
    /// Its size in the provider's terms; `nil` for the provider's default, as for all that follows.
    public var machineType: String?
    /// The image it boots from.
    public var image: String?
    /// The size of its disk in gigabytes.
    public var diskGb: Int?
    /// The provider's network.
    public var network: String?
    /// The identity the machine acts under.
    public var serviceAccount: String?
    /// What it is born with, for cloud-init; not read again once it exists.
    public var userData: String
    /// The fingerprint of ``userData``, kept with the machine: an observation gives it back.
    public var userDataHash: String
    /// Who runs the platform that the machine belongs to, as a label's value: other installations may share the provider. `nil` while that is
    /// not known.
    public var installation: String?
    /// Labels besides those of the owner. Keys and values must be legal for the provider.
    public var labels: [String: String]
    /// Whether it runs.
    public var desiredPower: MachinePower

    /// A request; what is not said is the provider's default.
    public init(
        target: MachineTarget,
        machineType: String? = nil,
        image: String? = nil,
        diskGb: Int? = nil,
        network: String? = nil,
        serviceAccount: String? = nil,
        userData: String,
        userDataHash: String,
        installation: String? = nil,
        labels: [String: String] = [:],
        desiredPower: MachinePower = .on
    ) {
        self.target = target
        self.machineType = machineType
        self.image = image
        self.diskGb = diskGb
        self.network = network
        self.serviceAccount = serviceAccount
        self.userData = userData
        self.userDataHash = userDataHash
        self.installation = installation
        self.labels = labels
        self.desiredPower = desiredPower
    }
}

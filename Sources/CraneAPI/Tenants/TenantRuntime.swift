import JSONValue
import Schema

/// Where a gateway can run.
public enum RuntimeType: String, SchemaEnum {
    /// In a pod of the cluster.
    case pod = "Pod"
    /// In a virtual machine.
    case virtualMachine = "VirtualMachine"
}

/// Who makes virtual machines.
public enum MachineProviderName: String, SchemaEnum {
    /// Google Compute Engine.
    case gce
    /// KubeVirt, in the same cluster.
    case kubevirt
    /// Processes of this machine, for development.
    case local
}

/// Where a tenant's gateway runs.
public struct TenantRuntime: Codable, Sendable, Hashable, SchemaDescribing {
    /// A pod or a virtual machine; cannot change.
    public var type: RuntimeType?
    /// The machine, for type `VirtualMachine`.
    public var machine: MachineSpec?

    /// A runtime; a pod unless said otherwise.
    public init(type: RuntimeType? = nil, machine: MachineSpec? = nil) {
        self.type = type
        self.machine = machine
    }

    /// The type has a default and never changes.
    public static let schemaNotes: [String: SchemaNote] = [
        "type": SchemaNote(
            "A pod or a virtual machine; cannot change.",
            default: "Pod",
            rules: [ValidationRule("self == oldSelf", message: "runtime.type cannot change: make a new tenant instead")]
        ),
        "machine": "The machine, for type VirtualMachine.",
    ]
    /// A machine belongs to a virtual machine and to nothing else.
    public static let schemaNote = SchemaNote(rules: [
        ValidationRule("(self.type == 'VirtualMachine') == has(self.machine)", message: RuleMessages.machine)
    ])
}

/// The virtual machine of a tenant.
public struct MachineSpec: Codable, Sendable, Hashable, SchemaDescribing {
    /// Who makes it.
    public var provider: MachineProviderName
    /// Its size in the provider's terms, for instance `e2-standard-4`.
    public var machineType: String?
    /// The provider's zone.
    public var zone: String?
    /// The image it boots from.
    public var image: String?
    /// The size of its disk, in gigabytes.
    public var diskGb: Int?
    /// The provider's network.
    public var network: String?
    /// The identity the machine acts under.
    public var serviceAccount: String?

    /// A machine; what is not said is the provider's default.
    public init(
        provider: MachineProviderName,
        machineType: String? = nil,
        zone: String? = nil,
        image: String? = nil,
        diskGb: Int? = nil,
        network: String? = nil,
        serviceAccount: String? = nil
    ) {
        self.provider = provider
        self.machineType = machineType
        self.zone = zone
        self.image = image
        self.diskGb = diskGb
        self.network = network
        self.serviceAccount = serviceAccount
    }

    /// Bounds of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "provider": "Who makes the machine.",
        "machineType": SchemaNote("Its size in the provider's terms, for instance e2-standard-4.", minLength: 1, maxLength: 128),
        "zone": SchemaNote("The provider's zone.", minLength: 1, maxLength: 128),
        "image": SchemaNote("The image it boots from.", minLength: 1, maxLength: 512),
        "diskGb": SchemaNote("The size of its disk, in gigabytes.", minimum: 1, maximum: 65_536),
        "network": SchemaNote("The provider's network.", minLength: 1, maxLength: 253),
        "serviceAccount": SchemaNote("The identity the machine acts under.", minLength: 1, maxLength: 254),
    ]
}

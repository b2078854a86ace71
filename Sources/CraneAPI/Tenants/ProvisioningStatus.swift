import KubernetesModel
import Schema

/// How far a step of provisioning is.
public enum StepStatus: String, SchemaEnum {
    /// Not begun.
    case pending
    /// Begun.
    case running
    /// Done.
    case succeeded
    /// Given up.
    case failed
    /// Not needed.
    case skipped
}

/// How a tenant's machine came to be.
public struct ProvisioningStatus: Codable, Sendable, Hashable, SchemaDescribing {
    /// Counts the attempts to provision, from 1.
    public var run: Int
    /// The steps of this run, in order.
    public var steps: [ProvisioningStep]?

    /// A run.
    public init(run: Int, steps: [ProvisioningStep]? = nil) {
        self.run = run
        self.steps = steps
    }

    /// Steps are told apart by name.
    public static let schemaNotes: [String: SchemaNote] = [
        "run": SchemaNote("Counts the attempts to provision, from 1.", minimum: 0),
        "steps": SchemaNote("The steps of this run, in order.", maxItems: 32, listType: .map, listMapKeys: ["name"]),
    ]
}

/// One step of provisioning.
public struct ProvisioningStep: Codable, Sendable, Hashable, SchemaDescribing {
    /// The step's name, for instance `vm_create`.
    public var name: String
    /// How far it is.
    public var status: StepStatus
    /// What is in the way, for people.
    public var message: String?
    /// When it began.
    public var startedAt: Timestamp?
    /// When it ended.
    public var finishedAt: Timestamp?
    /// Counts the tries within the run, from 1.
    public var attempt: Int?

    /// A step.
    public init(
        name: String,
        status: StepStatus,
        message: String? = nil,
        startedAt: Timestamp? = nil,
        finishedAt: Timestamp? = nil,
        attempt: Int? = nil
    ) {
        self.name = name
        self.status = status
        self.message = message
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.attempt = attempt
    }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote("The step's name, for instance vm_create.", minLength: 1, maxLength: 63),
        "status": "How far it is.",
        "message": "What is in the way, for people.",
        "startedAt": "When it began.",
        "finishedAt": "When it ended.",
        "attempt": SchemaNote("Counts the tries within the run, from 1.", minimum: 0),
    ]
}

/// What was observed of a tenant's virtual machine.
public struct MachineStatus: Codable, Sendable, Hashable, SchemaDescribing {
    /// Who made it.
    public var provider: String?
    /// The provider's id.
    public var id: String?
    /// The zone it is in.
    public var zone: String?
    /// The address it is reached under.
    public var address: String?
    /// The provider's word for its state.
    public var state: String?
    /// The provider's operation in progress, stored before it is awaited.
    public var operation: String?
    /// The port its gateway listens on.
    public var port: Int?
    /// The fingerprint of the user data it was made with.
    public var userDataHash: String?
    /// The fingerprint of the files its gateway begins with.
    public var filesDigest: String?
    /// The SHA-256 of the credential that its bootstrap program reports with.
    public var credentialHash: String?

    /// A machine.
    public init(
        provider: String? = nil,
        id: String? = nil,
        zone: String? = nil,
        address: String? = nil,
        state: String? = nil,
        operation: String? = nil,
        port: Int? = nil,
        userDataHash: String? = nil,
        filesDigest: String? = nil,
        credentialHash: String? = nil
    ) {
        self.provider = provider
        self.id = id
        self.zone = zone
        self.address = address
        self.state = state
        self.operation = operation
        self.port = port
        self.userDataHash = userDataHash
        self.filesDigest = filesDigest
        self.credentialHash = credentialHash
    }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "provider": "Who made it.", "id": "The provider's id.", "zone": "The zone it is in.",
        "address": "The address it is reached under.", "state": "The provider's word for its state.",
        "operation": "The provider's operation in progress.",
        "port": "The port its gateway listens on.",
        "userDataHash": "The fingerprint of the user data it was made with.",
        "filesDigest": "The fingerprint of the files its gateway begins with.",
        "credentialHash": "The SHA-256 of the credential that its bootstrap program reports with.",
    ]
}

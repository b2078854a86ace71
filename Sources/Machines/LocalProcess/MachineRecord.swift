/// Which process is meant. A process id alone is given to others again; with the time it was started, of this start of the host, it is not.
struct ProcessIdentity: Codable, Sendable, Hashable {
    var pid: Int32
    /// Clock ticks from the host's start to the process's (field 22 of `/proc/pid/stat`).
    var startTime: UInt64
    /// The host's start (`/proc/sys/kernel/random/boot_id`).
    var bootID: String
}

/// What a machine's process is for.
enum ProcessRole: String, Codable, Sendable, Hashable {
    /// A command of the user data.
    case bootstrap
    /// The gateway.
    case gateway
}

/// What is kept of a machine, in `machine.json` of its directory.
struct MachineRecord: Codable, Sendable, Hashable {
    /// What is wanted of it.
    enum Wanted: String, Codable, Sendable, Hashable {
        case on, off, gone

        init(_ power: MachinePower) { self = power == .on ? .on : .off }
    }

    struct Running: Codable, Sendable, Hashable {
        var role: ProcessRole
        var identity: ProcessIdentity
    }

    var name: String
    var owner: MachineOwner
    /// Which installation of the platform it belongs to.
    var installation: String?
    var userDataHash: String
    var port: Int
    var wanted: Wanted
    /// The user data's commands, ready to be run, and their files.
    var commands: [[String]]
    /// How many of the commands are done.
    var commandsDone = 0
    /// The exit code of a command that gave up.
    var refusal: Int32?
    /// The process, when there is one.
    var running: Running?
    /// A process that is about to be started: when this is found and no process, there may be one all the same.
    var starting: ProcessRole?
    /// How many times in a row a process ended too early.
    var failures = 0
    /// Whether the gateway ever ran.
    var isProvisioned = false

    init(name: String, owner: MachineOwner, userDataHash: String, port: Int, wanted: Wanted, commands: [[String]]) {
        self.name = name
        self.owner = owner
        self.userDataHash = userDataHash
        self.port = port
        self.wanted = wanted
        self.commands = commands
    }

    /// What is run next.
    var nextRole: ProcessRole { commandsDone < commands.count ? .bootstrap : .gateway }
}

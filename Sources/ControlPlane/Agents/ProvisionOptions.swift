import JSONValue

/// What is wanted besides bringing an agent to what its row says.
struct ProvisionOptions: Sendable, Hashable {
    /// The agent gets a new token; the old one is good until the new one is written. Otherwise it keeps the token its workspace has, if it is good.
    var rotatesToken = false
    /// Its main session is emptied.
    var resetsSession = false
    /// Its notes, `USER.md` and `MEMORY.md`, are written anew although they are there.
    var overwrites = false
    /// It gets a `BOOTSTRAP.md` again.
    var forcesBootstrap = false
    /// It is told that something changed, unless it is paused.
    var wakes = true

    /// The usual.
    init(
        rotatesToken: Bool = false,
        resetsSession: Bool = false,
        overwrites: Bool = false,
        forcesBootstrap: Bool = false,
        wakes: Bool = true
    ) {
        self.rotatesToken = rotatesToken
        self.resetsSession = resetsSession
        self.overwrites = overwrites
        self.forcesBootstrap = forcesBootstrap
        self.wakes = wakes
    }

    /// Wants what others want too.
    mutating func add(_ other: ProvisionOptions) {
        rotatesToken = rotatesToken || other.rotatesToken
        resetsSession = resetsSession || other.resetsSession
        overwrites = overwrites || other.overwrites
        forcesBootstrap = forcesBootstrap || other.forcesBootstrap
        wakes = wakes || other.wakes
    }

    /// A step is done, and what was wanted of it with it.
    mutating func settle(_ step: AgentProvisioning.Step) {
        switch step {
        case .files: (overwrites, forcesBootstrap) = (false, false)
        case .token: rotatesToken = false
        case .session: resetsSession = false
        default: break
        }
    }

    /// What a row keeps of them, so that whoever goes on after a crash does the same.
    init(_ json: JSON) {
        func flag(_ name: String, _ usual: Bool) -> Bool { json[name]?.boolValue ?? usual }
        self.init(
            rotatesToken: flag("rotate", false),
            resetsSession: flag("reset", false),
            overwrites: flag("overwrite", false),
            forcesBootstrap: flag("bootstrap", false),
            wakes: flag("wake", true)
        )
    }

    /// For a row.
    var json: JSON {
        [
            "rotate": .bool(rotatesToken), "reset": .bool(resetsSession), "overwrite": .bool(overwrites),
            "bootstrap": .bool(forcesBootstrap),
            "wake": .bool(wakes),
        ]
    }
}

import FleetTemplates
import JSONValue
import Projection

/// Why one agent is passed over. The message is for people and names no secret.
struct SyncFailure: Error, Sendable, Hashable {
    /// What is in the way.
    var message: String
    /// Whether the gateway itself is away, so that nothing else can be asked of it.
    var isGatewayAway = false
    /// Whether the gateway does not keep a file of that name.
    var isUnsupportedFile = false

    /// The agent has no token that its platform knows.
    static func token(isThere: Bool) -> SyncFailure {
        SyncFailure(
            message: isThere
                ? "The token in TOOLS.md is not the agent's; repeat with rotate_tokens=true to give it a new one."
                : "TOOLS.md has no token that can be read; repeat with rotate_tokens=true to give the agent a new one."
        )
    }
}

/// What becomes of an agent's token. Pure.
enum TokenDecision: Sendable, Hashable {
    /// It keeps the one it has.
    case keep(AgentToken)
    /// It gets a new one.
    case replace
    /// Nobody knows which one it has.
    case fail(SyncFailure)

    /// Decides.
    ///
    /// - Parameters:
    ///   - written: the text of its `TOOLS.md`; nil when there is none.
    ///   - row: the agent.
    ///   - rotates: whether a new token is wanted.
    init(written: String?, row: AgentRow, rotates: Bool) {
        if rotates {
            self = .replace
            return
        }
        let text = written.flatMap { ToolsFile(parsing: $0).settings[.authToken] }
        guard let token = text.flatMap({ AgentToken($0) }) else {
            self = .fail(.token(isThere: text != nil))
            return
        }
        self = token.opens(row) ? .keep(token) : .fail(.token(isThere: true))
    }
}

/// Which files are written. Pure.
enum FilePlan {
    /// Files that are written because of their content, in the order they are written; `BOOTSTRAP.md` only where the texts have it.
    ///
    /// - Parameters:
    ///   - texts: what the files should say, by name.
    ///   - present: what they say, by name; what is not there is not among them.
    ///   - overwrites: whether an agent's own notes are written too although they are there.
    static func writes(_ texts: [String: String], over present: [String: String], overwrites: Bool) -> [(name: String, text: String)] {
        AgentWorkspace.fileNames.compactMap { name in
            guard let text = texts[name], present[name] != text else { return nil }
            if !overwrites, AgentFiles.notes.contains(name), present[name] != nil { return nil }
            return (name, text)
        }
    }
}

/// One change of a gateway's configuration for many agents. Pure.
enum BulkPatch {
    /// One agent's part.
    struct Part: Sendable, Hashable {
        var id: String
        var workspace: String
        var heartbeat: JSON?
    }

    /// The merge patch that brings all parts about; nil when there is nothing to change. An agent that the configuration does not have is left
    /// out: it was taken away, and is not brought back by this.
    static func merged(_ config: JSON, _ parts: [Part]) -> JSON? {
        var list: [JSON] = []
        var entries: [String: JSON] = [:]
        for part in parts where GatewayAgentSettings.entry(of: part.id, in: config) != nil {
            let patch = GatewayAgentSettings.patch(config, agent: part.id, workspace: part.workspace, heartbeat: part.heartbeat)
            list += patch?[at: ["agents", "list"]]?.arrayValue ?? []
            entries.merge(patch?[at: ["agents", "entries"]]?.objectValue ?? [:]) { first, _ in first }
        }
        var agents: [String: JSON] = [:]
        if !list.isEmpty { agents["list"] = .array(list) }
        if !entries.isEmpty { agents["entries"] = .object(entries) }
        return agents.isEmpty ? nil : ["agents": .object(agents)]
    }
}

/// Pauses between attempts: each twice the one before, each spread a little, all together bounded. Pure.
struct BoundedBackoff: Sendable, Hashable {
    /// The first pause.
    var first: Duration = .milliseconds(750)
    /// The longest pause.
    var longest: Duration = .seconds(8)
    /// How long all attempts may take.
    var limit: Duration
    private var attempts = 0

    /// No attempt yet.
    ///
    /// - Parameter limit: how long all attempts may take.
    init(limit: Duration) { self.limit = limit }

    /// How long to wait before the next attempt; nil when it is not worth one.
    ///
    /// - Parameters:
    ///   - elapsed: how long it has taken so far.
    ///   - random: a number from 0 to 1.
    mutating func pause(elapsed: Duration, random: Double) -> Duration? {
        let usual = min(longest, first * (1 << min(attempts, 16)))
        attempts += 1
        let pause = usual * (0.8 + 0.4 * random)
        return elapsed + pause < limit ? pause : nil
    }
}

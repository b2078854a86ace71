import ArgumentParser
import JSONValue

/// `oc suspend`
enum SuspendVerb: ActionVerb {
    static let verb = "suspend"
    static let abstract = "Stops objects; their data stay."
    static let goal: ReadinessGoal? = .member(path: ["phase"], value: "Suspended")
    typealias Options = NoActionOptions
}

/// `oc resume`
enum ResumeVerb: ActionVerb {
    static let verb = "resume"
    static let abstract = "Starts suspended objects."
    static let goal: ReadinessGoal? = .member(path: ["phase"], value: "Running")
    typealias Options = NoActionOptions
}

/// `oc scan`
enum ScanVerb: ActionVerb {
    static let verb = "scan"
    static let abstract = "Looks for what is dangerous."
    typealias Options = NoActionOptions
}

/// `oc backfill`
enum BackfillVerb: ActionVerb {
    static let verb = "backfill"
    static let abstract = "Brings the texts of all skills into the registry."
    typealias Options = NoActionOptions
}

/// `oc approve`
enum ApproveVerb: ActionVerb {
    static let verb = "approve"
    static let abstract = "Approves a source, or the promotion of a skill (SKILL PROMOTION)."
    typealias Options = NoActionOptions
}

/// `oc reject`
enum RejectVerb: ActionVerb {
    static let verb = "reject"
    static let abstract = "Rejects the promotion of a skill (SKILL PROMOTION)."
    typealias Options = NoActionOptions
}

/// `oc promote`
enum PromoteVerb: ActionVerb {
    static let verb = "promote"
    static let abstract = "Rolls out to the next wave."

    struct Options: ActionOptions {
        @Option(help: "The last wave to promote; the next one, unless told otherwise.")
        var wave: String?

        var values: [(name: String, value: JSON)] { wave.map { [("wave", .string($0))] } ?? [] }
    }
}

/// `oc rollback`
enum RollbackVerb: ActionVerb {
    static let verb = "rollback"
    static let abstract = "Takes a rollout back to the stable version."
    typealias Options = NoActionOptions
}

/// `oc revoke`
enum RevokeVerb: ActionVerb {
    static let verb = "revoke"
    static let abstract = "Ends a tenant's model key, or all access of a person."
    typealias Options = NoActionOptions
}

/// `oc sync`
enum SyncVerb: ActionVerb {
    static let verb = "sync"
    static let abstract = "Fetches a source anew, or writes the templates of a gateway's agents anew."

    struct Options: ActionOptions {
        @Option(help: "Gateways: only the agents of this board.")
        var boardID: String?
        @Flag(help: "Gateways: let agents begin anew.")
        var forceBootstrap = false
        @Flag(help: "Gateways: also the main agent.")
        var includeMain = false
        @Flag(help: "Gateways: only the lead.")
        var leadOnly = false
        @Flag(help: "Gateways: also files that were changed.")
        var overwrite = false
        @Flag(help: "Gateways: end the agents' sessions.")
        var resetSessions = false
        @Flag(help: "Gateways: give agents new tokens.")
        var rotateTokens = false

        var values: [(name: String, value: JSON)] {
            let flags = [
                ("force-bootstrap", forceBootstrap), ("include-main", includeMain), ("lead-only", leadOnly), ("overwrite", overwrite),
                ("reset-sessions", resetSessions), ("rotate-tokens", rotateTokens),
            ]
            return (boardID.map { [("board-id", .string($0))] } ?? []) + flags.filter(\.1).map { ($0.0, .bool(true)) }
        }
    }
}

/// `oc rotate`
enum RotateVerb: ActionVerb {
    static let verb = "rotate"
    static let abstract = "Gives an api-key, an agent or an instance a new secret."

    struct Options: ActionOptions {
        @Option(help: "api-keys: seconds that the former secret stays good.")
        var graceSeconds: Int?

        var values: [(name: String, value: JSON)] { graceSeconds.map { [("grace-seconds", .integer(Int64($0)))] } ?? [] }
    }
}

/// `oc upgrade`
enum UpgradeVerb: ActionVerb {
    static let verb = "upgrade"
    static let abstract = "Brings an instance up to date."

    struct Options: ActionOptions {
        @Flag(help: "Write everything, even what seems to be there.")
        var force = false
        @Flag(help: "Start its gateway anew afterwards.")
        var restart = false

        var values: [(name: String, value: JSON)] { [("force", force), ("restart", restart)].filter(\.1).map { ($0.0, .bool(true)) } }
    }
}

/// `oc heartbeat`
enum HeartbeatVerb: ActionVerb {
    static let verb = "heartbeat"
    static let abstract = "Says for an agent that it is alive."

    struct Options: ActionOptions {
        @Option(help: "How it is doing, in a word.")
        var status: String?

        var values: [(name: String, value: JSON)] { status.map { [("status", .string($0))] } ?? [] }
    }
}

/// `oc cleanup`
enum CleanupVerb: ActionVerb {
    static let verb = "cleanup"
    static let abstract = "Removes what instances that failed have left."
    typealias Options = NoActionOptions
}

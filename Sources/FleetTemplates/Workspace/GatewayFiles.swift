import CraneAPI
import Crypto
import JSONValue

/// Everything that is written into a machine before its gateway starts: `openclaw.json` and each agent's workspace.
public struct GatewayFiles: Sendable, Hashable {
    /// What has to be known of a tenant.
    public struct Source: Sendable, Hashable {
        /// The fleet's name for people.
        public var displayName: String
        /// The owner's address.
        public var owner: String
        /// The agents.
        public var fleet: FleetPlan
        /// Chat channels to connect; the first agent serves them.
        public var channels: [Channel] = []
        /// The tenant's own settings, laid over the platform's.
        public var overrides: JSON = [:]
        /// Where the gateway listens.
        public var port: Int
        /// `loopback` or `lan`.
        public var bind: String
        /// The model proxy, when there is one.
        public var modelProxy: String?

        /// A source without channels and overrides.
        public init(displayName: String, owner: String, fleet: FleetPlan, port: Int, bind: String) {
            self.displayName = displayName
            self.owner = owner
            self.fleet = fleet
            self.port = port
            self.bind = bind
        }
    }

    /// Text by path, relative to the gateway's state directory.
    public let files: [String: String]
    /// Paths of overrides that were refused, sorted.
    public let refused: [String]

    /// Renders them. The same source gives the same bytes.
    public init(_ source: Source) {
        let merged = ConfigMerge.merge(source.overrides, over: Self.configuration(source), protecting: Self.protected)
        var files = ["openclaw.json": merged.config.text(pretty: true)]
        for agent in source.fleet.agents {
            let workspace = AgentWorkspace(agent: agent, of: source.fleet.agents, tenant: source.displayName, owner: source.owner)
            for (name, text) in workspace.files { files["\(Self.workspace(of: agent.name))/\(name)"] = text }
        }
        self.files = files
        refused = merged.refused.map { $0.joined(separator: ".") }.sorted()
    }

    /// A fingerprint of all files: lower-case hexadecimal SHA-256 over the canonical JSON object of texts by path. The program that writes
    /// the files reports the fingerprint of what it wrote.
    public var digest: String { Self.digest(of: files) }

    /// The fingerprint of files.
    public static func digest(of files: [String: String]) -> String {
        Digests.hexadecimal(SHA256.hash(data: JSON.object(files.mapValues { .string($0) }).serialized()))
    }

    /// The directory of an agent's workspace below the state directory, as the gateway itself names it.
    public static func workspace(of agent: String) -> String { "workspace-\(agent)" }

    private static let protected = ConfigMerge.protectedPaths + [["agents", "list"], ["agents", "entries"]]

    private static func configuration(_ source: Source) -> JSON {
        var config: JSON = [
            "gateway": [
                "mode": "local", "port": .integer(Int64(source.port)), "bind": .string(source.bind),
                "auth": ["mode": "token", "token": "${OPENCLAW_GATEWAY_TOKEN}"],
            ],
            "agents": ["defaults": ["skipBootstrap": true], "list": .array(source.fleet.agents.enumerated().map(entry))],
        ]
        if let proxy = source.modelProxy {
            config["models"] = [
                "mode": "merge",
                "providers": [
                    "litellm-proxy": [
                        "baseUrl": .string(proxy), "apiKey": "${LITELLM_API_KEY}", "api": "openai-completions", "models": [],
                    ]
                ],
            ]
        }
        for channel in source.channels {
            var settings = channel.config?.objectValue ?? [:]
            if settings["enabled"] == nil { settings["enabled"] = true }
            config[at: ["channels", channel.adapter]] = .object(settings)
        }
        return config
    }

    private static func entry(_ position: Int, _ agent: FleetTemplate.Agent) -> JSON {
        var entry: JSON = ["id": .string(agent.name), "workspace": .string("${OPENCLAW_STATE_DIR}/\(workspace(of: agent.name))")]
        if position == 0 { entry["default"] = true }
        if let every = agent.heartbeat?.every {
            entry["heartbeat"] = ["every": .string(every), "target": .string(agent.heartbeat?.target ?? "last")]
        }
        return entry
    }
}

/// Fingerprints as text.
enum Digests {
    /// Lower-case hexadecimal digits, two a byte.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

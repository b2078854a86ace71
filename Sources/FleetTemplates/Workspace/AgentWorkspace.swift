import CraneAPI

/// The files an agent of a fleet begins with.
public struct AgentWorkspace: Sendable, Hashable {
    /// The names of the files that a gateway writes and reads by `agents.files.*`, in the order they are written.
    public static let fileNames = [
        "AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "MEMORY.md", "BOOTSTRAP.md",
    ]

    /// Text by file name.
    public let files: [String: String]

    /// The files of one agent of a fleet.
    ///
    /// - Parameters:
    ///   - agent: whose files.
    ///   - fleet: the agents it works with; the first one leads, and alone has a `BOOTSTRAP.md`.
    ///   - tenant: the fleet's name for people.
    ///   - owner: the owner's address.
    ///   - tools: settings for `TOOLS.md`.
    public init(agent: FleetTemplate.Agent, of fleet: [FleetTemplate.Agent], tenant: String, owner: String, tools: ToolsFile = ToolsFile())
    {
        var files = [
            "AGENTS.md": Self.rules(agent, of: fleet),
            "SOUL.md": Self.page("Soul", agent.soul ?? Self.defaultSoul),
            "TOOLS.md": tools.text,
            "IDENTITY.md": Self.page("Identity", agent.identity ?? Self.identity(agent)),
            "USER.md": Self.page("User", "- Team: \(Self.line(tenant))\n- Mail: \(Self.line(owner))"),
            "HEARTBEAT.md": agent.checklist.map { Self.page("Heartbeat", $0) } ?? "# Heartbeat\n",
            "MEMORY.md": "# Memory\n",
        ]
        if agent.name == fleet.first?.name { files["BOOTSTRAP.md"] = Self.page("First run", Self.firstRun(fleet)) }
        self.files = files
    }

    private static let defaultSoul =
        "Be helpful, exact and brief. Say what you do not know. Ask before you do something that cannot be undone."

    private static func rules(_ agent: FleetTemplate.Agent, of fleet: [FleetTemplate.Agent]) -> String {
        let others = fleet.filter { $0.name != agent.name }.map { "- `\($0.name)`: \(line($0.role))" }
        var text = """
            # Working in this workspace

            - You are `\(agent.name)`, \(line(agent.role)), in a fleet that OpenCrane runs.
            - Everything below the workspace outlives a restart. Everything below /tmp does not.
            - Never write credentials into the workspace or into a message.
            - A refused connection is a rule of the network's, not an obstacle to work around.

            """
        if let duties = agent.duties { text += "\n## Your work\n\n\(duties)\n" }
        if !others.isEmpty { text += "\n## The others\n\n\(others.joined(separator: "\n"))\n" }
        return text
    }

    private static func identity(_ agent: FleetTemplate.Agent) -> String {
        var lines = ["- Name: \(agent.name)", "- Role: \(line(agent.role))"]
        if let emoji = agent.emoji { lines.append("- Emoji: \(line(emoji))") }
        return lines.joined(separator: "\n")
    }

    private static func firstRun(_ fleet: [FleetTemplate.Agent]) -> String {
        guard fleet.count > 1 else { return "Introduce yourself to your owner in two sentences, and ask what to begin with." }
        return "Introduce yourself and the \(fleet.count - 1) agents you lead to your owner, a line each, and ask what to begin with."
    }

    private static func page(_ title: String, _ text: String) -> String { "# \(title)\n\n\(text)\n" }

    /// A value within a line: an owner's text must not begin a line of its own, which a reader of the file would take for the platform's.
    private static func line(_ text: String) -> String {
        String(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}

import FleetTemplates
import Foundation
import JSONValue
import Projection

/// The files of agents that the platform makes.
struct AgentFiles: Sendable, Hashable {
    /// The name of the file with an agent's token.
    static let tools = "TOOLS.md"
    /// Files that an agent goes on writing itself, and keeps.
    static let notes: Set<String> = ["USER.md", "MEMORY.md"]

    /// The fleet's name for people.
    var team: String
    /// The owner's address.
    var owner: String
    /// The platform's API as agents reach it; nil leaves it out.
    var baseURL: String?

    /// The files of an agent.
    ///
    /// - Parameters:
    ///   - agent: whose.
    ///   - token: its token; nil leaves ``tools`` out.
    ///   - isFirst: whether it is to introduce itself, for which there is a file of its own. Default: no.
    /// - Returns: texts by name, in the names a gateway takes.
    /// - Throws: `ToolsFileError` when a value cannot be written.
    func render(_ agent: AgentRow, token: AgentToken? = nil, isFirst: Bool = false) throws(ToolsFileError) -> [String: String] {
        let profile = IdentityProfile(stored: agent.identityProfile)
        let name = Self.line(agent.name)
        let member = FleetTemplate.Agent(
            name: name,
            role: profile["role"].map(Self.line) ?? "Generalist",
            emoji: Self.line(profile["emoji"] ?? ":gear:"),
            identity: Self.identity(name, profile, agent.identityTemplate),
            soul: agent.soulTemplate,
            duties: Self.duties(profile),
            checklist: agent.heartbeat == nil
                ? nil
                : "- Tell the platform that you are there: POST /api/v1/agent/heartbeat, as TOOLS.md says. Then look after your tasks."
        )
        var tools = ToolsFile()
        if let token { tools = try ToolsFile(settings(agent, name, token)) }
        var files = AgentWorkspace(agent: member, of: isFirst ? [member] : [], tenant: team, owner: owner, tools: tools).files
        if token == nil { files[Self.tools] = nil }
        return files
    }

    private func settings(_ agent: AgentRow, _ name: String, _ token: AgentToken) -> [ToolsFile.Name: String] {
        var settings: [ToolsFile.Name: String] = [
            .authToken: token.text, .agentName: name, .agentID: agent.id.text,
            .boardID: agent.boardID.text,
        ]
        settings[.baseURL] = baseURL.map(Self.line)
        settings[.workspacePath] = agent.workspacePath.map(Self.line)
        settings[.workspaceRoot] = agent.workspacePath.flatMap(WorkspacePath.parent).map(Self.line)
        return settings
    }

    private static func identity(_ name: String, _ profile: IdentityProfile, _ template: String?) -> String {
        let usual = ["role": "Generalist", "communication_style": "direct, concise", "emoji": ":gear:"]
        let known = ["role", "communication_style", "emoji", "autonomy_level", "verbosity", "output_format", "update_cadence", "purpose"]
        let others = profile.texts.keys.filter { !known.contains($0) && !["personality", "custom_instructions"].contains($0) }.sorted()
        let lines = (known + others + ["personality"]).compactMap { member in
            (profile[member] ?? usual[member]).map { "- \(title(member)): \(line($0))" }
        }
        return (["- Name: \(name)"] + lines).joined(separator: "\n") + (template.map { "\n\n\($0)" } ?? "")
    }

    private static func duties(_ profile: IdentityProfile) -> String {
        let call = "Your credentials for the platform's API are in TOOLS.md. Call POST /api/v1/agent/heartbeat when you are woken."
        return profile["custom_instructions"].map { "\($0)\n\n\(call)" } ?? call
    }

    /// `autonomy_level` as people write it.
    private static func title(_ member: String) -> String {
        let words = line(member).split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// A value within a line: what somebody says must not begin a line of its own, or end a setting.
    private static func line(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append(" ")
            default: result.unicodeScalars.append(scalar == "`" ? "'" : scalar)
            }
        }
        return result
    }
}

/// Paths on a gateway's machine, which is not this one.
enum WorkspacePath {
    /// The directory of an agent's files.
    ///
    /// - Parameters:
    ///   - key: what the agent is called there.
    ///   - root: the gateway's directory of workspaces.
    static func of(_ key: String, in root: String) -> String { "\(root == "/" ? "" : root)/workspace-\(key)" }

    /// The directory that a path is in; nil when it is in none.
    static func parent(of path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard path.hasPrefix("/"), parts.count > 1 else { return nil }
        return "/" + parts.dropLast().joined(separator: "/")
    }
}

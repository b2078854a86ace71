/// The `TOOLS.md` of an agent that calls the platform: notes for the agent, and settings that programs read back.
///
/// One grammar serves writer and reader. A setting is a line ``- `NAME=value` ``: a hyphen, a space, and between back quotes a name of
/// capitals, digits and underscores, an equals sign and a value without back quotes and line ends. Every other line is a note.
public struct ToolsFile: Sendable, Hashable {
    /// The settings that there can be, in the order they are written.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        /// Where the platform's API is.
        case baseURL = "BASE_URL"
        /// What the agent calls it with.
        case authToken = "AUTH_TOKEN"
        /// The agent's name for people.
        case agentName = "AGENT_NAME"
        /// The agent's id at the platform.
        case agentID = "AGENT_ID"
        /// The board the agent works on.
        case boardID = "BOARD_ID"
        /// Where the workspaces of all agents are.
        case workspaceRoot = "WORKSPACE_ROOT"
        /// Where this agent's is.
        case workspacePath = "WORKSPACE_PATH"
    }

    /// The settings.
    public private(set) var settings: [Name: String] = [:]

    /// A file without settings.
    public init() {}

    /// A file with settings.
    ///
    /// - Throws: ``ToolsFileError`` when a value has a back quote or a line end, which no line can hold.
    public init(_ settings: [Name: String]) throws(ToolsFileError) {
        for (name, value) in settings {
            guard !value.unicodeScalars.contains(where: { $0 == "`" || $0.properties.generalCategory == .control }) else {
                throw ToolsFileError(name: name)
            }
        }
        self.settings = settings
    }

    /// Reads the settings of a text, whatever else is in it. The last one of a name counts; names that are not known are left out.
    public init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard line.hasPrefix("- `"), line.hasSuffix("`"), line.count >= 4 else { continue }
            let setting = line.dropFirst(3).dropLast()
            guard let sign = setting.firstIndex(of: "="), let name = Name(rawValue: String(setting[..<sign])) else { continue }
            let value = setting[setting.index(after: sign)...]
            guard !value.contains("`") else { continue }
            settings[name] = String(value)
        }
    }

    /// The file's text.
    public var text: String {
        let lines = Name.allCases.compactMap { name in settings[name].map { "- `\(name.rawValue)=\($0)`" } }
        return """
            # Tools

            - MCP servers are reached through the platform's gateway only; what you may use is listed there.
            - Skills come from the platform's registry, checked by digest.
            - Language models are reached through the model proxy, where the budget is kept.
            \(lines.isEmpty ? "" : """

            ## The platform's API

            Call it with `curl` and read answers with `jq`. Send the token as the header `X-Agent-Token`; show it to nobody. The operations are
            described at `/openapi.json` below the address.

            \(lines.joined(separator: "\n"))

            """)
            """
    }
}

/// Why a value cannot be written into `TOOLS.md`.
public struct ToolsFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `tools_value_invalid`.
    public let code = "tools_value_invalid"
    /// Whose value it is; the value itself may be secret.
    public let name: ToolsFile.Name

    /// What is wrong, for people.
    public var description: String { "\(code): The value of \(name.rawValue) has a back quote or a control character." }
}

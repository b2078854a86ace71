import JSONValue
import OpenClawGateway

/// The agents of a configuration, in either of the two forms there have been.
struct AgentTable: Sendable {
    struct Entry: Sendable, Hashable {
        var id: String
        var name: String?
        var workspace: String
        var isDefault: Bool
        var settings: JSON
    }

    /// The agents; one called `main` when the configuration has none.
    let entries: [Entry]
    private let isKeyed: Bool

    init(_ config: JSON) {
        let common = config[at: ["agents", "defaults", "workspace"]]?.stringValue
        if let keyed = config[at: ["agents", "entries"]]?.objectValue {
            isKeyed = true
            entries = keyed.sorted { $0.key < $1.key }.map { Self.entry($0.key, $0.value, common) }
        } else {
            isKeyed = false
            let list = config[at: ["agents", "list"]]?.arrayValue ?? []
            let named = list.compactMap { entry in entry["id"]?.stringValue.map { Self.entry($0, entry, common) } }
            entries = named.isEmpty ? [Self.entry(GatewayAgentID.main, [:], common)] : named
        }
    }

    private static func entry(_ id: String, _ settings: JSON, _ common: String?) -> Entry {
        let usual = id == GatewayAgentID.main ? common ?? "~/.openclaw/workspace" : "~/.openclaw/workspace-\(id)"
        return Entry(
            id: id,
            name: settings["name"]?.stringValue,
            workspace: settings["workspace"]?.stringValue ?? usual,
            isDefault: settings["default"]?.boolValue ?? false,
            settings: settings
        )
    }

    /// The agent that is meant when none is named.
    var defaultID: String { entries.first { $0.isDefault }?.id ?? entries.first?.id ?? GatewayAgentID.main }

    subscript(_ id: String) -> Entry? { entries.first { $0.id == id } }

    /// The configuration with an agent changed, added, or, with `nil`, taken out.
    func configuration(_ config: JSON, setting id: String, to settings: JSON?) -> JSON {
        var config = config
        if isKeyed {
            config[at: ["agents", "entries", id]] = settings
            return config
        }
        var list = config[at: ["agents", "list"]]?.arrayValue ?? []
        let index = list.firstIndex { $0["id"]?.stringValue == id }
        switch (index, settings) {
        case (let index?, let settings?): list[index] = settings
        case (let index?, nil): list.remove(at: index)
        case (nil, let settings?): list.append(settings)
        case (nil, nil): break
        }
        config[at: ["agents", "list"]] = .array(list)
        return config
    }
}

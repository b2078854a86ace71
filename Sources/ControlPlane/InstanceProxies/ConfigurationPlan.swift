import JSONValue

/// What the settings of an instance ask of its gateway's configuration. Pure.
struct ConfigurationPlan: Sendable, Hashable {
    /// A part of the settings.
    enum Part: Sendable, CaseIterable {
        /// `model_policy`: which models are used.
        case models
        /// `platform.skills`.
        case skills
        /// `platform.channels`.
        case channels
        /// `platform.integrations`.
        case integrations

        /// The section of the gateway's configuration that it is about.
        var section: String {
            switch self {
            case .models: "agents"
            case .skills: "skills"
            case .channels: "channels"
            case .integrations: "plugins"
            }
        }
    }

    /// What a gateway shows in the place of a secret.
    static let redacted: JSON = "__OPENCLAW_REDACTED__"

    private let settings: JSON
    private let parts: Set<Part>
    private let applied: AppliedShape

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - settings: `agent_config` of the instance.
    ///   - parts: what of it counts; default all.
    ///   - applied: what the gateway was given before; default nothing.
    init(_ settings: JSON, parts: Set<Part> = Set(Part.allCases), applied: AppliedShape = .empty) {
        self.settings = settings
        self.parts = parts
        self.applied = applied.only(Set(parts.map(\.section)))
    }

    /// What a gateway has once the settings were brought to it.
    var shape: AppliedShape { AppliedShape(of: asked(over: [:])) }

    /// The merge patch (RFC 7386) that brings a configuration to the settings; an empty object when nothing is to be done.
    ///
    /// - Parameters:
    ///   - current: the configuration, without its secrets.
    ///   - knowsSecrets: whether the gateway is known to have the settings' secrets: they cannot be compared.
    func patch(of current: JSON, knowsSecrets: Bool) -> JSON {
        Self.difference(wanted(over: current), current, knowsSecrets) ?? [:]
    }

    /// The whole of what the settings ask for, whether it is there or not.
    func everything(over current: JSON) -> JSON { wanted(over: current) }

    /// The part of a patch that changes something; an empty object when none does.
    static func effective(_ patch: JSON, of current: JSON, knowsSecrets: Bool) -> JSON { difference(patch, current, knowsSecrets) ?? [:] }

    /// The paths of the arrays of a patch that take the place of what is there, and may be shorter. Those whose elements have ids are merged by
    /// them.
    static func arrays(of patch: JSON, at path: String = "") -> [String] {
        if let elements = patch.arrayValue { return hasIDs(elements) ? [] : [path] }
        return (patch.objectValue ?? [:]).sorted { $0.key < $1.key }.flatMap { key, value in
            arrays(of: value, at: path.isEmpty ? key : "\(path).\(key)")
        }
    }

    private func wanted(over current: JSON) -> JSON {
        let asked = asked(over: current)
        return Self.joined(asked, applied.removals(asked))
    }

    /// Two patches as one: `MergePatch.apply` would carry out the nulls.
    private static func joined(_ first: JSON, _ second: JSON) -> JSON {
        guard let left = first.objectValue, let right = second.objectValue else { return second }
        return .object(left.merging(right) { joined($0, $1) })
    }

    private func asked(over current: JSON) -> JSON {
        var patch: JSON = [:]
        if parts.contains(.models), let policy = settings["model_policy"] { Self.add(models: policy, to: &patch, over: current) }
        let platform = settings["platform"]
        if parts.contains(.channels), let channels = platform?["channels"]?.objectValue, !channels.isEmpty {
            patch["channels"] = .object(channels)
        }
        if parts.contains(.skills), let skills = platform?["skills"]?.arrayValue {
            let entries = Self.entries(skills, over: current[at: ["skills", "entries"]])
            if !entries.isEmpty { patch[at: ["skills", "entries"]] = .object(entries) }
        }
        if parts.contains(.integrations), let integrations = platform?["integrations"]?.arrayValue {
            let entries = Self.entries(integrations, over: current[at: ["plugins", "entries"]])
            if !entries.isEmpty { patch[at: ["plugins", "entries"]] = .object(entries) }
        }
        return patch
    }

    private static func add(models policy: JSON, to patch: inout JSON, over current: JSON) {
        if let primary = policy["primary"] { patch[at: ["agents", "defaults", "model", "primary"]] = primary }
        if let fallbacks = policy["fallbacks"] { patch[at: ["agents", "defaults", "model", "fallbacks"]] = fallbacks }
        // An empty list allows all, and so does a gateway without one.
        guard let allowed = policy["allowed"]?.arrayValue?.compactMap(\.stringValue) else { return }
        let there = current[at: ["agents", "defaults", "models"]]?.objectValue ?? [:]
        var models: [String: JSON] = [:]
        for name in allowed { models[name] = there[name] ?? [:] }
        for name in there.keys where models[name] == nil { models[name] = .null }
        if !models.isEmpty { patch[at: ["agents", "defaults", "models"]] = .object(models) }
    }

    /// The entries that a list of names, or of objects with a name and settings, stands for. What is there and not in the list is turned off.
    private static func entries(_ list: [JSON], over current: JSON?) -> [String: JSON] {
        var entries: [String: JSON] = [:]
        for item in list {
            guard let name = item.stringValue ?? ["id", "name", "slug"].lazy.compactMap({ item[$0]?.stringValue }).first, !name.isEmpty
            else { continue }
            var entry: JSON = ["enabled": .bool(item["enabled"]?.boolValue ?? true)]
            if let config = item["config"], config.objectValue != nil { entry["config"] = config }
            entries[name] = entry
        }
        for (name, entry) in current?.objectValue ?? [:] where entries[name] == nil && entry["enabled"]?.boolValue != false {
            entries[name] = ["enabled": false]
        }
        return entries
    }

    /// The part of a patch that changes something; `nil` when none does.
    private static func difference(_ wanted: JSON, _ current: JSON?, _ knowsSecrets: Bool) -> JSON? {
        if wanted.isNull { return current == nil ? nil : wanted }
        // Somebody stored what a gateway shows: that is no secret to write.
        if wanted == redacted { return nil }
        if let elements = wanted.arrayValue, let there = current?.arrayValue, hasIDs(elements), hasIDs(there) {
            let isThere = elements.allSatisfy { element in
                there.first { $0["id"] == element["id"] }.map { difference(element, $0, knowsSecrets) == nil } ?? false
            }
            return isThere ? nil : wanted
        }
        guard let members = wanted.objectValue else {
            if current == redacted, wanted.stringValue != nil { return knowsSecrets ? nil : wanted }
            return wanted == current ? nil : wanted
        }
        var changed: [String: JSON] = [:]
        for (key, value) in members {
            if let part = difference(value, current?[key], knowsSecrets) { changed[key] = part }
        }
        if changed.isEmpty, current?.objectValue != nil || (current == nil && onlyRemoves(wanted)) { return nil }
        // What is not an object there is replaced by one, an empty one included.
        return .object(changed)
    }

    private static func onlyRemoves(_ patch: JSON) -> Bool {
        guard let members = patch.objectValue else { return patch.isNull }
        return !members.isEmpty && members.values.allSatisfy(onlyRemoves)
    }

    private static func hasIDs(_ elements: [JSON]) -> Bool { !elements.isEmpty && elements.allSatisfy { $0["id"]?.stringValue != nil } }
}

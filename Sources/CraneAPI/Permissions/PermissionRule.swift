import JSONValue

/// One right of one of the programs in Kubernetes.
public struct PermissionRule: Sendable, Hashable {
    /// API groups; the empty name is the core group.
    public var groups: [String]
    /// Resources, with subresources if any (`tenants/status`).
    public var resources: [String]
    /// Names of the only objects that it is for; empty means all.
    public var names: [String]
    /// Verbs of the API.
    public var verbs: [String]
    /// What it is needed for.
    public var purpose: String

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - groups: API groups; the empty name is the core group.
    ///   - resources: resources, with subresources if any.
    ///   - names: names of the only objects that it is for. Default none, which means all.
    ///   - verbs: verbs of the API.
    ///   - purpose: what it is needed for.
    public init(groups: [String], resources: [String], names: [String] = [], verbs: [String], purpose: String) {
        self.groups = groups
        self.resources = resources
        self.names = names
        self.verbs = verbs
        self.purpose = purpose
    }

    /// Whether a request is covered, on some object at least.
    public func allows(verb: String, group: String, resource: String) -> Bool {
        verbs.contains(verb) && groups.contains(group) && resources.contains(resource)
    }

    /// The rule as it stands in a Role or ClusterRole.
    public var json: JSON {
        var rule: JSON = ["apiGroups": Self.list(groups), "resources": Self.list(resources), "verbs": Self.list(verbs)]
        if !names.isEmpty { rule["resourceNames"] = Self.list(names) }
        return rule
    }

    private static func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}

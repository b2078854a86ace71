import JSONValue

/// One rule of a Role or ClusterRole (`rbac.authorization.k8s.io/v1`).
struct PolicyRule: Sendable, Hashable {
    var verbs: [String] = []
    var apiGroups: [String] = []
    /// Resources, and subresources as `tenants/status` or `*/status`.
    var resources: [String] = []
    /// Empty: all objects.
    var resourceNames: [String] = []
    /// Paths; one that ends with `*` means all that begin with the rest.
    var nonResourceURLs: [String] = []

    init(verbs: [String], apiGroups: [String], resources: [String], resourceNames: [String] = []) {
        self.verbs = verbs
        self.apiGroups = apiGroups
        self.resources = resources
        self.resourceNames = resourceNames
    }

    init(_ json: JSON) {
        func list(_ member: String) -> [String] { (json[member]?.arrayValue ?? []).compactMap { $0.stringValue } }
        verbs = list("verbs")
        apiGroups = list("apiGroups")
        resources = list("resources")
        resourceNames = list("resourceNames")
        nonResourceURLs = list("nonResourceURLs")
    }

    /// What grants everything.
    static let everything: [PolicyRule] = {
        var paths = PolicyRule(verbs: ["*"], apiGroups: [], resources: [])
        paths.nonResourceURLs = ["*"]
        return [PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), paths]
    }()

    /// The rules of a role.
    static func rules(_ role: JSON) -> [PolicyRule] { (role["rules"]?.arrayValue ?? []).map { PolicyRule($0) } }

    /// Whether the rule grants a request.
    func allows(_ asked: AccessAttributes) -> Bool {
        guard Self.matches(verbs, asked.verb) else { return false }
        if let path = asked.path { return nonResourceURLs.contains { Self.matches(path: path, $0) } }
        return Self.matches(apiGroups, asked.group) && matchesResource(asked)
            && (resourceNames.isEmpty || resourceNames.contains(asked.name))
    }

    private func matchesResource(_ asked: AccessAttributes) -> Bool {
        if resources.contains("*") || resources.contains(asked.qualifiedResource) { return true }
        return !asked.subresource.isEmpty && resources.contains("*/" + asked.subresource)
    }

    private static func matches(_ list: [String], _ value: String) -> Bool { list.contains(value) || list.contains("*") }

    private static func matches(path: String, _ pattern: String) -> Bool {
        if pattern == path { return true }
        return pattern.hasSuffix("*") && path.hasPrefix(pattern.dropLast())
    }
}

/// Which rules are within others: nobody may grant what he does not have.
extension PolicyRule {
    /// The rule as rules of one verb, group, resource and name each.
    var single: [PolicyRule] {
        var result: [PolicyRule] = []
        for verb in verbs {
            for group in apiGroups {
                for resource in resources {
                    let names = resourceNames.isEmpty ? [[]] : resourceNames.map { [$0] }
                    for name in names {
                        result.append(PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: name))
                    }
                }
            }
            for url in nonResourceURLs {
                var rule = PolicyRule(verbs: [verb], apiGroups: [], resources: [])
                rule.nonResourceURLs = [url]
                result.append(rule)
            }
        }
        return result
    }

    /// Whether everything that a single rule grants is granted by this one.
    func covers(_ single: PolicyRule) -> Bool {
        guard single.verbs.allSatisfy({ Self.matches(verbs, $0) }) else { return false }
        if let url = single.nonResourceURLs.first {
            return nonResourceURLs.contains { $0 == url || $0.hasSuffix("*") && url.hasPrefix($0.dropLast()) }
        }
        guard let resource = single.resources.first, single.apiGroups.allSatisfy({ Self.matches(apiGroups, $0) }) else { return false }
        let sub = resource.split(separator: "/", maxSplits: 1).dropFirst().first
        guard resources.contains("*") || resources.contains(resource) || sub.map({ resources.contains("*/" + $0) }) ?? false else {
            return false
        }
        return resourceNames.isEmpty || !single.resourceNames.isEmpty && single.resourceNames.allSatisfy(resourceNames.contains)
    }

    /// The rule as messages of the API server show it.
    var text: String {
        var parts: [String] = []
        for (name, values) in [
            ("APIGroups", apiGroups), ("Resources", resources), ("NonResourceURLs", nonResourceURLs), ("ResourceNames", resourceNames),
            ("Verbs", verbs),
        ] where !values.isEmpty {
            parts.append("\(name):[" + values.map { "\"\($0)\"" }.joined(separator: " ") + "]")
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    var json: JSON {
        var rule: [String: JSON] = ["verbs": .array(verbs.map { .string($0) })]
        for (name, values) in [
            ("apiGroups", apiGroups), ("resources", resources), ("resourceNames", resourceNames), ("nonResourceURLs", nonResourceURLs),
        ] { rule.setUnlessEmpty(name, .array(values.map { .string($0) })) }
        return .object(rule)
    }
}

/// A label selector within an object (`metav1.LabelSelector`). An empty one matches everything.
public struct LabelSelector: Codable, Sendable, Hashable {
    /// Labels that must be there with these values.
    public var matchLabels: [String: String]?
    /// Further requirements; all must hold.
    public var matchExpressions: [LabelSelectorRequirement]?

    /// Makes a selector.
    public init(matchLabels: [String: String]? = nil, matchExpressions: [LabelSelectorRequirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    /// Whether it selects an object with these labels. An unknown operator selects nothing.
    public func matches(_ labels: [String: String]) -> Bool {
        (matchLabels ?? [:]).allSatisfy { labels[$0.key] == $0.value }
            && (matchExpressions ?? []).allSatisfy { $0.matches(labels) }
    }

    /// The query-string form, as `kubectl -l` takes it.
    public var queryText: String {
        let equalities = (matchLabels ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return (equalities + (matchExpressions ?? []).map(\.queryText)).joined(separator: ",")
    }
}

/// One requirement of a label selector (`metav1.LabelSelectorRequirement`).
public struct LabelSelectorRequirement: Codable, Sendable, Hashable {
    /// The label.
    public var key: String
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    public var `operator`: String
    /// The values of `In` and `NotIn`.
    public var values: [String]?

    /// Makes a requirement.
    public init(key: String, operator: String, values: [String]? = nil) {
        self.key = key
        self.operator = `operator`
        self.values = values
    }

    func matches(_ labels: [String: String]) -> Bool {
        let value = labels[key]
        return switch self.operator {
        case "In": value.map { (values ?? []).contains($0) } ?? false
        case "NotIn": !(value.map { (values ?? []).contains($0) } ?? false)
        case "Exists": value != nil
        case "DoesNotExist": value == nil
        default: false
        }
    }

    var queryText: String {
        switch self.operator {
        case "In": "\(key) in (\((values ?? []).sorted().joined(separator: ",")))"
        case "NotIn": "\(key) notin (\((values ?? []).sorted().joined(separator: ",")))"
        case "DoesNotExist": "!\(key)"
        default: key
        }
    }
}

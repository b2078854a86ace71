import JSONValue

/// A change between two versions of something that others rely on.
struct Finding: Hashable, CustomStringConvertible {
    /// What kind of change it is.
    enum Rule: String, CaseIterable {
        // Schemas.
        case memberRemoved, memberRequired, memberNotRequired, typeChanged, enumNarrowed, enumWidened, enumAdded, formatChanged,
            patternChanged
        case boundTightened, multipleChanged, uniquenessAdded, defaultChanged, ruleAdded, unknownMembersRefused, unknownMembersTyped
        case listChanged, alternativesChanged, nullRefused, nullAllowed
        // Definitions.
        case groupChanged, scopeChanged, namesChanged, aliasRemoved, versionRemoved, storageChanged, subresourceChanged, columnRemoved
        // REST documents.
        case operationRemoved, operationRenamed, parameterRemoved, parameterRequired, bodyRequired, contentRemoved, answerRemoved
        case headerRemoved, accessNarrowed, addressChanged
    }

    var rule: Rule
    /// Where it is, such as `v1alpha1 .spec.team`.
    var place: String
    /// What has changed.
    var message: String
    /// Whether it is only told, and breaks nothing by itself.
    var isWarning = false

    var description: String { "\(isWarning ? "warning" : "breaking"): \(place): \(message) (\(rule.rawValue))" }
}

/// Collects findings.
struct Findings {
    private(set) var all: [Finding] = []

    /// Those that break somebody.
    var breaking: [Finding] { all.filter { !$0.isWarning } }

    mutating func add(_ rule: Finding.Rule, _ place: String, _ message: String, isWarning: Bool = false) {
        let finding = Finding(rule: rule, place: place, message: message, isWarning: isWarning)
        if !all.contains(finding) { all.append(finding) }
    }

    mutating func add(_ others: [Finding]) { for finding in others where !all.contains(finding) { all.append(finding) } }
}

extension JSON {
    /// The members of an object, by name; none for anything else.
    var members: [(key: String, value: JSON)] { (objectValue ?? [:]).sorted { $0.key < $1.key } }
    /// The texts of an array.
    var texts: [String] { (arrayValue ?? []).compactMap(\.stringValue) }
}

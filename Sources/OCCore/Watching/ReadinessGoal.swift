import JSONValue

/// What is waited for.
enum ReadinessGoal: Sendable, Hashable {
    /// The object does what it should.
    case ready
    /// The object does not exist.
    case gone
    /// A condition has a status, as in `condition=Ready=True`.
    case condition(type: String, status: String)
    /// A member has a value, as in `phase=Running`.
    case member(path: [String], value: String)

    /// Reads what `--for` says: `ready`, `delete`, `condition=TYPE[=STATUS]`, `phase=VALUE` or `jsonpath=.path=VALUE`.
    ///
    /// - Throws: ``OCError`` (usage).
    init(_ text: String) throws(OCError) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("ready", 1): self = .ready
        case ("delete", 1), ("gone", 1): self = .gone
        case ("condition", 2...3) where !parts[1].isEmpty: self = .condition(type: parts[1], status: parts.count == 3 ? parts[2] : "True")
        case ("jsonpath", 3):
            let path = parts[1].trimmingBraces.split(separator: ".").map(String.init)
            guard !path.isEmpty else { throw Self.unreadable(text) }
            self = .member(path: path, value: parts[2])
        case (let member, 2) where !member.isEmpty && member != "condition":
            self = .member(path: member.split(separator: ".").map(String.init), value: parts[1])
        default: throw Self.unreadable(text)
        }
    }

    private static func unreadable(_ text: String) -> OCError {
        OCError(
            .usage,
            code: "BAD_USAGE",
            "\"\(text)\" says nothing to wait for",
            details: ["For instance: ready, delete, condition=Ready, phase=Running, jsonpath={.ingressHost}=mia.example.com"]
        )
    }

    /// How it is said that it has come about.
    var past: String {
        switch self {
        case .ready: "is ready"
        case .gone: "is gone"
        case .condition, .member: "condition met"
        }
    }
}

extension String {
    /// The text without `{` and `}` around it.
    fileprivate var trimmingBraces: String { hasPrefix("{") && hasSuffix("}") ? String(dropFirst().dropLast()) : self }
}

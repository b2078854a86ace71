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
        let parts = text.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("ready", 1): self = .ready
        case ("delete", 1), ("gone", 1): self = .gone
        case ("condition", 2...3) where !parts[1].isEmpty: self = .condition(type: parts[1], status: parts.count == 3 ? parts[2] : "True")
        case ("jsonpath", 3):
            let path = parts[1].trimmingBraces.split(separator: ".").map(String.init)
            guard !path.isEmpty else { throw Self.unreadable(text) }
            self = .member(path: path, value: parts[2])
        case (let member, 2...3) where !member.isEmpty && member != "condition" && member != "jsonpath":
            self = .member(path: member.split(separator: ".").map(String.init), value: parts.dropFirst().joined(separator: "="))
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

    /// How far an object is from what is waited for.
    enum Distance: Sendable, Hashable {
        /// It has come about.
        case met
        /// It has not; the text says how it is instead.
        case unmet(String)
        /// The object has nothing of that name; the text says so.
        case unknown(String)

        /// How it is instead.
        var text: String {
            switch self {
            case .met: "it is as wanted"
            case .unmet(let text), .unknown(let text): text
            }
        }
    }

    /// How far an object is.
    ///
    /// - Parameter object: the object, where the state was read from its status.
    func distance(of state: ObjectState, object: JSON?) -> Distance {
        switch self {
        case .ready: return state.isReady ? .met : .unmet("it is \(state.phase)")
        case .gone: return .unmet("it is still there, and \(state.phase)")
        case .condition(let name, let status):
            guard !state.conditions.isEmpty else { return .unmet("it has no conditions so far") }
            // As kubectl does, which knows no difference between upper and lower case here.
            guard let found = state.conditions.first(where: { $0.type.lowercased() == name.lowercased() }) else {
                return .unknown("it has no condition \(name) so far; it has \(state.conditions.map(\.type).joined(separator: ", "))")
            }
            if found.status.lowercased() == status.lowercased() { return .met }
            return .unmet("condition \(found.type) is \(found.status), not \(status)")
        case .member(let path, let value):
            let name = path.joined(separator: ".")
            guard let found = state.source[at: path] ?? object?[at: path], !found.isNull else {
                return .unknown("it has no \(name) so far")
            }
            let text = found.stringValue ?? found.text()
            return text == value ? .met : .unmet("\(name) is \(text), not \(value)")
        }
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

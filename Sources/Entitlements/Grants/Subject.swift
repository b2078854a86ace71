/// Whom a grant is for.
public enum Subject: Sendable, Hashable {
    /// Everybody on the platform.
    case everyone
    /// The tenants of a department: those whose `spec.team` is this name.
    case department(String)
    /// The members of a group, by the group's id.
    case group(String)
    /// One tenant, by its name.
    case tenant(String)
    /// One person, by the stable name that the identity provider vouches for; see ``StableName``.
    case user(String)

    /// The kinds there are, as they are written.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case everyone, department, group, tenant, user
    }

    /// A subject from its written parts.
    ///
    /// - Parameters:
    ///   - kind: its kind.
    ///   - id: whom; nothing for everyone.
    /// - Throws: ``SubjectError`` when `id` is missing, or there though nobody is meant in particular.
    public init(_ kind: Kind, id: String?) throws(SubjectError) {
        let name = id.map(Self.trimmed) ?? ""
        if kind == .everyone {
            guard name.isEmpty || name == Self.everyoneID else { throw .unexpectedID }
            self = .everyone
            return
        }
        guard !name.isEmpty else { throw .missingID(kind) }
        switch kind {
        case .everyone: self = .everyone
        case .department: self = .department(name)
        case .group: self = .group(name)
        case .tenant: self = .tenant(name)
        case .user: self = .user(StableName.folded(name))
        }
    }

    /// What stands for the id of everyone.
    public static let everyoneID = "*"

    /// Its kind.
    public var kind: Kind {
        switch self {
        case .everyone: .everyone
        case .department: .department
        case .group: .group
        case .tenant: .tenant
        case .user: .user
        }
    }

    /// Whom, as it is written.
    public var id: String {
        switch self {
        case .everyone: Self.everyoneID
        case .department(let name), .group(let name), .tenant(let name), .user(let name): name
        }
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

/// The parts of a subject do not fit together.
public enum SubjectError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nobody is named.
    case missingID(Subject.Kind)
    /// Everyone is meant, and somebody is named.
    case unexpectedID

    /// A stable code.
    public var code: String { "SUBJECT_INVALID" }

    /// A sentence a person can act on.
    public var description: String {
        switch self {
        case .missingID(let kind): "a grant for a \(kind.rawValue) needs its subjectId"
        case .unexpectedID: "a grant for everyone takes no subjectId"
        }
    }
}

/// A member of a group, as it is written: `tenant:mia`, `user:…`, `department:ops`, or a bare name that means the tenant or the person of that name.
public enum GroupMember: Sendable, Hashable {
    /// A tenant.
    case tenant(String)
    /// A person.
    case user(String)
    /// A department.
    case department(String)
    /// A tenant or a person.
    case named(String)

    /// Reads a member; a prefix that is not known is a part of the name.
    public init(parsing text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            self = .named(text)
            return
        }
        switch parts[0] {
        case "tenant": self = .tenant(String(parts[1]))
        case "user": self = .user(StableName.folded(String(parts[1])))
        case "department": self = .department(String(parts[1]))
        default: self = .named(text)
        }
    }

    /// A member as it is kept: addresses in lower case, everything else as it is written.
    ///
    /// - Parameter text: a member as it is written.
    public static func kept(_ text: String) -> String {
        switch GroupMember(parsing: text) {
        case .user(let name): "user:\(name)"
        case .named(let name): StableName.folded(name)
        case .tenant, .department: text
        }
    }

    /// Whether it means one of these.
    func isAmong(_ subjects: Set<Subject>) -> Bool {
        switch self {
        case .tenant(let name): subjects.contains(.tenant(name))
        case .user(let name): subjects.contains(.user(name))
        case .department(let name): subjects.contains(.department(name))
        case .named(let name): subjects.contains(.tenant(name)) || subjects.contains(.user(StableName.folded(name)))
        }
    }
}

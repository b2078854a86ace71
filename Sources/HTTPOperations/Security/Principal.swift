/// A role a caller may have. The surfaces name theirs; this module only compares them.
public struct Role: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The role's name, such as `platform-admin`.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
    public var description: String { rawValue }
}

/// Who calls.
public struct Principal: Sendable, Hashable {
    /// Stable name of the caller, as the audit trail keeps it.
    public var subject: String
    /// What the caller may be.
    public var roles: Set<Role>
    /// How the caller proved it: the name of the authenticator.
    public var method: String
    /// The organisation the caller acts in at the moment; nil for nobody's.
    public var organization: String?
    /// The caller's address; nil for a program.
    public var email: String?

    /// Makes a principal.
    ///
    /// - Parameters:
    ///   - subject: stable name of the caller.
    ///   - roles: the caller's roles.
    ///   - method: name of the authenticator.
    ///   - organization: the organisation the caller acts in; default none.
    ///   - email: the caller's address; default none.
    public init(subject: String, roles: Set<Role>, method: String, organization: String? = nil, email: String? = nil) {
        self.subject = subject
        self.roles = roles
        self.method = method
        self.organization = organization
        self.email = email
    }

    /// The caller of an open operation who gave no credential.
    public static let anonymous = Principal(subject: "anonymous", roles: [], method: "none")
}

/// Who may call an operation.
public enum Access: Sendable, Hashable {
    /// Anybody, without a credential.
    case open
    /// A principal with at least one of these roles.
    case roles(Set<Role>)

    /// Whether a principal may pass.
    public func allows(_ principal: Principal) -> Bool {
        switch self {
        case .open: true
        case .roles(let roles): !roles.isDisjoint(with: principal.roles)
        }
    }
}

import JSONValue

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
    /// The customer of the organisation for whom the caller acts; nil for the organisation as a whole.
    public var customer: String?
    /// What the credential is good for, such as `instances:read`; nil for everything its roles allow.
    public var scopes: Set<String>?
    /// Who has made the caller's credential, when that is somebody else than the caller.
    public var maker: String?

    /// Makes a principal.
    ///
    /// - Parameters:
    ///   - subject: stable name of the caller.
    ///   - roles: the caller's roles.
    ///   - method: name of the authenticator.
    ///   - organization: the organisation the caller acts in; default none.
    ///   - email: the caller's address; default none.
    ///   - customer: the customer for whom the caller acts; default none.
    ///   - scopes: what the credential is good for; default everything its roles allow.
    ///   - maker: who has made the credential; default the caller.
    public init(
        subject: String,
        roles: Set<Role>,
        method: String,
        organization: String? = nil,
        email: String? = nil,
        customer: String? = nil,
        scopes: Set<String>? = nil,
        maker: String? = nil
    ) {
        self.subject = subject
        self.roles = roles
        self.method = method
        self.organization = organization
        self.email = email
        self.customer = customer
        self.scopes = scopes
        self.maker = maker
    }

    /// Who the caller is, for people: with whoever has made the credential, when that is somebody else.
    public var introduction: String { maker.map { "\(subject) (by a credential that \($0) made)" } ?? subject }

    /// For whom the caller acts, as a part of what is asked for: nil for the caller alone.
    public var actsFor: JSON? {
        guard organization != nil || customer != nil else { return nil }
        return [organization.map { .string($0) } ?? .null, customer.map { .string($0) } ?? .null]
    }

    /// Whether the credential is good for a scope.
    public func has(scope: String) -> Bool { scopes?.contains(scope) ?? true }

    /// The caller of an open operation who gave no credential.
    public static let anonymous = Principal(subject: "anonymous", roles: [], method: "none")
}

/// Who may call an operation.
public enum Access: Sendable, Hashable {
    /// Anybody, without a credential.
    case open
    /// A principal with at least one of these roles.
    case roles(Set<Role>)

    /// A principal with at least one of these roles, whose credential has this scope or is not restricted to scopes.
    case scoped(String, Set<Role>)

    /// Roles that may pass; nil when anybody may.
    public var roles: Set<Role>? {
        switch self {
        case .open: nil
        case .roles(let roles), .scoped(_, let roles): roles
        }
    }

    /// Scope that a restricted credential needs; nil for none.
    public var scope: String? { if case .scoped(let scope, _) = self { scope } else { nil } }

    /// Whether a principal may pass.
    public func allows(_ principal: Principal) -> Bool { refusal(of: principal) == nil }

    /// Why a principal may not pass; nil when it may.
    ///
    /// A wrong role comes first: with it, no scope would help.
    func refusal(of principal: Principal) -> OperationError? {
        guard let roles else { return nil }
        guard !roles.isDisjoint(with: principal.roles) else { return .forbidden }
        if let scope, !principal.has(scope: scope) { return .insufficientScope(scope) }
        return nil
    }
}

import JSONValue

/// Which claims make up an identity.
public struct ClaimMapping: Sendable, Hashable {
    /// The e-mail address. Default: `email`.
    public var email: ClaimPath
    /// Whether the provider vouches for it. Default: `email_verified`.
    public var emailVerified: ClaimPath
    /// The name to show. Default: `name`.
    public var name: ClaimPath
    /// The groups. Default: `groups`.
    public var groups: ClaimPath
    /// The roles. Default: `roles`.
    public var roles: ClaimPath
    /// The organisation. Default: none.
    public var organization: ClaimPath?

    /// A mapping.
    public init(
        email: ClaimPath = "email",
        emailVerified: ClaimPath = "email_verified",
        name: ClaimPath = "name",
        groups: ClaimPath = "groups",
        roles: ClaimPath = "roles",
        organization: ClaimPath? = nil
    ) {
        self.email = email
        self.emailVerified = emailVerified
        self.name = name
        self.groups = groups
        self.roles = roles
        self.organization = organization
    }

    /// Whether the claims lack something that user information could add.
    func lacksSomething(_ claims: JSON) -> Bool {
        ([email, emailVerified, groups, roles] + (organization.map { [$0] } ?? [])).contains { $0.value(in: claims) == nil }
    }
}

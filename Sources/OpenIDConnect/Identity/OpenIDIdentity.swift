import JSONValue

/// Who logged in. Issuer and subject together name a person for ever; an e-mail address does not.
public struct OpenIDIdentity: Sendable, Hashable {
    /// Who vouches.
    public let issuer: String
    /// The provider's own name for the person, never reused.
    public let subject: String
    /// The e-mail address as the provider writes it.
    public let email: String?
    /// Whether the provider says that the address is the person's. What it does not say counts as no.
    public let isEmailVerified: Bool
    /// A name to show.
    public let name: String?
    /// Groups, sorted.
    public let groups: [String]
    /// Roles, sorted.
    public let roles: [String]
    /// The organisation, if the claim of one is known.
    public let organization: String?
    /// The provider's session, for logout by the provider (`sid`).
    public let sessionID: String?

    /// An identity.
    public init(
        issuer: String,
        subject: String,
        email: String? = nil,
        isEmailVerified: Bool = false,
        name: String? = nil,
        groups: [String] = [],
        roles: [String] = [],
        organization: String? = nil,
        sessionID: String? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.email = email
        self.isEmailVerified = isEmailVerified
        self.name = name
        self.groups = groups
        self.roles = roles
        self.organization = organization
        self.sessionID = sessionID
    }

    /// Reads checked claims.
    ///
    /// - Throws: ``OpenIDError`` with `tokenClaims` when issuer or subject is missing.
    init(claims: JSON, mapping: ClaimMapping) throws(OpenIDError) {
        guard let issuer = claims["iss"]?.stringValue, let subject = claims["sub"]?.stringValue else {
            throw OpenIDError(.tokenClaims, "The ID token does not say who the person is (iss, sub).")
        }
        func text(_ path: ClaimPath) -> String? { path.value(in: claims)?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        // Some providers send the truth value as a text.
        let verified = mapping.emailVerified.value(in: claims)
        self.init(
            issuer: issuer,
            subject: subject,
            email: text(mapping.email),
            isEmailVerified: verified == true || verified == "true",
            name: text(mapping.name),
            groups: mapping.groups.texts(in: claims),
            roles: mapping.roles.texts(in: claims),
            organization: mapping.organization.flatMap { text($0) },
            sessionID: claims["sid"]?.stringValue
        )
    }
}

import Observability

/// What this client knows before it talks to the provider.
public struct OpenIDConfiguration: Sendable {
    /// The provider's issuer identifier, exactly as the provider writes it.
    public var issuer: String
    /// The name under which the provider knows this client.
    public var clientID: String
    /// The client's secret; `nil` for a public client.
    public var clientSecret: SensitiveString?
    /// Where the provider sends browsers back to, as registered with it.
    public var redirectURI: String
    /// What is asked for. `openid` is added when it is missing. Default: `openid email profile`.
    public var scopes: [String]
    /// Algorithms an ID token may be signed with. Default: all that ``SigningAlgorithm`` knows.
    public var algorithms: Set<SigningAlgorithm>
    /// How far the clocks of provider and client may be apart. Default: 60 s.
    public var clockSkew: Duration
    /// Other audiences that an ID token may be meant for beside this client. Default: none.
    public var trustedAudiences: Set<String>
    /// Whether `http` is accepted for issuer and endpoints that are not on this host. Default: no. Loopback addresses always may.
    public var allowsPlainHTTP: Bool
    /// Where the claims are.
    public var claims: ClaimMapping
    /// Who may come in.
    public var admission: AdmissionRules
    /// Whether the user information endpoint is asked for e-mail, groups and roles that the ID token lacks. Default: yes.
    public var asksForUserInfo: Bool

    /// A configuration.
    public init(
        issuer: String,
        clientID: String,
        clientSecret: SensitiveString? = nil,
        redirectURI: String,
        scopes: [String] = ["openid", "email", "profile"],
        algorithms: Set<SigningAlgorithm> = Set(SigningAlgorithm.allCases),
        clockSkew: Duration = .seconds(60),
        trustedAudiences: Set<String> = [],
        allowsPlainHTTP: Bool = false,
        claims: ClaimMapping = ClaimMapping(),
        admission: AdmissionRules = AdmissionRules(),
        asksForUserInfo: Bool = true
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectURI = redirectURI
        self.scopes = scopes
        self.algorithms = algorithms
        self.clockSkew = clockSkew
        self.trustedAudiences = trustedAudiences
        self.allowsPlainHTTP = allowsPlainHTTP
        self.claims = claims
        self.admission = admission
        self.asksForUserInfo = asksForUserInfo
    }

    /// What is wrong with it, one sentence each; empty when nothing is.
    public var problems: [String] {
        var problems: [String] = []
        if !EndpointURL.isUsable(issuer, plainHTTP: allowsPlainHTTP) || issuer.contains("?") {
            problems.append("The issuer must be an https URL without query and fragment.")
        }
        if clientID.isEmpty { problems.append("The client id is missing.") }
        if let clientSecret, clientSecret.reveal().isEmpty {
            problems.append("The client secret is empty; leave it out for a public client.")
        }
        if !EndpointURL.isUsable(redirectURI, plainHTTP: allowsPlainHTTP) {
            problems.append("The redirect URI must be an https URL without fragment.")
        }
        if algorithms.isEmpty { problems.append("No signing algorithm is allowed.") }
        if scopes.contains(where: { scope in scope.isEmpty || !scope.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        }) {
            problems.append("A scope is empty or has characters that scopes may not have.")
        }
        if clockSkew < .zero || clockSkew > .seconds(600) { problems.append("The clock skew must be 0 to 600 s.") }
        return problems
    }

    /// - Throws: ``OpenIDError`` with `configurationInvalid`, naming all that is wrong.
    func check() throws(OpenIDError) {
        let problems = problems
        if !problems.isEmpty { throw OpenIDError(.configurationInvalid, problems.joined(separator: " ")) }
    }
}

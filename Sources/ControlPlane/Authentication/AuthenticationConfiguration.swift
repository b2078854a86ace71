import CraneAPI
import Foundation
import Observability
import OpenIDConnect

/// How people log in, and how long what they get is good for.
struct AuthenticationConfiguration: Sendable {
    /// The identity provider; nil when nobody logs in.
    var openID: OpenIDConfiguration?
    /// Which groups make somebody what.
    var roles = RoleMapping()
    /// Name of the session's cookie, without the prefix `__Host-`.
    var cookieName = "opencrane_oidc"
    /// How long a session lasts at most.
    var sessionLifetime: Duration = .seconds(43_200)
    /// How long a session lasts that nobody uses.
    var sessionIdle: Duration = .seconds(1800)
    /// Most sessions of a person; the oldest ones end.
    var sessionLimit = 10
    /// How long an access token is good whose maker names no end.
    var tokenLifetime: Duration = .seconds(90 * 86_400)
    /// When access tokens end at the latest, and rest.
    var tokenLimits = AccessTokenLimits()
    /// How long a device grant can be approved.
    var deviceGrantLifetime: Duration = .seconds(600)
    /// Who the tokens for pods are for.
    var podAudience = "openclaw-pod"

    /// Where browsers come from that act on pages of this API: scheme, host and port of the redirect URI.
    var publicOrigin: String? {
        guard let text = openID?.redirectURI, let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased()
        else { return nil }
        let usual = scheme == "https" ? 443 : 80
        return "\(scheme)://\(host)" + (parts.port.map { $0 == usual ? "" : ":\($0)" } ?? "")
    }

    /// Path of the operations on authentication as browsers reach them: the redirect URI without `/callback`.
    var publicPath: String {
        guard let text = openID?.redirectURI, let path = URLComponents(string: text)?.percentEncodedPath, path.hasSuffix("/callback") else {
            return "/api/v1/auth"
        }
        return String(path.dropLast("/callback".count))
    }
}

extension AuthenticationConfiguration {
    /// Reads how people log in from the environment.
    ///
    /// - Throws: ``ConfigurationError`` for an incomplete provider, or a value that cannot be used.
    init(_ read: EnvironmentReader, _ readFile: (String) throws -> String) throws(ConfigurationError) {
        self.init()
        openID = try Self.openID(read, readFile)
        cookieName = read.text("OIDC_COOKIE_NAME") ?? cookieName
        guard (1...64).contains(cookieName.utf8.count), cookieName.utf8.allSatisfy({ SessionCookie.isNameByte($0) }) else {
            throw ConfigurationError(variable: "OIDC_COOKIE_NAME", message: "must be letters, digits, - and _, at most 64")
        }
        sessionLifetime = try read.integer("OIDC_SESSION_MAX_AGE_SECONDS", in: 60...2_592_000).map { .seconds($0) } ?? sessionLifetime
        sessionIdle = try read.integer("OIDC_SESSION_IDLE_SECONDS", in: 60...2_592_000).map { .seconds($0) } ?? sessionIdle
        sessionLimit = try read.integer("OIDC_SESSION_LIMIT", in: 1...1000) ?? sessionLimit
        tokenLifetime = try read.integer("OPENCRANE_ACCESS_TOKEN_DAYS", in: 1...3650).map { .seconds($0 * 86_400) } ?? tokenLifetime
        let days = try read.integer("OPENCRANE_ACCESS_TOKEN_MAX_DAYS", in: 1...3650) ?? 365
        tokenLimits.longest = Double(days) * 86_400
        // Who says nothing of how long gets what there is.
        tokenLifetime = min(tokenLifetime, .seconds(days * 86_400))
        tokenLimits.rest = Double(try read.integer("OIDC_TOKEN_REST_DAYS", in: 1...3650) ?? 90) * 86_400
        podAudience = read.text("OPENCRANE_POD_TOKEN_AUDIENCE") ?? podAudience
        guard !PodAudiences.all.contains(podAudience) else {
            throw ConfigurationError(
                variable: "OPENCRANE_POD_TOKEN_AUDIENCE",
                message: "must not be \(podAudience): pods show tokens for it to the platform, and a person's token would pass for its pod"
            )
        }
        roles.platformAdmins = read.list("OPENCRANE_PLATFORM_OPERATOR_GROUPS") ?? read.list("OIDC_PLATFORM_OPERATOR_GROUPS") ?? []
        roles.viewers = read.list("OIDC_VIEWER_GROUPS") ?? []
        roles.customerAdmins = read.list("OIDC_CUSTOMER_ADMIN_GROUPS") ?? []
        roles.organizationAdmins = read.list("OIDC_ORGANIZATION_ADMIN_GROUPS") ?? []
        roles.organizationMembers = read.list("OIDC_ORGANIZATION_MEMBER_GROUPS") ?? []
    }

    private static func openID(
        _ read: EnvironmentReader,
        _ readFile: (String) throws -> String
    ) throws(ConfigurationError) -> OpenIDConfiguration? {
        let secret = try read.secret("OIDC_CLIENT_SECRET", readFile)
        let (issuer, client, redirect) = (read.text("OIDC_ISSUER_URL"), read.text("OIDC_CLIENT_ID"), read.text("OIDC_REDIRECT_URI"))
        if issuer == nil, client == nil, redirect == nil, secret == nil { return nil }
        guard let issuer else { throw missing("OIDC_ISSUER_URL") }
        guard let client else { throw missing("OIDC_CLIENT_ID") }
        guard let redirect else { throw missing("OIDC_REDIRECT_URI") }
        guard redirect.hasSuffix("/auth/callback") else {
            throw ConfigurationError(
                variable: "OIDC_REDIRECT_URI",
                message: "must be the address of this API's callback as browsers reach it, such as https://HOST/api/v1/auth/callback"
            )
        }
        var configuration = OpenIDConfiguration(
            issuer: issuer,
            clientID: client,
            clientSecret: secret.map { SensitiveString($0) },
            redirectURI: redirect,
            admission: AdmissionRules(
                emails: Set(read.list("OIDC_ALLOWED_EMAILS") ?? []),
                domains: Set(read.list("OIDC_ALLOWED_EMAIL_DOMAINS") ?? [])
            )
        )
        if let scopes = read.text("OIDC_SCOPES") { configuration.scopes = scopes.split(whereSeparator: \.isWhitespace).map(String.init) }
        if let claim = read.text("OIDC_GROUPS_CLAIM") { configuration.claims.groups = ClaimPath(claim) }
        if let claim = read.text("OIDC_ROLES_CLAIM") { configuration.claims.roles = ClaimPath(claim) }
        if let claim = read.text("OIDC_ORGANIZATION_CLAIM") { configuration.claims.organization = ClaimPath(claim) }
        if let problem = configuration.problems.first { throw ConfigurationError(variable: "OIDC_ISSUER_URL", message: problem) }
        return configuration
    }

    private static func missing(_ variable: String) -> ConfigurationError {
        ConfigurationError(
            variable: variable,
            message: "is not set; logging people in needs OIDC_ISSUER_URL, OIDC_CLIENT_ID and OIDC_REDIRECT_URI"
        )
    }
}

extension EnvironmentReader {
    /// A list with commas; nil when the variable is not set.
    func list(_ name: String) -> [String]? {
        text(name)?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

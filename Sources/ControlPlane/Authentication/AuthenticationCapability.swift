import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import Observability
import OpenIDConnect
import Postgres
import ServiceLifecycle

/// Who is let in, and the operations by which people come in.
struct AuthenticationCapability: Sendable {
    /// Lets people and the platform's own programs in: by the static token, by access tokens, by sessions.
    let authenticator: any Authenticator
    /// For the main surface.
    let operations: [HTTPOperations.Operation]
    /// What has to run.
    let services: [any Service]

    /// Puts it together.
    ///
    /// - Throws: ``WeakToken``; `OpenIDError` for a provider that cannot be; ``ConfigurationError`` when nobody could come in.
    init(
        configuration: ControlPlaneConfiguration,
        client: KubernetesClient,
        pool: PostgresPool,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        randomBytes: @escaping @Sendable (Int) -> [UInt8] = OpaqueSecret.randomBytes
    ) throws {
        let settings = configuration.authentication
        guard configuration.token != nil || settings.openID != nil else { throw ConfigurationError.nobodyCanComeIn }
        let tokens = AccessTokenRepository(pool: pool)
        let byToken = AccessTokenAuthenticator(tokens: tokens, limits: settings.tokenLimits, logger: logger, now: now)
        let makeToken: @Sendable () -> (id: UUID, token: AccessToken) = {
            (UUID(), AccessToken(secret: randomBytes(OpaqueSecret.entropy)))  // edge: new tokens
        }
        var members: [any Authenticator] = []
        if let token = configuration.token {
            let principal = Principal(subject: "static-token", roles: [.platformAdmin], method: "static-token")
            members.append(try StaticTokenAuthenticator(token: token.reveal(), principal: principal))
        }
        members.append(byToken)
        var sessions: SessionAuthenticator?
        var login: LoginFlow?
        var device: DeviceFlow?
        if let openID = settings.openID, let origin = settings.publicOrigin {
            let bySession = SessionAuthenticator(
                sessions: SessionRepository(pool: pool),
                cookie: SessionCookie(name: settings.cookieName, origin: origin),
                origin: RequestOrigin(own: origin),
                idle: settings.sessionIdle.seconds,
                logger: logger,
                now: now
            )
            members.append(bySession)
            login = LoginFlow(
                openID: try OpenIDClient(configuration: openID),
                configuration: settings,
                attempts: LoginAttemptRepository(pool: pool),
                sessions: bySession,
                browserCookie: SessionCookie(name: settings.cookieName + "_login", origin: origin),
                randomBytes: randomBytes,
                now: now
            )
            device = DeviceFlow(
                grants: DeviceGrantRepository(pool: pool),
                sessions: bySession,
                configuration: settings,
                randomBytes: randomBytes,
                makeToken: makeToken,
                now: now
            )
            sessions = bySession
        }
        let chain = AuthenticatorChain(members)
        authenticator = chain
        operations =
            AccessTokenOperations(
                tokens: tokens,
                authenticator: byToken,
                cookie: sessions?.cookie,
                writer: MutationWriter(pool: pool, now: now),
                lifetime: settings.tokenLifetime.seconds,
                limits: settings.tokenLimits,
                now: now,
                makeToken: makeToken
            ).operations
            + DepartureOperations(writer: MutationWriter(pool: pool, now: now)).operations
            + LoginOperations(flow: login, authenticator: chain).operations
            + DeviceOperations(flow: device).operations
            + PodTokenOperations(
                sessions: sessions,
                client: client,
                pool: pool,
                namespace: configuration.namespace,
                audience: settings.podAudience,
                limit: configuration.kubernetesTimeout / 2,
                now: now
            ).operations
        services = [AuthenticationKeeper(pool: pool, idle: settings.sessionIdle.seconds, logger: logger, now: now)]
    }
}

extension ConfigurationError {
    /// Neither a static token nor an identity provider: everybody would be kept out, or everybody let in.
    static let nobodyCanComeIn = ConfigurationError(
        variable: "OPENCRANE_API_TOKEN",
        message: "is not set, and neither is OIDC_ISSUER_URL: without authentication the control plane does not start; "
            + "make a token with: openssl rand -hex 32"
    )
}

import Foundation
import HTTPOperations
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import OpenIDConnect

/// The operations by which people log in and out.
struct LoginOperations: Sendable {
    /// nil when no identity provider is configured.
    let flow: LoginFlow?
    /// Lets in whoever is let in at all.
    let authenticator: any Authenticator
    let instant: @Sendable () -> ContinuousClock.Instant
    /// How often an address may begin a login: 120 times at once, and twice a second.
    private let budget = NIOLockedValueBox(RequestBudget(capacity: 120, rate: 2))

    /// The operations.
    init(
        flow: LoginFlow?,
        authenticator: any Authenticator,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of limits
    ) {
        self.flow = flow
        self.authenticator = authenticator
        self.instant = instant
    }

    static let tag = "Auth"
    private static let trouble = [
        ErrorDeclaration(
            .badRequest,
            "OIDC_STATE_MISMATCH",
            "The answer is no part of a login of this browser, or was used. See the code."
        ),
        ErrorDeclaration(
            .forbidden,
            "OIDC_NOT_ADMITTED",
            "The person may not come in, or the provider's proof does not hold. See the code."
        ),
    ]
    static let off = [
        ErrorDeclaration(.serviceUnavailable, "OIDC_NOT_CONFIGURED", "No identity provider is configured."),
        ErrorDeclaration(.serviceUnavailable, "OIDC_PROVIDER_UNREACHABLE", "The provider is out of reach or out of order. See the code."),
        ErrorDeclaration(.serviceUnavailable, "DATABASE_UNAVAILABLE", "The database cannot be reached; nothing was changed."),
    ]
    static let csrf = ErrorDeclaration(.forbidden, "CSRF_REJECTED", "Another site may have made the browser send this.")
    static let tooMany = ErrorDeclaration(.tooManyRequests, "TOO_MANY_REQUESTS", "Too often from this address.")

    /// All of them.
    var operations: [HTTPOperations.Operation] { [login, callback, logout, me] }

    private var login: HTTPOperations.Operation {
        Operation(
            raw: OperationLabel(
                .get,
                "/auth/login",
                id: "startOidcLogin",
                summary: "Redirect the browser to the configured OIDC identity provider to start login",
                description: "Browser redirect — not intended for programmatic use. Returns 503 when OIDC is not configured.",
                tag: Self.tag,
                access: .open,
                errors: Self.off + [Self.tooMany]
            ),
            openParameters: LoginStart.self,
            response: ResponseDeclaration(
                status: .found,
                description: "Redirect to identity provider.",
                schema: nil,
                headers: ["Location": "The provider's page.", "Set-Cookie": "Ties the login to this browser."]
            )
        ) { start, context in
            try await answering(context) { flow in
                let address = context.remoteAddress.map(ClientAddresses.network) ?? "unknown"
                let instant = instant()
                if let seconds = budget.withLockedValue({ $0.take(address, now: instant) }) {
                    throw OperationError.tooManyRequests(retryAfter: seconds)
                }
                return try await flow.begin(returnTo: start.returnTo, context.headers)
            }
        }
    }

    private var callback: HTTPOperations.Operation {
        Operation(
            raw: OperationLabel(
                .get,
                "/auth/callback",
                id: "completeOidcLogin",
                summary: "OIDC authorization callback — validates the response and establishes a session",
                description: "Called by the identity provider after a successful login. Redirects back to the SPA. "
                    + "A login that fails is answered with a page, or with JSON for who does not accept text/html.",
                tag: Self.tag,
                access: .open,
                errors: Self.off + Self.trouble
            ),
            openParameters: LoginReturn.self,
            response: ResponseDeclaration(
                status: .found,
                description: "Redirect back into the application.",
                schema: nil,
                headers: ["Location": "The path the login began at.", "Set-Cookie": "The session."]
            )
        ) { _, context in try await answering(context) { try await $0.complete(context) } }
    }

    private var logout: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .post,
                "/auth/logout",
                id: "logout",
                summary: "Destroy the current session",
                description: "The session ends everywhere at once. Without one nothing happens. The provider's own session goes on.",
                tag: Self.tag,
                access: .open,
                errors: [Self.csrf, Self.off[2]]
            ),
            answer: .noContent("Session destroyed.")
        ) { context in Reply(NoContent(), headers: try await flow?.end(context) ?? [:]) }
    }

    private var me: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/auth/me",
                id: "getAuthStatus",
                summary: "Return current auth mode and authenticated user identity (if any)",
                description: "No authentication required. Returns 200 with the current session or an anonymous identity when no session is "
                    + "established; whoever sends a token is named as well.",
                tag: Self.tag,
                access: .open,
                errors: [Self.off[2]]
            ),
            answer: .ok(AuthenticationStatus.self, "Auth status.")
        ) { context in Reply(try await status(context)) }
    }

    private func status(_ context: OperationContext) async throws -> AuthenticationStatus {
        let mode = flow == nil ? "token" : "oidc"
        let principal: Principal?
        do {
            principal = try await authenticator.authenticate(context.headers, from: context.remoteAddress, method: .get)
        } catch let error as OperationError where error.status.kind == .clientError {
            // A credential that is not good is nobody's.
            principal = nil
        }
        guard let principal else { return AuthenticationStatus(mode: mode, authenticated: false) }
        if principal.method == SessionAuthenticator.method, let presented = try await flow?.sessions.find(context.headers) {
            let person = presented.session.person
            return AuthenticationStatus(
                mode: mode,
                authenticated: true,
                user: .init(
                    sub: person.subject,
                    email: person.email,
                    name: person.name,
                    issuer: person.issuer,
                    roles: person.roles.names,
                    groups: person.groups,
                    organization: person.organization,
                    method: principal.method,
                    expiresAt: RESTTimestamp.text(presented.session.expiresAt)
                ),
                csrfToken: presented.token
            )
        }
        return AuthenticationStatus(
            mode: mode,
            authenticated: true,
            user: .init(
                sub: principal.subject,
                email: principal.email,
                roles: principal.roles.names,
                groups: [],
                organization: principal.organization,
                method: principal.method
            )
        )
    }

    /// Runs a step of a login; what goes wrong becomes an answer a person can act on, as a page when a browser asks.
    private func answering(
        _ context: OperationContext,
        _ step: @Sendable (LoginFlow) async throws -> OperationResponse
    ) async throws -> OperationResponse {
        do {
            guard let flow else { throw OperationError.loginIsOff }
            do {
                return try await step(flow)
            } catch let error as OpenIDError {
                throw OperationError(error)
            }
        } catch let error as OperationError where HTMLPage.isWanted(context.headers) {
            context.logger.notice("a login failed", metadata: ["error": .string(error.description)])
            let again = flow.map { "<p><a href=\"\(HTMLPage.escape($0.configuration.publicPath))/login\">Log in again</a></p>" } ?? ""
            return HTMLPage.refusal(error, hint: again)
        }
    }
}

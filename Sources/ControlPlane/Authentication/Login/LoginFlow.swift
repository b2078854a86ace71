import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import Observability
import OpenIDConnect
import Postgres
import Projection

/// Logs people in through the identity provider.
struct LoginFlow: Sendable {
    /// How long a login may take at the provider, in seconds.
    static let attemptLifetime: TimeInterval = 600

    let openID: OpenIDClient
    let configuration: AuthenticationConfiguration
    let attempts: LoginAttemptRepository
    let sessions: SessionAuthenticator
    /// Ties a login to the browser that began it.
    let browserCookie: SessionCookie
    let randomBytes: @Sendable (Int) -> [UInt8]
    let now: @Sendable () -> Date

    /// Sends a browser to the provider.
    ///
    /// - Parameter returnTo: where it goes afterwards; another host is never gone to.
    /// - Throws: `OpenIDError`; ``OperationError`` 503.
    func begin(returnTo: String?, _ headers: HTTPFields) async throws -> OperationResponse {
        // One secret for all tabs of a browser, so that a second login does not break the first.
        let browser = browserCookie.find(in: headers) ?? OpaqueSecret.text(randomBytes(OpaqueSecret.entropy))
        func secret() -> String { OpaqueSecret.text(randomBytes(LoginAttempt.entropy)) }
        let attempt = LoginAttempt(
            state: secret(),
            nonce: secret(),
            verifier: .init(secret()),
            returnPath: ReturnPath.checked(returnTo)
        )
        // The provider first: when it is away, nothing is kept.
        let url = try await openID.authorizationURL(for: attempt)
        try await onDatabase {
            try await attempts.keep(attempt, browser: browser, until: now().addingTimeInterval(Self.attemptLifetime))
        }
        var answer: HTTPFields = [.location: url]
        answer.append(browserCookie.setting(browser, for: Int64(Self.attemptLifetime)))
        return OperationResponse(status: .found, headers: answer)
    }

    /// Takes a browser back from the provider: a new session, whatever the browser had before.
    ///
    /// - Throws: `OpenIDError`; ``OperationError`` 503.
    func complete(_ context: OperationContext) async throws -> OperationResponse {
        let states = context.query.filter { $0.name == "state" }.map(\.value)
        let now = now()
        guard states.count == 1, let state = states.first, let browser = browserCookie.find(in: context.headers),
            let attempt = try await onDatabase({ try await attempts.take(state: state, browser: browser, now: now) })
        else {
            throw OpenIDError(.stateMismatch, "This answer belongs to another login, or the login took too long; begin anew.")
        }
        let login = try await openID.completeLogin(query: Self.encode(context.query), attempt: attempt, now: now)
        guard let person = configuration.roles.person(login.identity) else {
            throw OpenIDError(.emailNotVerified, "Your e-mail address is not verified; verify it with the provider you log in with.")
        }
        let secret = OpaqueSecret.text(randomBytes(OpaqueSecret.entropy))
        let session = Session(
            idHash: OpaqueSecret.hash(secret),
            person: person,
            createdAt: now,
            seenAt: now,
            expiresAt: now.addingTimeInterval(configuration.sessionLifetime.seconds)
        )
        let former = sessions.cookie.find(in: context.headers).map(OpaqueSecret.hash)
        try await onDatabase {
            try await sessions.sessions.pool.withTransaction { transaction in
                if let former { _ = try await SessionRepository.end(former, in: transaction) }
                try await SessionRepository.begin(session, limit: configuration.sessionLimit, in: transaction)
                try await AccessTokenRepository.restrict(to: person, now: now, in: transaction)
                let roles: JSON = ["roles": .array(person.roles.names.map { .string($0) })]
                try await AuditRepository.append(
                    Self.audit("LoggedIn", person, "logged in.", after: roles, context),
                    outcome: .succeeded,
                    now: now,
                    in: transaction
                )
            }
        }
        var answer: HTTPFields = [.location: login.returnPath]
        answer.append(sessions.cookie.setting(secret, for: configuration.sessionLifetime.components.seconds))
        return OperationResponse(status: .found, headers: answer)
    }

    /// Ends the session of a request, if it has one.
    ///
    /// - Throws: ``OperationError`` 403 when another site may have made the browser send this; 503.
    func end(_ context: OperationContext) async throws -> HTTPFields {
        var answer: HTTPFields = [:]
        guard let presented = try await sessions.find(context.headers) else {
            if sessions.cookie.find(in: context.headers) != nil { answer.append(sessions.cookie.setting("", for: 0)) }
            return answer
        }
        try sessions.requireOwnPage(presented, context.headers)
        let now = now()
        try await onDatabase {
            try await sessions.sessions.pool.withTransaction { transaction in
                guard try await SessionRepository.end(presented.session.idHash, in: transaction) else { return }
                try await AuditRepository.append(
                    Self.audit("LoggedOut", presented.session.person, "logged out.", after: nil, context),
                    outcome: .succeeded,
                    now: now,
                    in: transaction
                )
            }
        }
        answer.append(sessions.cookie.setting("", for: 0))
        return answer
    }

    /// An entry of the audit trail about somebody who is not the request's principal: these operations are open.
    static func audit(
        _ action: String,
        _ person: Person,
        _ what: String,
        after: JSON?,
        _ context: OperationContext
    ) -> AuditDraft {
        AuditDraft(
            actor: person.id,
            requestID: context.requestID,
            action: action,
            resource: "User/\(person.id)",
            message: "\(person.id) \(what)",
            after: after
        )
    }

    /// Query items as a query again.
    static func encode(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// A text as it may stand in a query: everything but letters, digits and `-._~` becomes percent signs.
    static func escape(_ text: String) -> String {
        var allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        allowed.formIntersection(CharacterSet(charactersIn: "\u{21}"..."\u{7E}"))
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}

extension OperationError {
    /// What is answered when a login fails.
    init(_ error: OpenIDError) {
        let status: HTTPResponse.Status =
            switch error.category {
            case .setup, .provider: .serviceUnavailable
            case .request: .badRequest
            case .token, .person: .forbidden
            }
        self.init(
            status,
            code: error.code.rawValue,
            message: error.message,
            headers: status == .serviceUnavailable ? [.retryAfter: "10"] : [:],
            cause: error
        )
    }

    /// 503: nobody can log in here.
    static let loginIsOff = OperationError(
        .serviceUnavailable,
        code: "OIDC_NOT_CONFIGURED",
        message: "Nobody can log in here: no identity provider is configured (OIDC_ISSUER_URL). Use a bearer token."
    )
}

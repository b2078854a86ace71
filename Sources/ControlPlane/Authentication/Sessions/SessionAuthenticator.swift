import Foundation
import HTTPOperations
import HTTPTypes
import Logging

/// Lets people in by the session of their browser. A request that changes something has to come from a page of ours and repeat the
/// session's
/// token (`X-CSRF-Token`), so that no other site can make a browser send it.
struct SessionAuthenticator: Authenticator {
    /// Name of this authenticator.
    static let method = "session"

    /// A session with the secret it was found by.
    struct Presented: Sendable {
        var session: Session
        var secret: String

        /// What pages repeat.
        var token: String { Session.token(of: secret) }
    }

    let sessions: SessionRepository
    let cookie: SessionCookie
    let origin: RequestOrigin
    /// How long a session lasts unused, in seconds.
    let idle: TimeInterval
    let logger: Logger
    let now: @Sendable () -> Date

    func authenticate(_ headers: HTTPFields) async throws -> Principal? { try await authenticate(headers, from: nil, method: .post) }

    func authenticate(
        _ headers: HTTPFields,
        from remoteAddress: String?,
        method: HTTPRequest.Method
    ) async throws -> Principal? {
        // Whoever presents another credential is that one or nobody.
        guard headers[.authorization] == nil, headers[.apiKey] == nil, let presented = try await find(headers) else { return nil }
        if !method.isSafe { try requireOwnPage(presented, headers) }
        return presented.session.person.principal(method: Self.method)
    }

    /// The session of a request; nil when it has none that is live.
    ///
    /// - Throws: ``OperationError`` 503 when the database cannot be asked.
    func find(_ headers: HTTPFields) async throws -> Presented? {
        guard let secret = cookie.find(in: headers) else { return nil }
        let now = now()
        guard let session = try await onDatabase({ try await sessions.find(OpaqueSecret.hash(secret)) }), session.isLive(now, idle: idle)
        else { return nil }
        if now.timeIntervalSince(session.seenAt) >= 60 {
            do {
                try await sessions.touch(session.idHash, now: now, unlessWithin: 60)
            } catch {
                // At worst the session ends earlier.
                logger.debug("the use of a session could not be noted", metadata: ["error": .string("\(error)")])
            }
        }
        return Presented(session: session, secret: secret)
    }

    /// Throws 403 when another site may have made the browser send a request.
    func requireOwnPage(_ presented: Presented, _ headers: HTTPFields) throws(OperationError) {
        guard origin.isOwn(headers), RequestOrigin.repeats(presented.token, in: headers) else { throw .crossSite }
    }
}

extension OperationError {
    /// 403: another site may have made the browser send this.
    static let crossSite = OperationError(
        .forbidden,
        code: "CSRF_REJECTED",
        message: "A change by a browser's session must come from a page of this host and repeat the csrfToken of GET /auth/me "
            + "in the header X-CSRF-Token."
    )
}

import Foundation
import Observability
import OpenIDConnect
import Postgres

/// Keeps what logins must remember between leaving for the provider and coming back, for minutes and for one use.
struct LoginAttemptRepository: Sendable {
    let pool: PostgresPool

    /// Keeps an attempt.
    ///
    /// - Parameters:
    ///   - browser: the secret of the browser's cookie.
    ///   - expiresAt: until when.
    /// - Throws: `PostgresError`.
    func keep(_ attempt: LoginAttempt, browser: String, until expiresAt: Date) async throws {
        try await pool.execute(
            """
            insert into login_attempts (state_hash, browser_hash, nonce, verifier, return_path, expires_at)
            values (\(OpaqueSecret.hash(attempt.state)), \(OpaqueSecret.hash(browser)), \(attempt.nonce), \(attempt.verifier.reveal()),
                \(attempt.returnPath), \(expiresAt))
            """
        )
    }

    /// Takes an attempt of a browser, which nobody can take again.
    ///
    /// - Returns: nil when there is none, it is over, or another browser's: that one stays.
    /// - Throws: `PostgresError`.
    func take(state: String, browser: String, now: Date) async throws -> LoginAttempt? {
        let rows = try await pool.query(
            """
            delete from login_attempts
            where state_hash = \(OpaqueSecret.hash(state)) and browser_hash = \(OpaqueSecret.hash(browser)) and expires_at > \(now)
            returning nonce, verifier, return_path
            """
        )
        return try rows.first.map { row in
            LoginAttempt(
                state: state,
                nonce: try row.decode("nonce"),
                verifier: SensitiveString(try row.decode("verifier", as: String.self)),
                returnPath: try row.decode("return_path")
            )
        }
    }
}

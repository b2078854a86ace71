import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// Forgets sessions, logins and grants whose time is over, and tokens some time after. Any number of replicas may run one.
struct AuthenticationKeeper: Service {
    /// How long tokens are kept after their end, in seconds.
    static let keptTokens: TimeInterval = 30 * 86_400

    let pool: PostgresPool
    /// How long a session lasts unused, in seconds.
    let idle: TimeInterval
    /// Time between two looks.
    var interval: Duration = .seconds(300)
    let logger: Logger
    let now: @Sendable () -> Date

    /// Forgets until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await forget()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("old sessions could not be forgotten", metadata: ["error": .string("\(error)")])
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Forgets once, in parts, so that no statement takes long.
    ///
    /// - Throws: `PostgresError`.
    func forget() async throws {
        let now = now()
        let unseen = now.addingTimeInterval(-idle)
        let longOver = now.addingTimeInterval(-Self.keptTokens)
        for (table, condition) in [
            ("sessions", "expires_at <= \(now) or seen_at <= \(unseen)"), ("login_attempts", "expires_at <= \(now)"),
            ("device_grants", "expires_at <= \(now)"), ("access_tokens", "expires_at <= \(longOver)"),
            // Whoever has neither a token nor a session is nobody here.
            (
                "person_logins",
                "logged_in_at <= \(longOver) and not exists (select from access_tokens t where person in (t.owner, t.maker))"
            ),
        ] as [(String, SQL)] {
            let statement: SQL =
                """
                delete from \(unescaped: table) where ctid = any(array(
                    select ctid from \(unescaped: table) where \(condition) limit 1000))
                """
            while try await pool.execute(statement) == 1000, !Task.isCancelled {}
        }
    }
}

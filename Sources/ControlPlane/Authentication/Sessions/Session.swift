import Foundation
import HTTPOperations

/// Somebody's session in a browser, as the database has it.
struct Session: Sendable, Hashable {
    /// SHA-256 of the secret in the cookie.
    var idHash: String
    /// Who is logged in.
    var person: Person
    /// When they logged in.
    var createdAt: Date
    /// When they were last seen, to a minute.
    var seenAt: Date
    /// When it ends whatever happens.
    var expiresAt: Date

    /// Whether it can be used.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - idle: how long it lasts unused.
    func isLive(_ now: Date, idle: TimeInterval) -> Bool { now < expiresAt && now.timeIntervalSince(seenAt) < idle }

    /// The token that pages repeat with what they change. It follows from the secret in the cookie, which pages cannot read.
    static func token(of secret: String) -> String { OpaqueSecret.hash("opencrane-csrf:\(secret)") }
}

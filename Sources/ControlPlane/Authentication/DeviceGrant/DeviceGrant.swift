import Foundation
import HTTPOperations

/// A device grant as the database has it (RFC 8628).
struct DeviceGrant: Sendable, Hashable {
    /// What somebody decided.
    enum Decision: String, Sendable, Hashable {
        case approved, denied
    }

    /// What a device that asks for its token is told.
    enum Poll: Sendable, Hashable {
        /// Nobody has decided.
        case pending(interval: Int)
        /// It asks too often; it may ask at longer intervals from now on.
        case tooFast(interval: Int)
        /// The token is to be made and given, once.
        case approved
        /// Somebody said no.
        case denied
        /// The time is over.
        case expired
    }

    /// How much longer the interval gets each time a device asks too early, in seconds (RFC 8628 section 3.5).
    static let penalty = 5
    /// The longest interval, in seconds.
    static let longestInterval = 60

    var deviceHash: String
    var userCode: UserCode
    /// Where it was asked for.
    var address: String?
    /// Seconds between two questions of the device.
    var interval: Int
    var polledAt: Date?
    var decision: Decision?
    /// Who decided, and what the token's bearer is.
    var owner: String?
    var email: String?
    var organization: String?
    var roles: Set<Role>?
    var createdAt: Date
    var expiresAt: Date

    /// What the device is told that asks now.
    func poll(_ now: Date) -> Poll {
        guard now < expiresAt else { return .expired }
        switch decision {
        case .denied: return .denied
        case .approved: return .approved
        case nil: break
        }
        // A tenth of a second for the way.
        if let polledAt, now.timeIntervalSince(polledAt) < Double(interval) - 0.1 {
            return .tooFast(interval: min(interval + Self.penalty, Self.longestInterval))
        }
        return .pending(interval: interval)
    }
}

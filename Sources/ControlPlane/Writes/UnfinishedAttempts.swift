import NIOConcurrencyHelpers
import Projection

/// Attempts at intents that this process has ended without being able to say so, as the database was away.
///
/// Nobody is at these intents any more: the relay gives their leases up as soon as the database is back, so that whoever waits for one of
/// them does not wait for a lease that nobody needs.
struct UnfinishedAttempts: Sendable {
    /// How many are remembered; others wait for their lease.
    private static let most = 10_000

    private let attempts = NIOLockedValueBox<Set<IntentAttempt>>([])

    /// Remembers some.
    func add(_ ended: some Sequence<IntentAttempt>) {
        attempts.withLockedValue { attempts in
            for attempt in ended where attempts.count < Self.most { attempts.insert(attempt) }
        }
    }

    /// Takes out what is remembered.
    func take() -> [IntentAttempt] {
        attempts.withLockedValue { attempts in
            defer { attempts = [] }
            return Array(attempts)
        }
    }
}

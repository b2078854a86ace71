import HTTPOperations
import NIOConcurrencyHelpers

/// Keeps those who guess credentials from asking the database, and from learning anything: 20 wrong ones in a minute from one network.
///
/// Whoever presented a good one lately is not kept out because others guess. Holds a bounded number of networks and of good ones.
struct GuessLimit: Sendable {
    private struct State: Sendable {
        var failures = RequestBudget(capacity: 20, rate: 20.0 / 60)
        var good: [String: ContinuousClock.Instant] = [:]
    }

    /// How long a good one is remembered.
    private static let memory: Duration = .seconds(3600)
    /// Most good ones that are remembered.
    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    /// Nobody has guessed yet.
    ///
    /// - Parameter capacity: most good credentials that are remembered.
    init(capacity: Int = 4096) { self.capacity = max(1, capacity) }

    /// The network a request comes from, as guesses are counted.
    static func network(of address: String?) -> String { address.map(ClientAddresses.network) ?? "unknown" }

    /// Lets a credential be looked at.
    ///
    /// - Parameters:
    ///   - hash: hash of what was presented; nil when it can be none.
    ///   - network: where it comes from.
    ///   - now: the time.
    /// - Throws: ``OperationError`` 429 when too many wrong ones came from there.
    func admit(_ hash: String? = nil, from network: String, now: ContinuousClock.Instant) throws(OperationError) {
        let isAdmitted = state.withLockedValue { state in
            if let hash, let seen = state.good[hash], now - seen < Self.memory { return true }
            return state.failures.left(network, now: now) >= 1
        }
        if !isAdmitted { throw OperationError.tooManyRequests(retryAfter: 5) }
    }

    /// A credential was wrong.
    func refused(_ hash: String? = nil, from network: String, now: ContinuousClock.Instant) {
        state.withLockedValue { state in
            _ = state.failures.take(network, now: now)
            if let hash { state.good[hash] = nil }
        }
    }

    /// A credential was good.
    func accepted(_ hash: String, now: ContinuousClock.Instant) {
        state.withLockedValue { state in
            if state.good.count >= capacity, state.good[hash] == nil, let oldest = state.good.min(by: { $0.value < $1.value }) {
                state.good[oldest.key] = nil
            }
            state.good[hash] = now
        }
    }
}

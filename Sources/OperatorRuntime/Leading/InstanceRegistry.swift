/// Knows which instances of an operator live, by how long their presence Leases have stood still. It has no clock and does no I/O.
///
/// Times in the Leases are not looked at. Silence counts only as far as it was watched: while this instance could not list the Leases,
/// others may well have renewed theirs.
struct InstanceRegistry: Sendable {
    /// What a presence Lease says.
    struct Presence: Sendable, Hashable {
        /// The name of the Lease.
        var lease: String
        /// Who it is.
        var identity: String
        /// How many shards there are in the instance's opinion.
        var shards: Int
        /// Whether it is about to end, and gives up what it holds.
        var isLeaving: Bool
        /// After what time without renewal it counts as gone.
        var duration: Duration
        /// Changes with each renewal.
        var version: String
    }

    private struct Known: Sendable {
        var presence: Presence
        var silence: Duration
    }

    private let identity: String
    private let longestStep: Duration
    private var known: [String: Known] = [:]
    private var observedAt: Duration?

    /// - Parameter period: how often the Leases are listed.
    init(identity: String, period: Duration) {
        self.identity = identity
        longestStep = period * 2
    }

    /// The Leases were listed.
    mutating func observe(_ presences: [Presence], now: Duration) {
        let step = observedAt.map { min(max(.zero, now - $0), longestStep) } ?? .zero
        observedAt = now
        var seen: [String: Known] = [:]
        for presence in presences {
            if let before = known[presence.lease], before.presence.version == presence.version {
                seen[presence.lease] = Known(presence: presence, silence: before.silence + step)
            } else {
                seen[presence.lease] = Known(presence: presence, silence: .zero)
            }
        }
        known = seen
    }

    /// The others that live.
    var others: [Presence] {
        known.values.filter { $0.silence < $0.presence.duration && $0.presence.identity != identity }.map(\.presence)
            .sorted { $0.identity < $1.identity }
    }

    /// Leases of instances that have been gone for long and did not take them along.
    var abandoned: [Presence] {
        known.values.filter { $0.silence >= $0.presence.duration * 10 && $0.presence.identity != identity }.map(\.presence)
            .sorted { $0.lease < $1.lease }
    }

    /// The shards that this instance should hold.
    ///
    /// None before the Leases were listed once. None while an instance lives that divides the keys into another number of shards, unless this
    /// one holds some already: two such instances would reconcile the same key. So after a change of the number new instances wait until
    /// the old ones have ended.
    ///
    /// - Parameters:
    ///   - shards: how many there are.
    ///   - holding: whether this instance holds any.
    ///   - isLeaving: whether this instance is about to end.
    func wanted(shards: Int, holding: Bool, isLeaving: Bool) -> Set<Int> {
        guard observedAt != nil, !isLeaving else { return [] }
        let others = others
        guard holding || others.allSatisfy({ $0.shards == shards }) else { return [] }
        let staying = others.filter { !$0.isLeaving && $0.shards == shards }.map(\.identity)
        let holders = ShardAssignment.holders(shards: shards, instances: staying + [identity])
        return Set(holders.indices.filter { holders[$0] == identity })
    }
}

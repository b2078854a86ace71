/// Knows which instances of an operator live, by how long their presence Leases have stood still. It has no clock and does no I/O.
///
/// Times in the Leases are not looked at, but for when the API server made them, which puts instances in an order. Silence counts only as
/// far as it was watched: while this instance could not list the Leases, others may well have renewed theirs.
///
/// Two instances that divide the keys into another number of shards would reconcile the same key. So an instance claims shards, or says that
/// it waits; it takes some only after it has said that it claims them and has then seen that nobody of another number does. Of two that do,
/// the one whose Lease is younger waits, after its work has ended.
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
        /// Whether it holds no shard and will take none before it says otherwise.
        var isWaiting = false
        /// When the Lease was made, by the clock of the API server; `nil` for what counts as younger than any other.
        var madeAt: Duration?
        /// After what time without renewal it counts as gone.
        var duration: Duration
        /// Changes with each renewal.
        var version: String
    }

    private struct Known: Sendable {
        var presence: Presence
        var silence: Duration
        /// Whether the last listing was without it.
        var isAbsent = false

        var isLive: Bool { silence < presence.duration }
    }

    private let identity: String
    private let longestStep: Duration
    private var known: [String: Known] = [:]
    private var observedAt: Duration?
    /// Whether this instance claims shards; it must have said so when the Leases are listed.
    private(set) var isClaiming = false
    /// Whether it has held any since it claims them.
    private var hasHeld = false

    /// - Parameter period: how often the Leases are listed.
    init(identity: String, period: Duration) {
        self.identity = identity
        longestStep = period * 2
    }

    /// The Leases were listed. A Lease that is missing counts as silent, because its instance may make it again, unless it has said that
    /// it leaves; one that names nobody is given up.
    mutating func observe(_ presences: [Presence], now: Duration) {
        let step = observedAt.map { min(max(.zero, now - $0), longestStep) } ?? .zero
        observedAt = now
        var seen: [String: Known] = [:]
        for presence in presences where !presence.identity.isEmpty {
            if let before = known[presence.lease], before.presence.version == presence.version {
                seen[presence.lease] = Known(presence: presence, silence: before.silence + step)
            } else {
                seen[presence.lease] = Known(presence: presence, silence: .zero)
            }
        }
        let listed = Set(presences.map(\.lease))
        for (lease, var one) in known where !listed.contains(lease) && !one.presence.isLeaving {
            one.silence += step
            one.isAbsent = true
            if one.isLive { seen[lease] = one }
        }
        known = seen
    }

    /// The others that live.
    var others: [Presence] {
        known.values.filter { $0.isLive && !$0.isAbsent && $0.presence.identity != identity }.map(\.presence)
            .sorted { $0.identity < $1.identity }
    }

    /// Instances of another number of shards that hold some, or may take some. What one says of whom the Lease is missing is not known.
    func rivals(shards: Int) -> [Presence] { hostile(shards).map(\.presence) }

    private func hostile(_ shards: Int) -> [Known] {
        known.values.filter {
            $0.isLive && $0.presence.identity != identity && $0.presence.shards != shards && (!$0.presence.isWaiting || $0.isAbsent)
        }
    }

    /// Leases of instances that are gone.
    var silent: [Presence] {
        known.values.filter { !$0.isLive && $0.presence.identity != identity }.map(\.presence).sorted { $0.lease < $1.lease }
    }

    /// Leases of instances that have been gone for long and did not take them along.
    var abandoned: [Presence] {
        known.values.filter { $0.silence >= $0.presence.duration * 10 && $0.presence.identity != identity }.map(\.presence)
            .sorted { $0.lease < $1.lease }
    }

    /// The shards that this instance should hold; decides also whether it claims any, which it must say before it gets some.
    ///
    /// - Parameters:
    ///   - shards: how many there are.
    ///   - holding: whether this instance holds any, or work on one has not ended.
    ///   - isLeaving: whether this instance is about to end.
    ///   - isReady: whether it could begin to work.
    mutating func wanted(shards: Int, holding: Bool, isLeaving: Bool, isReady: Bool = true) -> Set<Int> {
        guard observedAt != nil, !isLeaving else { return [] }
        let rivals = hostile(shards)
        let hasSaid = isClaiming
        if holding { hasHeld = true } else if !hasSaid { hasHeld = false }
        isClaiming = claims(rivals, holding: holding, isReady: isReady)
        guard isClaiming, holding || (hasSaid && rivals.isEmpty) else { return [] }
        let staying = others.filter { !$0.isLeaving && !$0.isWaiting && $0.shards == shards }.map(\.identity)
        let holders = ShardAssignment.holders(shards: shards, instances: staying + [identity])
        return Set(holders.indices.filter { holders[$0] == identity })
    }

    private func claims(_ rivals: [Known], holding: Bool, isReady: Bool) -> Bool {
        guard holding || isReady else { return false }
        guard !rivals.isEmpty else { return true }
        let own = known.values.first { $0.presence.identity == identity }?.presence
        guard !rivals.contains(where: { !$0.isAbsent && isOlder($0.presence, than: own) }) else { return false }
        // Of several that claim at once the oldest goes on until the others wait. One that has lost everything begins anew.
        return holding || (isClaiming && !hasHeld)
    }

    private func isOlder(_ one: Presence, than own: Presence?) -> Bool {
        guard let madeAt = one.madeAt else { return false }
        guard let own, let mine = own.madeAt else { return true }
        return (madeAt, one.lease) < (mine, own.lease)
    }
}

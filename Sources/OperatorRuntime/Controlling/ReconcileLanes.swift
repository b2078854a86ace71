import NIOConcurrencyHelpers
import OrderedCollections

/// One shard of a controller's keys: what one Lease decides on.
struct ReconcileLane<Key: Hashable & Sendable>: Sendable {
    /// The number of the shard; `nil` when there is only one.
    let shard: Int?
    let queue: WorkQueue<Key>
    /// The term of the leadership of the shard; gives `nil` when this process does not have it.
    var fence: (@Sendable () -> Int64?)?
    /// The version of the cluster at which this process took the leadership over; `nil` when nobody had it before.
    var takeover: (@Sendable () -> String?)?
    /// Whether its keys are worked on, or are about to be.
    var isRunning = false
    /// Keys that a standby heard of and that no cache may name any more.
    var missed: OrderedSet<Key> = []
}

/// Brings keys to the queues of their shards.
final class ReconcileLanes<Key: Hashable & Sendable>: Sendable {
    private let lanes: NIOLockedValueBox<[ReconcileLane<Key>]>
    private let text: @Sendable (Key) -> String

    /// - Parameter text: what decides on the shard of a key.
    init(_ queue: WorkQueue<Key>, text: @escaping @Sendable (Key) -> String) {
        lanes = NIOLockedValueBox([ReconcileLane(shard: nil, queue: queue)])
        self.text = text
    }

    var all: [ReconcileLane<Key>] { lanes.withLockedValue { $0 } }

    /// The lane of a shard; the only one when there are no shards.
    func lane(_ shard: Int?) -> ReconcileLane<Key>? {
        lanes.withLockedValue { lanes in
            guard let shard else { return lanes.count == 1 ? lanes[0] : nil }
            return lanes.indices.contains(shard) ? lanes[shard] : nil
        }
    }

    /// The lane of a key.
    func lane(of key: Key) -> ReconcileLane<Key> {
        lanes.withLockedValue { lanes in
            lanes.count == 1 ? lanes[0] : lanes[ShardAssignment.shard(of: text(key), count: lanes.count)]
        }
    }

    func add(_ key: Key, after delay: Duration = .zero, priority: Int) {
        lane(of: key).queue.add(key, after: delay, priority: priority)
    }

    /// An event names a key. A standby has no use for it, because it begins with everything its caches hold; only what they may not hold
    /// any more is kept, up to a bound.
    ///
    /// - Parameter isLast: whether the caches may not name the key any more.
    func tell(_ key: Key, priority: Int, isLast: Bool) {
        let queue = lanes.withLockedValue { lanes -> WorkQueue<Key>? in
            let index = lanes.count == 1 ? 0 : ShardAssignment.shard(of: text(key), count: lanes.count)
            guard lanes[index].fence != nil, !lanes[index].isRunning else { return lanes[index].queue }
            guard isLast else { return nil }
            lanes[index].missed.append(key)
            // Half at once, because the first ones of an ordered set cost as much as all.
            if lanes[index].missed.count > Self.mostMissed { lanes[index].missed.removeFirst(Self.mostMissed / 2) }
            return nil
        }
        queue?.add(key, priority: priority)
    }

    /// Keys that a standby keeps for a shard.
    private static var mostMissed: Int { 10_000 }

    /// From here on events bring keys to a shard.
    func start(_ shard: Int?) {
        let (queue, missed) = lanes.withLockedValue { lanes -> (WorkQueue<Key>, OrderedSet<Key>) in
            let index = shard ?? 0
            lanes[index].isRunning = true
            defer { lanes[index].missed = [] }
            return (lanes[index].queue, lanes[index].missed)
        }
        for key in missed { queue.add(key, priority: ReconcilePriority.replay) }
    }

    /// A shard is not worked on any more.
    func stop(_ shard: Int?) { lanes.withLockedValue { $0[shard ?? 0].isRunning = false } }

    /// How many keys a standby keeps.
    var missed: Int { lanes.withLockedValue { $0.reduce(0) { $0 + $1.missed.count } } }

    func release(_ key: Key) { lane(of: key).queue.release(key) }

    func setFence(_ token: @escaping @Sendable () -> Int64?, takeover: (@Sendable () -> String?)? = nil, of shard: Int?) {
        lanes.withLockedValue { lanes in
            lanes[shard ?? 0].fence = token
            lanes[shard ?? 0].takeover = takeover
        }
    }

    /// Divides the keys into shards. Nothing may be worked on yet.
    func split(into count: Int, _ makeQueue: (Int) -> WorkQueue<Key>) {
        let first = lanes.withLockedValue { lanes -> WorkQueue<Key>? in
            guard lanes.count == 1, count > 1 else { return nil }
            let first = lanes[0].queue
            lanes = (0..<count).map { ReconcileLane(shard: $0, queue: makeQueue($0)) }
            return first
        }
        for (key, priority) in first?.removeAll() ?? [] { add(key, priority: priority) }
    }
}

import NIOConcurrencyHelpers

/// One shard of a controller's keys: what one Lease decides on.
struct ReconcileLane<Key: Hashable & Sendable>: Sendable {
    /// The number of the shard; `nil` when there is only one.
    let shard: Int?
    let queue: WorkQueue<Key>
    /// The term of the leadership of the shard; gives `nil` when this process does not have it.
    var fence: (@Sendable () -> Int64?)?
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

    func release(_ key: Key) { lane(of: key).queue.release(key) }

    func setFence(_ token: @escaping @Sendable () -> Int64?, of shard: Int?) {
        lanes.withLockedValue { $0[shard ?? 0].fence = token }
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

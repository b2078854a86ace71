import CoreMetrics
import KubernetesClient
import NIOConcurrencyHelpers
import OrderedCollections

/// A ``WorkQueueCore`` that tasks can wait at.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var core: WorkQueueCore<Key>
        var isOpen = true
        var nextID = 0
        var takers = OrderedDictionary<Int, CheckedContinuation<WorkQueueCore<Key>.Item?, Never>>()
        var cancelledEarly: Set<Int> = []
        var timer: CheckedContinuation<Void, Never>?
        var timerDeadline: Duration?
        var reportedAdds = 0
    }

    private let state: NIOLockedValueBox<State>
    private let time: TimeSource
    private let random: @Sendable () -> Double
    private let metrics: WorkQueueMetrics

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - name: the label of its metrics.
    ///   - controller: another label of them. Default: the name.
    ///   - backoff: delays of keys whose work fails. Default: 5 ms ×2 up to 1000 s.
    public init(
        name: String,
        controller: String? = nil,
        backoff: Backoff = .reconcile,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: (any MetricsFactory)? = nil
    ) {
        state = NIOLockedValueBox(State(core: WorkQueueCore(backoff: backoff)))
        self.time = time
        self.random = random
        self.metrics = WorkQueueMetrics(name: name, controller: controller ?? name, factory: metrics ?? MetricsSystem.factory)
    }

    /// How many keys wait for work.
    public var count: Int { state.withLockedValue { $0.core.count } }

    /// Whether keys are handed out.
    public var isOpen: Bool { state.withLockedValue { $0.isOpen } }

    /// How many keys the queue knows anything of: waiting, delayed, worked on, held, or failed before.
    public var knownKeys: Int { state.withLockedValue { $0.core.knownKeys } }

    /// Asks for a key to be worked on; see ``WorkQueueCore/add(_:after:priority:now:)``.
    public func add(_ key: Key, after delay: Duration = .zero, priority: Int = 0) {
        change { $0.core.add(key, after: delay, priority: priority, now: time.now) }
    }

    /// Waits for a key that may be worked on.
    ///
    /// - Returns: `nil` when the queue was closed or the task was cancelled.
    public func next() async -> WorkQueueCore<Key>.Item? {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (item, isOver) = state.withLockedValue { state -> (WorkQueueCore<Key>.Item?, Bool) in
                    if state.cancelledEarly.remove(id) != nil || !state.isOpen { return (nil, true) }
                    if let item = state.core.take(now: time.now) { return (item, true) }
                    state.takers[id] = continuation
                    return (nil, false)
                }
                if let item { metrics.started(waited: time.now - item.since) }
                if isOver { continuation.resume(returning: item) }
            }
        } onCancel: {
            let taker = state.withLockedValue { state -> CheckedContinuation<WorkQueueCore<Key>.Item?, Never>? in
                if let taker = state.takers.removeValue(forKey: id) { return taker }
                state.cancelledEarly.insert(id)
                return nil
            }
            taker?.resume(returning: nil)
        }
    }

    /// Work on a key is over; see ``WorkQueueCore/finish(_:_:holding:now:random:)``.
    public func finish(_ key: Key, _ outcome: WorkQueueCore<Key>.Outcome, holding: Bool = false, took: Duration) {
        metrics.finished(took: took)
        if outcome == .failed { metrics.retried() }
        change { $0.core.finish(key, outcome, holding: holding, now: time.now, random: random()) }
    }

    /// A held key may run again.
    public func release(_ key: Key) { change { $0.core.release(key) } }

    /// Lets nobody wait any more. Keys are kept and can still be added.
    public func close() {
        let takers = state.withLockedValue { state in
            state.isOpen = false
            defer { state.takers.removeAll() }
            return Array(state.takers.values)
        }
        for taker in takers { taker.resume(returning: nil) }
    }

    /// Hands out keys again.
    public func open() { change { $0.isOpen = true } }

    /// Wakes delayed keys when their time comes. One task runs this while the queue is used, until it is cancelled.
    public func runTimers() async {
        while !Task.isCancelled {
            let deadline = state.withLockedValue { state in
                state.timerDeadline = state.core.nextDeadline
                return state.timerDeadline
            }
            await withTaskGroup(of: Void.self) { group in
                if let deadline { group.addTask { try? await self.time.sleep(until: deadline) } }
                group.addTask { await self.untilEarlierDeadline(than: deadline) }
                await group.next()
                group.cancelAll()
            }
            change { $0.core.promote(now: time.now) }
        }
    }

    private func untilEarlierDeadline(than deadline: Duration?) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLockedValue { state -> Bool in
                    if Task.isCancelled || Self.isEarlier(state.core.nextDeadline, than: deadline) { return true }
                    state.timer = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let timer = state.withLockedValue { state in
                defer { state.timer = nil }
                return state.timer
            }
            timer?.resume()
        }
    }

    private static func isEarlier(_ deadline: Duration?, than other: Duration?) -> Bool {
        guard let deadline else { return false }
        return other.map { deadline < $0 } ?? true
    }

    /// Changes the state and wakes whoever that concerns.
    private func change<Ignored>(_ body: (inout State) -> Ignored) {
        typealias Taken = (CheckedContinuation<WorkQueueCore<Key>.Item?, Never>, WorkQueueCore<Key>.Item)
        let (taken, timer, depth, adds) = state.withLockedValue { state -> ([Taken], CheckedContinuation<Void, Never>?, [Int: Int], Int) in
            _ = body(&state)
            var taken: [Taken] = []
            while state.isOpen, let (id, taker) = state.takers.elements.first, let item = state.core.take(now: time.now) {
                state.takers.removeValue(forKey: id)
                taken.append((taker, item))
            }
            var timer: CheckedContinuation<Void, Never>?
            if Self.isEarlier(state.core.nextDeadline, than: state.timerDeadline) {
                timer = state.timer
                state.timer = nil
            }
            defer { state.reportedAdds = state.core.adds }
            return (taken, timer, state.core.depth, state.core.adds - state.reportedAdds)
        }
        metrics.added(adds)
        metrics.depth(depth)
        for (taker, item) in taken {
            metrics.started(waited: time.now - item.since)
            taker.resume(returning: item)
        }
        timer?.resume()
    }

    /// Forgets all keys, of which none may be worked on.
    ///
    /// - Returns: those that waited, with their priorities.
    func removeAll() -> [(key: Key, priority: Int)] {
        var removed: [(key: Key, priority: Int)] = []
        change { state in
            removed = state.core.removeAll()
            state.reportedAdds = 0
        }
        return removed
    }

    /// Has work begin with ``begin(_:)`` instead of when a key is taken.
    func beginLater() { change { $0.core.beginsWhenTaken = false } }

    /// Work on a key that was taken begins.
    func begin(_ key: Key) { change { $0.core.begin(key, now: time.now) } }

    /// How long the work that takes longest has been going on; zero when none is.
    var longestWork: Duration {
        let now = time.now
        return state.withLockedValue { $0.core.startTimes }.map { now - $0 }.max() ?? .zero
    }

    /// Computes the gauges of work under way; called when metrics are read.
    func updateWorkMetrics() {
        let now = time.now
        let ages = state.withLockedValue { $0.core.startTimes }.map { (now - $0).inSeconds }
        metrics.underWay(total: ages.reduce(0, +), longest: ages.max() ?? 0)
    }
}

import CoreMetrics
import DequeModule
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Writes events about objects, without ever making anybody wait.
///
/// Notes are queued and written by ``run()``; repetitions become series, and an object that has too many is kept quiet (see
/// ``EventAggregator``). What cannot be written is dropped: events are help for people, not state. At a shutdown what is queued is still
/// written, within a bound.
public final class EventRecorder: ServiceLifecycle.Service {
    private struct Queued {
        var note: EventNote
        var observed: Timestamp
    }

    private let client: KubernetesClient
    private let controller: String
    private let instance: String
    private let capacity: Int
    private let time: TimeSource
    private let logger: Logger
    private let makeName: @Sendable (EventNote, Timestamp) -> String
    private let drainBound: Duration
    private let queue = NIOLockedValueBox(Deque<Queued>())
    private let aggregator = NIOLockedValueBox(EventAggregator())
    private let available = Latch()
    private let dropped: Counter

    /// Makes a recorder.
    ///
    /// - Parameters:
    ///   - controller: who reports, with a domain, as `example.com/operator`.
    ///   - instance: which instance of it, as the pod's name.
    ///   - capacity: how many notes wait at most; further ones are dropped. Default: 1000.
    ///   - drainBound: how long writing what is queued may take at a shutdown. Default: 3 s.
    ///   - random: gives numbers from 0 up to 1, for the names of events.
    ///   - makeName: names an event. Default: the object's name and the time.
    public init(
        client: KubernetesClient,
        controller: String,
        instance: String,
        logger: Logger,
        time: TimeSource = .system,
        capacity: Int = 1000,
        drainBound: Duration = .seconds(3),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        metrics: (any MetricsFactory)? = nil,
        makeName: (@Sendable (EventNote, Timestamp) -> String)? = nil
    ) {
        self.client = client
        self.controller = controller
        self.instance = String(instance.prefix(128))
        self.capacity = capacity
        self.drainBound = drainBound
        self.time = time
        self.logger = logger
        self.makeName =
            makeName ?? { note, now in
                let random = String(UInt32(random() * Double(UInt32.max)), radix: 16)
                return "\((note.regarding.name ?? "cluster").prefix(200)).\(String(now.microseconds, radix: 16))\(random)"
            }
        dropped = Counter(label: "event_recorder_dropped_total", factory: metrics ?? MetricsSystem.factory)
    }

    /// Queues a note. Returns at once.
    public func record(_ note: EventNote) {
        let isQueued = queue.withLockedValue { queue in
            guard queue.count < capacity else { return false }
            queue.append(Queued(note: note, observed: time.timestamp))
            return true
        }
        if isQueued { available.open() } else { dropped.increment() }
    }

    /// Writes notes until the task is cancelled or the service group shuts down.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.write() }
        } catch is CancellationError where Task.isCancelled || Task.isShuttingDownGracefully {
            guard !Task.isCancelled else { return }
            try? await time.withTimeout(drainBound) { try await self.drain() }
        }
    }

    /// Writes what is queued, and the last counts of series.
    private func drain() async throws {
        while let next = pop() { try await write(next) }
        try await end { $0.expire(now: $1, all: true) }
    }

    private func write() async throws {
        var nextExpiry = time.now + .seconds(60)
        while true {
            // Series end even when nothing more is said.
            _ = try? await time.withTimeout(max(nextExpiry - time.now, .milliseconds(1))) { [available] in try await available.wait() }
            try Task.checkCancellation()
            while let next = pop() { try await write(next) }
            if time.now >= nextExpiry {
                try await end { $0.expire(now: $1) }
                nextExpiry = time.now + .seconds(60)
            }
        }
    }

    private func end(
        _ expire: (inout EventAggregator, Duration) -> [(regarding: CoreV1.ObjectReference, decision: EventAggregator.Decision)]
    ) async throws {
        for (regarding, decision) in aggregator.withLockedValue({ expire(&$0, time.now) }) {
            if case .update(let name, let count, let last) = decision {
                try await update(regarding, name: name, count: count, lastObserved: last)
            }
        }
    }

    private func pop() -> Queued? {
        queue.withLockedValue { queue in
            let next = queue.popFirst()
            if queue.isEmpty { available.close() }
            return next
        }
    }

    private func write(_ queued: Queued) async throws {
        let note = queued.note
        let name = makeName(note, queued.observed)
        let decision = aggregator.withLockedValue { $0.record(note, name: name, now: time.now, observed: queued.observed) }
        switch decision {
        case .create:
            do {
                let isWritten = try await attempt(note.regarding) {
                    _ = try await self.api(note.regarding).create(self.event(note, name: name, observed: queued.observed))
                }
                if !isWritten { aggregator.withLockedValue { $0.forget(note) } }
            } catch {
                // A shutdown came between; the note is written with what else is queued.
                aggregator.withLockedValue { $0.forget(note) }
                queue.withLockedValue { $0.prepend(queued) }
                throw error
            }
        case .update(let name, let count, let last):
            try await update(note.regarding, name: name, count: count, lastObserved: last)
        case .wait: break
        case .drop: dropped.increment()
        }
    }

    private func update(_ regarding: CoreV1.ObjectReference, name: String, count: Int, lastObserved: Timestamp) async throws {
        try await attempt(regarding) {
            _ = try await self.api(regarding).mergePatch(
                name,
                ["series": ["count": .integer(Int64(count)), "lastObservedTime": .string(lastObserved.microTime)]]
            )
        }
    }

    /// - Returns: whether it succeeded; a failure is logged and counted, and only cancellation is thrown.
    @discardableResult
    private func attempt(_ regarding: CoreV1.ObjectReference, _ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch {
            try Task.checkCancellation()
            dropped.increment()
            logger.debug("Could not write an event", metadata: ["object": "\(regarding.name ?? "")", "cause": "\(error)"])
            return false
        }
    }

    private func api(_ regarding: CoreV1.ObjectReference) -> ResourceAPI<EventsV1.Event> {
        client.resource(EventsV1.Event.self, namespace: regarding.namespace ?? "default")
    }

    private func event(_ note: EventNote, name: String, observed: Timestamp) -> EventsV1.Event {
        EventsV1.Event(
            metadata: ObjectMeta(name: name, namespace: note.regarding.namespace ?? "default"),
            eventTime: MicroTimestamp(observed),
            reportingController: controller,
            reportingInstance: instance,
            action: note.action,
            reason: note.reason,
            regarding: note.regarding,
            related: note.related,
            note: note.note.prefix(utf8: 1024),
            type: note.type.rawValue
        )
    }
}

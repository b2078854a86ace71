import Foundation
import Logging
import Metrics
import NIOConcurrencyHelpers
import Postgres
import ServiceLifecycle

/// Writes what happens to the objects into their rows.
///
/// `apply` only takes note; `run` writes, in batches of one transaction each. A late or repeated event never overwrites a newer row. While
/// PostgreSQL cannot be reached the newest change of each object is kept and tried again, so nothing is lost.
public final class Projector: Service {
    /// How the projector works.
    public struct Options: Sendable {
        /// How many objects one transaction writes at most. Default 500.
        public var batchLimit: Int
        /// How long a graceful shutdown goes on writing what waits. Default 5 s.
        public var shutdownTimeout: Duration

        /// Makes options.
        public init(batchLimit: Int = 500, shutdownTimeout: Duration = .seconds(5)) {
            self.batchLimit = max(1, batchLimit)
            self.shutdownTimeout = shutdownTimeout
        }
    }

    /// How far the projector is.
    public struct Status: Sendable {
        /// Changes that are not written yet.
        public var queued: Int
        /// How long the oldest of them waits.
        public var lag: Duration
        /// How many changes were written.
        public var written: UInt64
        /// How many changes PostgreSQL refused for good.
        public var rejected: UInt64
        /// Why the last write failed; `nil` after a success.
        public var lastError: String?
    }

    fileprivate struct State: Sendable {
        var queue: ProjectionQueue
        var cluster: String?
        var written: UInt64 = 0
        var rejected: UInt64 = 0
        var lastError: String?
        var closesAt: ContinuousClock.Instant?
        var drained: [CheckedContinuation<Void, Never>] = []
    }

    private let pool: PostgresPool
    private let options: Options
    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    private let waker = Waker()
    private let queueGauge = Gauge(label: "opencrane_projection_queue")
    private let lagGauge = Gauge(label: "opencrane_projection_lag_seconds")
    private let writtenCounter = Counter(label: "opencrane_projection_written_total")
    private let rejectedCounter = Counter(label: "opencrane_projection_rejected_total")
    private let failureCounter = Counter(label: "opencrane_projection_failures_total")

    /// Makes a projector.
    ///
    /// - Parameters:
    ///   - pool: the database, with the tables of `ProjectionSchema`.
    ///   - options: how it works.
    ///   - logger: for writes that fail.
    public init(pool: PostgresPool, options: Options = Options(), logger: Logger) {
        self.pool = pool
        self.options = options
        self.logger = logger
        state = NIOLockedValueBox(State(queue: ProjectionQueue(batchLimit: options.batchLimit)))
    }

    /// Takes note of an event; never waits. The events of one object must come in the order an informer has them.
    public func apply(_ event: ProjectionEvent) {
        state.withLockedValue { $0.queue.apply(event, now: .now) }
        waker.wake()
    }

    /// Says which cluster the events are of from now on: rows of another one count as older than all of this one's.
    ///
    /// - Parameter cluster: the uid of the namespace `kube-system`; `nil` when it is not known.
    public func use(cluster: String?) {
        state.withLockedValue { $0.cluster = cluster }
    }

    /// How far the projector is.
    public var status: Status {
        state.withLockedValue { state in
            Status(
                queued: state.queue.count,
                lag: state.queue.oldest.map { .now - $0 } ?? .zero,
                written: state.written,
                rejected: state.rejected,
                lastError: state.lastError
            )
        }
    }

    /// Waits until everything that was applied is written. Without a running `run` it does not end.
    public func drained() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLockedValue { state in
                if state.queue.count > 0 { state.drained.append(continuation) }
                return state.queue.count == 0
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// Writes until the graceful shutdown, then what waits for up to `shutdownTimeout`; a cancellation ends it at once.
    public func run() async throws {
        await withGracefulShutdownHandler {
            while !Task.isCancelled {
                let (action, closesAt) = state.withLockedValue { ($0.queue.next(now: .now), $0.closesAt) }
                reportQueue()
                switch action {
                case .write(let batch): await write(batch)
                case .wait(let until):
                    if let closesAt {
                        if status.queued == 0 || closesAt <= .now { return }
                        await waker.sleep(until: min(until ?? closesAt, closesAt))
                    } else {
                        await waker.sleep(until: until)
                    }
                }
            }
        } onGracefulShutdown: {
            self.state.withLockedValue { $0.closesAt = .now + self.options.shutdownTimeout }
            self.waker.wake()
        }
        let left = status.queued
        if left > 0 { logger.warning("projection ends with changes that are not written", metadata: ["queued": "\(left)"]) }
    }

    private func write(_ batch: ProjectionQueue.Batch) async {
        do {
            let cluster = state.withLockedValue { $0.cluster }
            let statements =
                RowStatements.write(batch.changes, cluster: cluster, now: Date())  // edge: the shell's clock
                + batch.sweeps.map { RowStatements.sweep($0, cluster: cluster) }
            try await pool.withTransaction(retry: .serializationFailures()) { transaction in
                _ = try await transaction.pipeline(statements, timeout: .seconds(60))
            }
            succeeded(batch)
        } catch {
            failed(batch, error)
        }
    }

    private func succeeded(_ batch: ProjectionQueue.Batch) {
        let drained = state.withLockedValue { state -> [CheckedContinuation<Void, Never>] in
            state.queue.succeeded()
            state.written += UInt64(batch.changes.count)
            state.lastError = nil
            return state.takeDrained()
        }
        writtenCounter.increment(by: batch.changes.count)
        for continuation in drained { continuation.resume() }
    }

    private func failed(_ batch: ProjectionQueue.Batch, _ error: any Error) {
        let isRefusal = (error as? PostgresError)?.isRefusal ?? false
        let jitter = Double.random(in: 0...1)  // edge: handed to the queue, which decides
        let (givenUp, drained) = state.withLockedValue { state in
            let givenUp = state.queue.failed(batch, isRefusal ? .refused : .unavailable, now: .now, jitter: jitter)
            state.lastError = "\(error)"
            if givenUp != nil { state.rejected += 1 }
            return (givenUp, state.takeDrained())
        }
        failureCounter.increment()
        if let givenUp {
            rejectedCounter.increment()
            logger.error(
                "PostgreSQL refuses the row of an object",
                metadata: ["kind": "\(givenUp.kind.rawValue)", "key": "\(givenUp.key)", "error": "\(error)"]
            )
        } else {
            logger.warning(
                "projection write failed; it will be tried again",
                metadata: ["changes": "\(batch.changes.count)", "error": "\(error)"]
            )
        }
        for continuation in drained { continuation.resume() }
    }

    private func reportQueue() {
        let status = status
        queueGauge.record(status.queued)
        lagGauge.record(status.lag.timeInterval)
    }
}

extension Projector.State {
    /// Who waits for an empty queue, if it is empty.
    fileprivate mutating func takeDrained() -> [CheckedContinuation<Void, Never>] {
        guard queue.count == 0 else { return [] }
        defer { drained = [] }
        return drained
    }
}

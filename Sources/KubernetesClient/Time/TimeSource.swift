import Foundation
import KubernetesModel

/// A clock with its type erased, and the wall clock beside it.
///
/// Decisions in this package take `now` as the `Duration` since the source was made; only shells ask a `TimeSource`. Hand the same source
/// to everything that works together, and a ``ManualClock`` in tests.
public struct TimeSource: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let sleepUntil: @Sendable (Duration) async throws -> Void
    private let wallClock: @Sendable () -> Date

    /// Erases a clock.
    ///
    /// - Parameters:
    ///   - clock: measures time and sleeps.
    ///   - date: the wall clock, for what is written into objects. Default: the system's.
    public init<C: Clock>(_ clock: C, date: @escaping @Sendable () -> Date = { Date() }) where C.Duration == Duration {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
        sleepUntil = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
        wallClock = date
    }

    /// The system's clocks. All uses share one origin.
    public static let system = TimeSource(ContinuousClock())

    /// Time since the source was made; never goes back.
    public var now: Duration { elapsed() }

    /// The wall clock.
    public var timestamp: Timestamp { Timestamp(wallClock()) }

    /// Sleeps.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(for duration: Duration) async throws { try await sleepUntil(now + duration) }

    /// Sleeps until ``now`` has reached `deadline`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Duration) async throws { try await sleepUntil(deadline) }

    /// Runs a piece of work for a bounded time. When the time is over the work is cancelled and waited for.
    ///
    /// - Throws: ``TimeLimitExceeded``, or what the work throws.
    public func withTimeout<Result: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Outcome<Result>.self) { group in
            group.addTask { .finished(try await work()) }
            group.addTask {
                try await sleep(for: limit)
                return .timedOut
            }
            defer { group.cancelAll() }
            guard case .finished(let result) = try await group.next() else { throw TimeLimitExceeded(limit: limit) }
            return result
        }
    }

    private enum Outcome<Result: Sendable>: Sendable {
        case finished(Result)
        case timedOut
    }
}

/// A bounded piece of work took too long.
public struct TimeLimitExceeded: Error, Sendable, CustomStringConvertible {
    /// The bound.
    public var limit: Duration

    /// Says that a bound was exceeded.
    public init(limit: Duration) { self.limit = limit }

    /// Names the bound.
    public var description: String { "Not finished within \(limit)" }
}

extension Duration {
    /// The duration in seconds, with a fraction.
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

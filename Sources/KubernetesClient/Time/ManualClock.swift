import Foundation
import NIOConcurrencyHelpers

/// A clock that moves only when told, for tests of anything that takes a ``TimeSource``.
///
/// ```swift
/// let clock = ManualClock()
/// let informer = Informer(api, logger: logger, time: clock.timeSource)
/// await clock.untilSleeping()
/// clock.advance(by: .seconds(30))
/// ```
public final class ManualClock: Clock {
    /// A moment of this clock.
    public struct Instant: InstantProtocol {
        /// Time since the clock was made.
        public var offset: Duration
        /// A later (or earlier) moment.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// Time from this moment to another.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether a moment comes before another.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var id: Int
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: Sleeper] = [:]
        var cancelledEarly: Set<Int> = []
        var nextID = 0
        var watchers: [Watcher] = []

        mutating func satisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
            let ready = watchers.filter { $0.count <= sleepers.count }.map(\.continuation)
            watchers.removeAll { $0.count <= sleepers.count }
            return ready
        }
    }

    private let state = NIOLockedValueBox(State())
    private let epoch: Date

    /// Makes a clock.
    ///
    /// - Parameter epoch: what ``timeSource`` gives as wall clock time at the start. Default: 2026-01-01T00:00:00Z.
    public init(epoch: Date = Date(timeIntervalSince1970: 1_767_225_600)) { self.epoch = epoch }

    /// The current moment.
    public var now: Instant { state.withLockedValue { $0.now } }

    /// Nothing is shorter than this; there is no bound.
    public var minimumResolution: Duration { .zero }

    /// How many tasks sleep now.
    public var sleepers: Int { state.withLockedValue { $0.sleepers.count } }

    /// When the next sleeper is due, as time since the clock was made; `nil` when nobody sleeps.
    public var nextDeadline: Duration? { state.withLockedValue { $0.sleepers.values.map(\.deadline.offset).min() } }

    /// A source whose time and wall clock are this clock.
    public var timeSource: TimeSource {
        TimeSource(self, date: { [epoch] in epoch.addingTimeInterval(self.now.offset.inSeconds) })
    }

    /// Sleeps until the clock is moved to a moment.
    ///
    /// - Throws: `CancellationError`.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (result, ready) = state.withLockedValue { state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if state.cancelledEarly.remove(id) != nil { return (.failure(CancellationError()), []) }
                    if deadline <= state.now { return (.success(()), []) }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return (nil, state.satisfiedWatchers())
                }
                if let result { continuation.resume(with: result) }
                for watcher in ready { watcher.resume() }
            }
            state.withLockedValue { _ = $0.cancelledEarly.remove(id) }
        } onCancel: {
            let sleeper = state.withLockedValue { state -> Sleeper? in
                if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
                state.cancelledEarly.insert(id)
                return nil
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock and wakes whoever is due, the earliest first.
    public func advance(by duration: Duration) {
        let due = state.withLockedValue { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let ids = state.sleepers.filter { $0.value.deadline <= state.now }.map(\.key)
            return ids.compactMap { state.sleepers.removeValue(forKey: $0) }.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Moves the clock to the earliest deadline of a sleeper, if there is one.
    ///
    /// - Returns: whether anybody slept.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        let step = state.withLockedValue { state in
            state.sleepers.values.map(\.deadline).min().map { state.now.duration(to: $0) }
        }
        guard let step else { return false }
        advance(by: max(step, .zero))
        return true
    }

    /// Returns when at least `count` tasks sleep, or when this task is cancelled.
    public func untilSleeping(atLeast count: Int = 1) async {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLockedValue { state -> [CheckedContinuation<Void, Never>] in
                    // A cancellation from now on finds the watcher.
                    guard !Task.isCancelled else { return [continuation] }
                    state.watchers.append(Watcher(id: id, count: count, continuation: continuation))
                    return state.satisfiedWatchers()
                }
                for watcher in ready { watcher.resume() }
            }
        } onCancel: {
            let watcher = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.watchers.firstIndex(where: { $0.id == id }) else { return nil }
                return state.watchers.remove(at: index).continuation
            }
            watcher?.resume()
        }
    }
}

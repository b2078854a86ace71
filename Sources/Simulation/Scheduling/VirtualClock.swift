import Foundation
import HeapModule
import KubernetesClient
import NIOConcurrencyHelpers

/// A clock that stands still until it is moved to its next deadline. Deadlines of one moment come in the order in which they were made.
final class VirtualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Entry: Comparable, Sendable {
        var deadline: Duration
        var number: Int
        static func < (left: Entry, right: Entry) -> Bool { (left.deadline, left.number) < (right.deadline, right.number) }
    }

    private struct State: Sendable {
        var now = Duration.zero
        var heap = Heap<Entry>()
        var actions: [Int: @Sendable () -> Void] = [:]
        var sleepers: [Int: CheckedContinuation<Void, any Error>] = [:]
        var cancelledEarly: Set<Int> = []
        var next = 0

        mutating func number() -> Int {
            next += 1
            return next
        }
    }

    /// 2026-01-01T00:00:00Z.
    private static let epoch = Date(timeIntervalSince1970: 1_767_225_600)
    private let state = NIOLockedValueBox(State())

    var now: Instant { Instant(offset: elapsed) }
    var minimumResolution: Duration { .zero }
    /// Time since the beginning.
    var elapsed: Duration { state.withLockedValue { $0.now } }
    /// The wall clock.
    var date: Date { Self.epoch.addingTimeInterval(elapsed.inSeconds) }
    var timeSource: TimeSource { TimeSource(self, date: { self.date }) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLockedValue { $0.number() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result = state.withLockedValue { state -> Result<Void, any Error>? in
                    if state.cancelledEarly.remove(number) != nil { return .failure(CancellationError()) }
                    if deadline.offset <= state.now { return .success(()) }
                    state.sleepers[number] = continuation
                    state.heap.insert(Entry(deadline: deadline.offset, number: number))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
            state.withLockedValue { _ = $0.cancelledEarly.remove(number) }
        } onCancel: {
            let sleeper = state.withLockedValue { state -> CheckedContinuation<Void, any Error>? in
                if let sleeper = state.sleepers.removeValue(forKey: number) { return sleeper }
                state.cancelledEarly.insert(number)
                return nil
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }

    /// Sleeps.
    func sleep(for duration: Duration) async throws { try await sleep(until: now.advanced(by: duration), tolerance: nil) }

    /// Calls a closure at a moment.
    func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLockedValue { state in
            let number = state.number()
            state.actions[number] = action
            state.heap.insert(Entry(deadline: state.now + delay, number: number))
        }
    }

    /// The next moment at which something happens.
    var nextDeadline: Duration? {
        state.withLockedValue { state in
            while let first = state.heap.min {
                if state.actions[first.number] != nil || state.sleepers[first.number] != nil { return first.deadline }
                state.heap.removeMin()
            }
            return nil
        }
    }

    /// Moves to a moment and wakes whoever is due, the earliest first.
    func advance(to moment: Duration) {
        state.withLockedValue { $0.now = max($0.now, moment) }
        while true {
            let due = state.withLockedValue { state -> ((@Sendable () -> Void)?, CheckedContinuation<Void, any Error>?)? in
                guard let first = state.heap.min, first.deadline <= state.now else { return nil }
                state.heap.removeMin()
                return (state.actions.removeValue(forKey: first.number), state.sleepers.removeValue(forKey: first.number))
            }
            guard let due else { return }
            due.0?()
            due.1?.resume()
        }
    }
}

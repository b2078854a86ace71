import KubernetesClient
import NIOConcurrencyHelpers

/// The clock of one process of a simulation. While the process is frozen, nobody in it wakes up.
final class ProcessClock: Clock, Sendable {
    private struct State: Sendable {
        var frozenAt = Duration.zero
        var frozenUntil = Duration.zero
        /// How long it was frozen before.
        var lost = Duration.zero
    }

    let base: VirtualClock
    /// Whether it stands still while the process is frozen. Real ones do not: Swift's `ContinuousClock` counts the time a machine sleeps.
    private let standsStill: Bool
    private let state = NIOLockedValueBox(State())

    init(_ base: VirtualClock, standsStill: Bool = false) {
        self.base = base
        self.standsStill = standsStill
    }

    var now: VirtualClock.Instant { VirtualClock.Instant(offset: elapsed) }
    var minimumResolution: Duration { .zero }
    var timeSource: TimeSource { TimeSource(self, date: { [base] in base.date }) }

    private var elapsed: Duration {
        let time = base.elapsed
        guard standsStill else { return time }
        return state.withLockedValue { time - $0.lost - max(.zero, min(time, $0.frozenUntil) - $0.frozenAt) }
    }

    /// Whether the process stands still.
    var isFrozen: Bool { base.elapsed < state.withLockedValue { $0.frozenUntil } }

    /// Freezes the process.
    func freeze(for duration: Duration) {
        let time = base.elapsed
        state.withLockedValue { state in
            guard state.frozenUntil <= time else { return }
            state.lost += state.frozenUntil - state.frozenAt
            state.frozenAt = time
            state.frozenUntil = time + duration
        }
    }

    func sleep(until deadline: VirtualClock.Instant, tolerance: Duration?) async throws {
        repeat {
            try await base.sleep(for: max(.zero, deadline.offset - elapsed))
            try await thawed()
        } while elapsed < deadline.offset
    }

    /// Returns when the process is not frozen.
    func thawed() async throws {
        while true {
            let until = state.withLockedValue { $0.frozenUntil }
            guard base.elapsed < until else { return }
            try await base.sleep(until: VirtualClock.Instant(offset: until), tolerance: nil)
        }
    }
}

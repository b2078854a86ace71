import KubernetesClient
import NIOConcurrencyHelpers

/// A sleep that others can shorten.
final class Alarm: Sendable {
    private let time: TimeSource
    private let isRung = Latch()
    private let moment = NIOLockedValueBox(Duration.zero)

    init(time: TimeSource) { self.time = time }

    /// Ends the sleep that is going on, or the next one, at a moment; of several before it ends, the first counts.
    func ring(at moment: Duration) {
        self.moment.withLockedValue { if !isRung.isOpen { $0 = moment } }
        isRung.open()
    }

    /// Forgets what was rung.
    func reset() { isRung.close() }

    /// Sleeps until a moment, or until the one that was rung, whichever is earlier.
    ///
    /// - Throws: `CancellationError`.
    func sleep(until end: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [time] in try await time.sleep(until: end) }
            group.addTask { [time, isRung, moment] in
                try await isRung.wait()
                try await time.sleep(until: min(end, moment.withLockedValue { $0 }))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        // What was rung before now is seen by whatever the sleeper does next.
        reset()
    }
}

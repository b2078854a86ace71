import NIOConcurrencyHelpers

/// Lets one task sleep until it is woken or a moment has come. A call to wake before the sleep is not lost.
final class Waker: Sendable {
    private struct State {
        var isWoken = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    /// Wakes the sleeper, or the next one.
    func wake() {
        let sleeper = state.withLockedValue { state in
            defer { state.sleeper = nil }
            if state.sleeper == nil { state.isWoken = true }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Sleeps until woken, until the moment, or until the task is cancelled.
    func sleep(until deadline: ContinuousClock.Instant?) async {
        let alarm = deadline.map { deadline in
            Task {
                try await Task.sleep(until: deadline, clock: .continuous)
                wake()
            }
        }
        defer { alarm?.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLockedValue { state in
                    guard !state.isWoken, !Task.isCancelled else {
                        state.isWoken = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isWoken { continuation.resume() } else if Task.isCancelled { wake() }
            }
        } onCancel: {
            wake()
        }
    }
}

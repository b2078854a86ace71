import KubernetesClient
import NIOConcurrencyHelpers
import OrderedCollections

/// Cancels reconciles that take too long, with one timer for all of them: a timer for each would cost more than a reconcile that finds
/// nothing to do.
final class ReconcileDeadlines: Sendable {
    private struct Running {
        var deadline: Duration
        var cancel: @Sendable () -> Void
        var isOverdue = false
    }

    private struct State {
        var nextID = 0
        /// In the order of their beginning, which is that of their deadlines.
        var running = OrderedDictionary<Int, Running>()
    }

    private let limit: Duration
    private let time: TimeSource
    private let state = NIOLockedValueBox(State())
    private let isBusy = Latch()

    init(limit: Duration, time: TimeSource) {
        self.limit = limit
        self.time = time
    }

    /// Runs a reconcile; when its time is over it is cancelled and waited for.
    ///
    /// - Throws: `TimeLimitExceeded`, or what the work throws.
    func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let task = Task { try await work() }
        let id = state.withLockedValue { state in
            state.nextID += 1
            state.running[state.nextID] = Running(deadline: time.now + limit, cancel: { task.cancel() })
            return state.nextID
        }
        isBusy.open()
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        let ended = state.withLockedValue { $0.running.removeValue(forKey: id) }
        if ended?.isOverdue == true { throw TimeLimitExceeded(limit: limit) }
        return try result.get()
    }

    /// Cancels what is overdue. One task runs this while the controller works, until it is cancelled.
    func runTimer() async {
        while !Task.isCancelled {
            guard (try? await isBusy.wait()) != nil else { return }
            let deadline = state.withLockedValue { state -> Duration? in
                let first = state.running.values.first { !$0.isOverdue }
                if first == nil { isBusy.close() }
                return first?.deadline
            }
            guard let deadline else { continue }
            guard (try? await time.sleep(until: deadline)) != nil else { return }
            let late = state.withLockedValue { state -> [@Sendable () -> Void] in
                var late: [@Sendable () -> Void] = []
                for (id, one) in state.running where !one.isOverdue {
                    guard one.deadline <= time.now else { break }
                    state.running[id]?.isOverdue = true
                    late.append(one.cancel)
                }
                return late
            }
            for cancel in late { cancel() }
        }
    }
}

import NIOConcurrencyHelpers
import OrderedCollections

/// Bounds how much of something happens at once. Whoever waits longest comes first.
final class Permits: Sendable {
    private struct State {
        var free: Int
        var nextID = 0
        var waiting = OrderedDictionary<Int, CheckedContinuation<Bool, Never>>()
        var cancelledEarly: Set<Int> = []
    }

    private let state: NIOLockedValueBox<State>

    init(_ count: Int) { state = NIOLockedValueBox(State(free: count)) }

    /// Waits for a permit.
    ///
    /// - Returns: whether there is one to give back; not so when the task was cancelled.
    func acquire() async -> Bool {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            let isGranted = await withCheckedContinuation { continuation in
                let result = state.withLockedValue { state -> Bool? in
                    if state.cancelledEarly.remove(id) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting[id] = continuation
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
            state.withLockedValue { _ = $0.cancelledEarly.remove(id) }
            return isGranted
        } onCancel: {
            let waiter = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
                if let waiter = state.waiting.removeValue(forKey: id) { return waiter }
                state.cancelledEarly.insert(id)
                return nil
            }
            waiter?.resume(returning: false)
        }
    }

    /// Gives a permit back.
    func release() {
        let next = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
            guard let next = state.waiting.elements.first else {
                state.free += 1
                return nil
            }
            state.waiting.removeValue(forKey: next.key)
            return next.value
        }
        next?.resume(returning: true)
    }
}

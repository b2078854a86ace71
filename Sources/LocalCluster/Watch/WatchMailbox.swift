import NIOConcurrencyHelpers

/// The changes that wait for one watcher: filled by the store, emptied by the task that writes the response.
///
/// It is bounded: a watcher that does not read is ended, as a real API server does, and comes back with its last revision.
final class WatchMailbox: Sendable {
    /// Why a watch ends.
    enum End: Sendable, Equatable {
        case overflow, dropped, shutdown, cancelled
        /// The resource is not served any more.
        case unserved
    }

    /// What the reader finds when it wakes.
    struct Batch: Sendable {
        var events: [StoreEvent]
        var end: End?
    }

    private struct State: Sendable {
        var events: [StoreEvent]
        var end: End?
        var waiter: CheckedContinuation<Void, Never>?
        var isWoken = false
        var deadline: ContinuousClock.Instant?
    }

    let id: Int
    let resource: String?
    /// The store's revision when the watch began.
    let started: Int64
    /// How many of the first changes describe the state at the beginning.
    let initialCount: Int
    private let namespace: String?
    /// Changes up to this revision are not wanted (a watch from a revision that is still to come).
    private let after: Int64
    private let limit: Int
    private let state: NIOLockedValueBox<State>

    init(id: Int, resource: String?, namespace: String?, after: Int64?, initial: [StoreEvent], started: Int64, limit: Int) {
        self.id = id
        self.resource = resource
        self.namespace = namespace
        self.after = after ?? 0
        self.started = started
        self.limit = limit
        self.initialCount = initial.count
        // Woken at once, so that the reader can answer even when there is nothing yet.
        self.state = NIOLockedValueBox(State(events: initial, isWoken: true))
    }

    var isEmpty: Bool { state.withLockedValue { $0.events.isEmpty } }

    /// Whether the watch is over for good: not because it was too slow.
    var isFinal: Bool { state.withLockedValue { $0.end != nil && $0.end != .overflow } }

    /// Adds a change, if it is of interest; called under the store's lock, so it must not call back.
    func deliver(_ event: StoreEvent) {
        if let resource, resource != event.object.resource { return }
        if let namespace, namespace != event.object.key.namespace { return }
        guard event.revision > after else { return }
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard state.end == nil else { return nil }
            if state.events.count >= limit {
                state.end = .overflow
                state.events = []
            } else {
                state.events.append(event)
            }
            return Self.takeWaiter(&state)
        }
        waiter?.resume()
    }

    func end(_ reason: End) {
        state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            state.end = state.end ?? reason
            return Self.takeWaiter(&state)
        }?.resume()
    }

    /// Wakes the reader if its deadline has passed.
    func wake(at now: ContinuousClock.Instant) {
        state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard let deadline = state.deadline, deadline <= now else { return nil }
            state.deadline = nil
            return Self.takeWaiter(&state)
        }?.resume()
    }

    /// Waits for changes, the end, or the deadline, and takes all that is there.
    func next(deadline: ContinuousClock.Instant?) async -> Batch {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isReady = state.withLockedValue { state -> Bool in
                    if state.isWoken || !state.events.isEmpty || state.end != nil { return true }
                    state.waiter = continuation
                    state.deadline = deadline
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            end(.cancelled)
        }
        return state.withLockedValue { state in
            state.isWoken = false
            defer { state.events = [] }
            return Batch(events: state.events, end: state.end)
        }
    }

    private static func takeWaiter(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        guard let waiter = state.waiter else {
            state.isWoken = true
            return nil
        }
        state.waiter = nil
        return waiter
    }
}

import NIOConcurrencyHelpers

/// A value that comes once, and whoever waits for it.
final class OneShot<Value: Sendable>: Sendable {
    private struct State: Sendable {
        var result: Result<Value, any Error>?
        var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
        var next = 0
    }

    private let state = NIOLockedValueBox(State())

    var current: Value? { state.withLockedValue { try? $0.result?.get() } }

    func succeed(_ value: Value) { settle(.success(value)) }

    /// Fails those who wait, and those who come later if there was no value.
    func fail(_ error: any Error) { settle(.failure(error)) }

    func value() async throws -> Value {
        let id = state.withLockedValue { state in
            state.next += 1
            return state.next
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLockedValue { state -> Result<Value, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.result == nil { state.waiters[id] = continuation }
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLockedValue { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    private func settle(_ result: Result<Value, any Error>) {
        let waiters = state.withLockedValue { state in
            if state.result == nil { state.result = result }
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}

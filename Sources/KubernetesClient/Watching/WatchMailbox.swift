import NIOConcurrencyHelpers

/// Hands batches from one producer to one consumer. It holds one batch: the producer waits until the consumer took it, so that a slow
/// consumer slows the connection down instead of filling memory.
final class WatchMailbox<Element: Sendable>: Sendable {
    private struct State {
        var batch: [Element]?
        var end: Result<Void, any Error>?
        var consumer: CheckedContinuation<[Element]?, any Error>?
        var producer: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    /// Puts a batch in and returns when the consumer took it, or when the mailbox was ended.
    func send(_ batch: [Element]) async {
        await withCheckedContinuation { continuation in
            let waiting = state.withLockedValue { state -> (CheckedContinuation<[Element]?, any Error>?, Bool) in
                guard state.end == nil else { return (nil, true) }
                if let consumer = state.consumer {
                    state.consumer = nil
                    return (consumer, true)
                }
                state.batch = batch
                state.producer = continuation
                return (nil, false)
            }
            waiting.0?.resume(returning: batch)
            if waiting.1 { continuation.resume() }
        }
    }

    /// No more batches follow. What was put in before can still be taken.
    func finish(_ result: Result<Void, any Error>) {
        let (consumer, producer) = state.withLockedValue { state in
            guard state.end == nil else {
                return (CheckedContinuation<[Element]?, any Error>?.none, CheckedContinuation<Void, Never>?.none)
            }
            state.end = result
            defer {
                state.consumer = nil
                state.producer = nil
            }
            return (state.consumer, state.producer)
        }
        producer?.resume()
        consumer?.resume(with: result.map { nil })
    }

    /// The next batch; `nil` at the end.
    func next() async throws -> [Element]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (answer, producer) = state.withLockedValue {
                    state -> (Result<[Element]?, any Error>?, CheckedContinuation<Void, Never>?) in
                    if let batch = state.batch {
                        state.batch = nil
                        defer { state.producer = nil }
                        return (.success(batch), state.producer)
                    }
                    if let end = state.end { return (end.map { nil }, nil) }
                    state.consumer = continuation
                    return (nil, nil)
                }
                producer?.resume()
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }
}

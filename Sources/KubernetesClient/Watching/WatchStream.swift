import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import NIOCore

/// The events of one watch, until the server ends it. It can be read once.
///
/// It throws ``KubernetesError``: `watchIdle` when nothing came for longer than the server was asked to keep the watch open plus a margin,
/// `transport` when the connection broke. An error that the server sends is an event, after which the stream ends. Ending the iteration, or
/// cancelling its task, closes the connection.
public struct WatchStream<Object: KubernetesObject>: AsyncSequence, Sendable {
    /// The events.
    public typealias Element = WatchEvent<Object>

    let body: TransportBody
    let resource: ResourceType
    let idleLimit: Duration
    let maximumLine: Int
    let time: TimeSource
    let decode: @Sendable (DynamicObject) throws -> Object

    /// Starts to read.
    public func makeAsyncIterator() -> Iterator { Iterator(pump: WatchPump(self)) }

    /// Reads the events.
    public struct Iterator: AsyncIteratorProtocol {
        private let pump: WatchPump<Object>
        private var batch: ArraySlice<WatchEvent<Object>> = []
        private var isOver = false

        init(pump: WatchPump<Object>) { self.pump = pump }

        /// The next event; `nil` when the server ended the watch.
        public mutating func next() async throws -> WatchEvent<Object>? {
            guard !isOver else { return nil }
            while batch.isEmpty {
                guard let next = try await pump.mailbox.next() else {
                    isOver = true
                    return nil
                }
                batch = next[...]
            }
            let event = batch.removeFirst()
            if case .error = event { isOver = true }
            return event
        }
    }
}

/// Reads the bytes of a watch in a task of its own, which ends with the pump, and notices silence.
final class WatchPump<Object: KubernetesObject>: Sendable {
    let mailbox = WatchMailbox<WatchEvent<Object>>()
    private let task: Task<Void, Never>

    init(_ stream: WatchStream<Object>) {
        let mailbox = mailbox
        task = Task {
            do {
                try await Self.run(stream, into: mailbox)
                mailbox.finish(.success(()))
            } catch {
                mailbox.finish(.failure(Self.translate(error)))
            }
        }
    }

    deinit {
        task.cancel()
        mailbox.finish(.failure(CancellationError()))
    }

    private static func run(_ stream: WatchStream<Object>, into mailbox: WatchMailbox<WatchEvent<Object>>) async throws {
        let time = stream.time
        let latest = NIOLockedValueBox(time.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var splitter = LineSplitter(maximumLength: stream.maximumLine)
                for try await piece in stream.body {
                    latest.withLockedValue { $0 = time.now }
                    let lines = try splitter.append(piece)
                    guard !lines.isEmpty else { continue }
                    await mailbox.send(
                        try lines.map { try WatchEventDecoding.event(line: $0, resource: stream.resource).mapObject(stream.decode) }
                    )
                    // The time in which the consumer was busy is not the server's silence.
                    latest.withLockedValue { $0 = time.now }
                }
            }
            group.addTask {
                while true {
                    let deadline = latest.withLockedValue { $0 } + stream.idleLimit
                    if time.now >= deadline {
                        throw KubernetesError(
                            .watchIdle,
                            "The watch of \(stream.resource) was silent for \(stream.idleLimit), longer than the server allows"
                        )
                    }
                    try await time.sleep(until: deadline)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func translate(_ error: any Error) -> any Error {
        switch error {
        case is KubernetesError: error
        case is CancellationError where Task.isCancelled: error
        case let error as TransportError where error.code == .timedOut:
            KubernetesError(.timedOut, "The watch had no answer in time", cause: error.cause)
        case let error as TransportError: KubernetesError(.transport, "The connection of the watch broke", cause: error.cause)
        default: KubernetesError(.transport, "The watch failed", cause: error)
        }
    }
}

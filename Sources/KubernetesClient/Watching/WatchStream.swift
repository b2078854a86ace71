import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// The events of one watch, until the server ends it. It can be read once.
///
/// It throws ``KubernetesError``: `watchIdle` when nothing came until after the moment at which the server was asked to end the watch,
/// `transport` when the connection broke, `decoding` when a line makes no sense. Events of a type that is not known, and bookmarks without a
/// version, are passed over. An error that the server sends is an event, after which the stream ends. Ending the iteration, or cancelling
/// its task, closes the connection.
public struct WatchStream<Object: KubernetesObject>: AsyncSequence, Sendable {
    /// The events.
    public typealias Element = WatchEvent<Object>

    let body: TransportBody
    let resource: ResourceType
    let silence: WatchSilence
    let maximumLine: Int
    let time: TimeSource
    let logger: Logger
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
        let heard = NIOLockedValueBox(Heard(last: time.now))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var splitter = LineSplitter(maximumLength: stream.maximumLine)
                for try await piece in stream.body {
                    // The time in which this end is busy is not the server's silence.
                    heard.withLockedValue { $0 = Heard(last: time.now, isHandingOver: true) }
                    let events = try decode(try splitter.append(piece), stream)
                    if !events.isEmpty { await mailbox.send(events) }
                    heard.withLockedValue { $0 = Heard(last: time.now) }
                }
            }
            group.addTask {
                while true {
                    let (last, isHandingOver) = heard.withLockedValue { ($0.last, $0.isHandingOver) }
                    let deadline = stream.silence.deadline(last: isHandingOver ? time.now : last)
                    if time.now >= deadline {
                        throw KubernetesError(
                            .watchIdle,
                            "The watch of \(stream.resource) was silent for \(time.now - last), longer than a server that lives"
                        )
                    }
                    try await time.sleep(until: deadline)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// When the server was last heard, and whether what it said is being handed over.
    private struct Heard: Sendable {
        var last: Duration
        var isHandingOver = false
    }

    private static func decode(_ lines: [ByteBuffer], _ stream: WatchStream<Object>) throws -> [WatchEvent<Object>] {
        var events: [WatchEvent<Object>] = []
        for line in lines {
            switch try WatchEventDecoding.line(line, resource: stream.resource) {
            case .event(let event): events.append(try event.mapObject(stream.decode))
            case .unknown(let what):
                stream.logger.warning(
                    "Passed over an event that makes no sense",
                    metadata: ["resource": "\(stream.resource)", "event": "\(what)"]
                )
            }
        }
        return events
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

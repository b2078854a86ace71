import HTTPOperations
import HTTPTypes
import Schema

/// Tells what changed between two looks.
protocol ChangeTeller<Value>: Sendable {
    /// What is looked at.
    associatedtype Value: Sendable

    /// The events of a look.
    ///
    /// - Parameter value: what is there; nil for nothing.
    mutating func look(_ value: Value?) -> [ServerSentEvent]
}

/// A stream of events: those of a first look, then what changes, and a sign of life when nothing does.
struct EventStream<Key: Hashable & Sendable, Teller: ChangeTeller>: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let feed: ChangeFeed<Key, Teller.Value>
    let key: Key
    let first: Teller.Value?
    let teller: Teller

    /// A stream of a feed.
    ///
    /// - Parameters:
    ///   - feed: the feed.
    ///   - key: what is watched.
    ///   - first: what is there now; nil for nothing.
    ///   - teller: makes events of it.
    init(_ feed: ChangeFeed<Key, Teller.Value>, of key: Key, first: Teller.Value?, telling teller: Teller) {
        self.feed = feed
        self.key = key
        self.first = first
        self.teller = teller
    }

    /// The answer that sends it.
    var response: OperationResponse {
        OperationResponse(status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], stream: self)
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Reads it.
    struct Iterator: AsyncIteratorProtocol {
        /// Most events that are sent as one piece.
        private static var piece: Int { 64 }

        private let stream: EventStream
        private var looks: AsyncStream<ChangeFeed<Key, Teller.Value>.Look>.Iterator
        private var teller: Teller
        private var pending: ArraySlice<ServerSentEvent> = []
        private var hasBegun = false
        private let begun = ContinuousClock.now
        private var spoke = ContinuousClock.now

        fileprivate init(_ stream: EventStream) {
            self.stream = stream
            teller = stream.teller
            looks = stream.feed.looks(at: stream.key).makeAsyncIterator()
        }

        mutating func next() async throws -> [UInt8]? {
            if !hasBegun {
                hasBegun = true
                pending = teller.look(stream.first)[...]
                return ServerSentEvent.opening + take()
            }
            if !pending.isEmpty { return take() }
            while let look = await looks.next() {
                let now = ContinuousClock.now
                guard now - begun < stream.feed.limits.lifetime else { return nil }
                if case .state(let value) = look {
                    pending = teller.look(value)[...]
                    if !pending.isEmpty {
                        spoke = now
                        return take()
                    }
                }
                if now - spoke >= stream.feed.limits.heartbeat {
                    spoke = now
                    return ServerSentEvent.heartbeat
                }
            }
            return nil
        }

        private mutating func take() -> [UInt8] {
            let events = pending.prefix(Self.piece)
            pending = pending.dropFirst(Self.piece)
            return events.flatMap(\.bytes)
        }
    }
}

extension ChangeFeed {
    /// Throws 503 when nobody else may watch.
    ///
    /// - Parameter instead: the operation that gives the same without a stream.
    func requireRoom(instead: String) throws(OperationError) {
        guard hasRoom else {
            throw .unavailable(
                code: "too_many_streams",
                message: "As many streams as may be are open; ask \(instead) instead, or try again later.",
                retryAfter: 30
            )
        }
    }
}

extension ResponseDeclaration {
    /// 200 with a stream of events.
    static let events = ResponseDeclaration(
        status: .ok,
        description: "Events.",
        mediaType: "text/event-stream",
        schema: JSONSchema(type: .string)
    )
}

extension ErrorDeclaration {
    /// 503: as many streams as may be are open.
    static let tooManyStreams = ErrorDeclaration(.serviceUnavailable, "too_many_streams", "As many streams as may be are open.")
}

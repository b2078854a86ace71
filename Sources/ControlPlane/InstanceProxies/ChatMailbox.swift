import JSONValue
import NIOConcurrencyHelpers
import OpenClawGateway

/// How a chat ended.
enum ChatEnd: Sendable, Hashable {
    /// The agent's whole answer.
    case answer(String)
    /// There is none.
    case failure(code: String, message: String)

    /// What an agent's last word means; `nil` when it was not the last.
    init?(_ update: ChatUpdate) {
        switch update {
        case .delta: return nil
        case .final(let text): self = .answer(text)
        case .aborted: self = .failure(code: "aborted", message: "Somebody stopped the agent.")
        case .failed(let kind, let message): self = .failure(code: kind, message: message)
        }
    }
}

/// What an agent has said and the client has not read yet. A slow client gets more at a time, and not ever more is kept for it.
final class ChatMailbox: Sendable {
    /// The most bytes that wait.
    static let capacity = 1 << 20

    private struct State {
        var text = ""
        var end: ChatEnd?
        var isDue = false
    }

    private let state = NIOLockedValueBox(State())
    private let waker: AsyncStream<Void>.Continuation

    /// An empty mailbox.
    ///
    /// - Parameter left: called when nobody reads any more.
    /// - Returns: it, and the way to read it.
    static func make(left: @escaping @Sendable () -> Void) -> (mailbox: ChatMailbox, stream: ChatStream) {
        let (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waker.onTermination = { _ in left() }
        let mailbox = ChatMailbox(waker)
        return (mailbox, ChatStream(mailbox: mailbox, wakes: wakes))
    }

    private init(_ waker: AsyncStream<Void>.Continuation) { self.waker = waker }

    /// The agent said more.
    func add(_ text: String) {
        state.withLockedValue { state in
            guard state.end == nil else { return }
            guard state.text.utf8.count + text.utf8.count <= Self.capacity else {
                state.end = .failure(code: "too_slow", message: "The answer was not read as fast as it came.")
                return
            }
            state.text += text
        }
        waker.yield()
    }

    /// There is no more to come. The first end counts.
    func end(_ end: ChatEnd) {
        state.withLockedValue { if $0.end == nil { $0.end = end } }
        waker.yield()
    }

    /// Lets the reader give a sign of life.
    func beat() {
        state.withLockedValue { $0.isDue = true }
        waker.yield()
    }

    /// Takes what is there.
    fileprivate func take() -> (text: String, end: ChatEnd?, isDue: Bool) {
        state.withLockedValue { state in
            defer {
                state.text = ""
                state.isDue = false
            }
            return (state.text, state.end, state.isDue)
        }
    }
}

/// The events of a chat: `delta` for each part, then `final` or `error`.
struct ChatStream: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    fileprivate let mailbox: ChatMailbox
    fileprivate let wakes: AsyncStream<Void>

    func makeAsyncIterator() -> Iterator { Iterator(mailbox: mailbox, wakes: wakes.makeAsyncIterator()) }

    /// Reads it.
    struct Iterator: AsyncIteratorProtocol {
        fileprivate let mailbox: ChatMailbox
        fileprivate var wakes: AsyncStream<Void>.Iterator
        private var hasBegun = false
        private var isOver = false

        fileprivate init(mailbox: ChatMailbox, wakes: AsyncStream<Void>.Iterator) {
            self.mailbox = mailbox
            self.wakes = wakes
        }

        mutating func next() async throws -> [UInt8]? {
            guard hasBegun else {
                hasBegun = true
                return ServerSentEvent.heartbeat
            }
            while !isOver {
                let (text, end, isDue) = mailbox.take()
                var bytes: [UInt8] = text.isEmpty ? [] : ServerSentEvent(name: "delta", data: ["text": .string(text)]).bytes
                if let end {
                    isOver = true
                    bytes += Self.event(end).bytes
                }
                if !bytes.isEmpty { return bytes }
                if isDue { return ServerSentEvent.heartbeat }
                guard await wakes.next() != nil else { return nil }
            }
            return nil
        }

        private static func event(_ end: ChatEnd) -> ServerSentEvent {
            switch end {
            case .answer(let text): ServerSentEvent(name: "final", data: ["text": .string(text)])
            case .failure(let code, let message):
                ServerSentEvent(name: "error", data: ["code": .string(code), "message": .string(message)])
            }
        }
    }
}

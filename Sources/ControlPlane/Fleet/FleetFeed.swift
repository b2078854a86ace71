import Foundation
import Logging
import NIOConcurrencyHelpers
import Projection
import ServiceLifecycle

/// Looks at the fleets that somebody watches, once for all of them, and tells the watchers. It looks at nothing while nobody watches.
final class FleetFeed: Service {
    /// How often it looks, and how many may watch.
    struct Limits: Sendable, Hashable {
        /// Pause between two looks.
        var interval: Duration = .milliseconds(250)
        /// Most watchers at a time.
        var watchers = 256
        /// How long one may watch before it has to connect anew.
        var lifetime: Duration = .seconds(1800)
        /// The longest silence on a stream.
        var heartbeat: Duration = .seconds(15)
    }

    /// What a look came to.
    enum Look: Sendable {
        /// This is there; nil for no fleet.
        case state(FleetState?)
        /// The database could not be asked.
        case unavailable
    }

    private struct State {
        var next = 0
        var watchers: [Int: (owner: FleetOwner, mailbox: AsyncStream<Look>.Continuation)] = [:]
        var isOver = false
    }

    let limits: Limits
    private let reader: FleetReader
    private let logger: Logger
    private let state = NIOLockedValueBox(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// Makes a feed.
    init(reader: FleetReader, limits: Limits = Limits(), logger: Logger) {
        self.reader = reader
        self.limits = limits
        self.logger = logger
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether one more may watch.
    var hasRoom: Bool { state.withLockedValue { !$0.isOver && $0.watchers.count < limits.watchers } }

    /// The looks at the fleet of an owner, until the reader lets go of them. Whoever is slow gets the newest look only.
    func looks(at owner: FleetOwner) -> AsyncStream<Look> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { mailbox in
            let id = state.withLockedValue { state -> Int? in
                guard !state.isOver, state.watchers.count < limits.watchers else { return nil }
                state.next += 1
                state.watchers[state.next] = (owner, mailbox)
                return state.next
            }
            guard let id else { return mailbox.finish() }
            mailbox.onTermination = { [state] _ in state.withLockedValue { _ = $0.watchers.removeValue(forKey: id) } }
            waker.yield()
        }
    }

    /// How many watch.
    var watcherCount: Int { state.withLockedValue { $0.watchers.count } }

    /// Looks until cancelled or shut down; then all streams end.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in wakes {
                while watcherCount > 0, !Task.isCancelled {
                    await look()
                    try? await Task.sleep(for: limits.interval)
                }
            }
        } onCancelOrGracefulShutdown: {
            self.end()
        }
    }

    private func look() async {
        let watchers = state.withLockedValue { $0.watchers.values.map { $0 } }
        do {
            let states = try await reader.states(of: Set(watchers.map(\.owner)))
            for watcher in watchers { watcher.mailbox.yield(.state(states[watcher.owner])) }
        } catch {
            logger.debug("fleets cannot be looked at", metadata: ["error": .string("\(error)")])
            for watcher in watchers { watcher.mailbox.yield(.unavailable) }
        }
    }

    private func end() {
        let mailboxes = state.withLockedValue { state in
            defer { state.isOver = true }
            return state.watchers.values.map(\.mailbox)
        }
        for mailbox in mailboxes { mailbox.finish() }
        waker.finish()
    }
}

/// The stream of one fleet: the whole of it, then what changes, and a sign of life when nothing does.
struct FleetStream: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let feed: FleetFeed
    let owner: FleetOwner?
    let first: FleetState?
    let answer: @Sendable (FleetState?) -> FleetAnswer

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Reads it.
    struct Iterator: AsyncIteratorProtocol {
        private let stream: FleetStream
        private var looks: AsyncStream<FleetFeed.Look>.Iterator
        private var changes = FleetChanges()
        private var hasBegun = false
        private let begun = ContinuousClock.now
        private var spoke = ContinuousClock.now

        fileprivate init(_ stream: FleetStream) {
            self.stream = stream
            // Who has no organisation and no address has no fleet and will have none: the stream is silent but for its signs of life.
            looks = stream.feed.looks(at: stream.owner ?? .person("")).makeAsyncIterator()
        }

        mutating func next() async throws -> [UInt8]? {
            if !hasBegun {
                hasBegun = true
                return ServerSentEvent.opening + bytes(of: stream.first)
            }
            while let look = await looks.next() {
                let now = ContinuousClock.now
                guard now - begun < stream.feed.limits.lifetime else { return nil }
                if case .state(let state) = look {
                    let bytes = bytes(of: state)
                    if !bytes.isEmpty {
                        spoke = now
                        return bytes
                    }
                }
                if now - spoke >= stream.feed.limits.heartbeat {
                    spoke = now
                    return ServerSentEvent.heartbeat
                }
            }
            return nil
        }

        private mutating func bytes(of state: FleetState?) -> [UInt8] {
            changes.look(state, answer: stream.answer(state)).flatMap(\.bytes)
        }
    }
}

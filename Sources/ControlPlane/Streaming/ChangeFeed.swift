import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// How streams are fed.
struct FeedLimits: Sendable, Hashable {
    /// Pause between two looks.
    var interval: Duration = .milliseconds(250)
    /// Most watchers at a time.
    var watchers = 256
    /// How long one may watch before it has to connect anew.
    var lifetime: Duration = .seconds(1800)
    /// The longest silence on a stream.
    var heartbeat: Duration = .seconds(15)
}

/// Looks at what somebody watches, once for all watchers together, and tells them. It looks at nothing while nobody watches.
final class ChangeFeed<Key: Hashable & Sendable, Value: Sendable>: Service {
    /// What a look came to.
    enum Look: Sendable {
        /// This is there; nil for nothing.
        case state(Value?)
        /// The database could not be asked.
        case unavailable
    }

    private struct State {
        var next = 0
        var watchers: [Int: (key: Key, mailbox: AsyncStream<Look>.Continuation)] = [:]
        var isOver = false
    }

    let limits: FeedLimits
    private let read: @Sendable (Set<Key>) async throws -> [Key: Value]
    private let logger: Logger
    private let state = NIOLockedValueBox(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// Makes a feed.
    ///
    /// - Parameters:
    ///   - limits: how often it looks, and how many may watch.
    ///   - logger: told when it cannot look.
    ///   - read: what is there for some keys.
    init(limits: FeedLimits, logger: Logger, read: @escaping @Sendable (Set<Key>) async throws -> [Key: Value]) {
        self.limits = limits
        self.logger = logger
        self.read = read
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether one more may watch.
    var hasRoom: Bool { state.withLockedValue { !$0.isOver && $0.watchers.count < limits.watchers } }

    /// How many watch.
    var watcherCount: Int { state.withLockedValue { $0.watchers.count } }

    /// The looks at a key, until the reader lets go of them. Whoever is slow gets the newest look only.
    func looks(at key: Key) -> AsyncStream<Look> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { mailbox in
            let id = state.withLockedValue { state -> Int? in
                guard !state.isOver, state.watchers.count < limits.watchers else { return nil }
                state.next += 1
                state.watchers[state.next] = (key, mailbox)
                return state.next
            }
            guard let id else { return mailbox.finish() }
            mailbox.onTermination = { [state] _ in state.withLockedValue { _ = $0.watchers.removeValue(forKey: id) } }
            waker.yield()
        }
    }

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
            let (read, keys) = (read, Set(watchers.map(\.key)))
            // A database that does not answer must not keep signs of life from being sent.
            let found = try await TimeSource.system.withTimeout(max(.seconds(1), limits.heartbeat / 3)) { try await read(keys) }
            for watcher in watchers { watcher.mailbox.yield(.state(found[watcher.key])) }
        } catch {
            logger.debug("what is watched cannot be looked at", metadata: ["error": .string("\(error)")])
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

import Foundation
import HTTPOperations
import HTTPTypes
import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import OpenClawGateway
import ServiceLifecycle

/// Hands messages to the agents of instances and their answers back, one chat at a time with an instance.
final class ChatRelay: Service {
    /// How long things may take.
    struct Limits: Sendable, Hashable {
        /// The whole of a chat.
        var lifetime: Duration = .seconds(300)
        /// How long the lease of a chat is good without being renewed: after that long, a replica that died is forgotten.
        var lease: Duration = .seconds(30)
        /// Between two signs of life, by which it is noticed that the client is gone.
        var heartbeat: Duration = .seconds(2)
        /// For a connection to come about.
        var connect: Duration = .seconds(10)
        /// The most chats of this process.
        var chats = 256
        /// How long chats may go on when this process is about to end.
        var drain: Duration = .seconds(10)
    }

    /// A message for an agent.
    struct Message: Sendable {
        var instance: UUID
        /// The uid of the Tenant.
        var tenant: String
        var text: String
        /// Names the message for the gateway, and the chat for the lease.
        var key: String
        var holder: String
    }

    private struct Chat: Sendable {
        var message: Message
        var mailbox: ChatMailbox
        var started: AsyncStream<Result<Void, any Error>>.Continuation
        /// Ends when the client is gone.
        var left: AsyncStream<Never>
        /// When the lease was asked for: it is good from then on at least.
        var leasedAt: Duration
        var run = NIOLockedValueBox<(id: String, session: String)?>(nil)
    }

    private enum Outcome: Sendable {
        case ended(ChatEnd)
        case failed(any Error)
        case left
        case late
        case lost
        case over
    }

    private let gateways: TenantGateways
    private let lease: ChatLease
    private let limits: Limits
    private let time: TimeSource
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let open = NIOLockedValueBox(0)
    private let work: AsyncStream<Chat>
    private let order: AsyncStream<Chat>.Continuation

    init(
        gateways: TenantGateways,
        lease: ChatLease,
        limits: Limits = Limits(),
        time: TimeSource = .system,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.gateways = gateways
        self.lease = lease
        self.limits = limits
        self.time = time
        self.now = now
        self.logger = logger
        (work, order) = AsyncStream.makeStream(of: Chat.self, bufferingPolicy: .bufferingOldest(limits.chats))
    }

    /// Carries chats until cancelled or shut down. A shutdown lets those that go on end, for a bounded time; new ones are refused.
    func run() async throws {
        let (limits, time, order) = (limits, time, order)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await chat in self.work { group.addTask { await self.carry(chat) } }
                }
            }
            group.addTask {
                try? await gracefulShutdown()
                order.finish()
                try? await time.sleep(for: limits.drain)
            }
            await group.next()
            group.cancelAll()
        }
        order.finish()
    }

    /// Gives a message to an agent.
    ///
    /// - Returns: its answer as it comes; whoever lets go of it stops the agent.
    /// - Throws: ``OperationError``: 409 while another chat goes on, 502, 504 and so on as ``ProxyFailure`` says, 503.
    func begin(_ message: Message) async throws -> ChatStream {
        let hasRoom = open.withLockedValue { count in
            guard count < limits.chats else { return false }
            count += 1
            return true
        }
        guard hasRoom else { throw Self.full }
        let (now, leasedAt) = (now(), time.now)
        let isFree: Bool
        do {
            isFree = try await onDatabase {
                try await lease.acquire(message.instance, holder: message.holder, now: now, until: now + limits.lease.inSeconds)
            }
        } catch {
            open.withLockedValue { $0 -= 1 }
            throw error
        }
        guard isFree else {
            open.withLockedValue { $0 -= 1 }
            throw Self.busy
        }
        let (left, leaving) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
        let (mailbox, stream) = ChatMailbox.make { leaving.finish() }
        let (starts, started) = AsyncStream.makeStream(of: Result<Void, any Error>.self, bufferingPolicy: .bufferingOldest(1))
        let chat = Chat(message: message, mailbox: mailbox, started: started, left: left, leasedAt: leasedAt)
        guard case .enqueued = order.yield(chat) else {
            open.withLockedValue { $0 -= 1 }
            try? await lease.release(message.instance, holder: message.holder)
            throw Self.full
        }
        for await start in starts {
            try start.get()
            return stream
        }
        throw CancellationError()
    }

    static let busy = OperationError(
        .conflict,
        code: "CHAT_IN_PROGRESS",
        message: "A chat with this instance is going on; wait for its end.",
        headers: [.retryAfter: "5"]
    )
    private static let full = OperationError.unavailable(
        code: "TOO_MANY_CHATS",
        message: "As many chats as may be are going on; try again later.",
        retryAfter: 10
    )

    // MARK: - A chat

    private func carry(_ chat: Chat) async {
        let start = time.now
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await self.converse(chat) }
            group.addTask {
                for await _ in chat.left {}
                return .left
            }
            group.addTask {
                try? await self.time.sleep(for: self.limits.lifetime)
                return .late
            }
            group.addTask { await self.hold(chat) }
            defer { group.cancelAll() }
            return await group.next() ?? .left
        }
        let isInterrupted = Task.isCancelled
        // The client may be gone and this process about to end: the agent and the lease are let go of all the same, in a bounded time; and before
        // the client hears of the end, so that it may go on at once.
        await Task { [self] in
            let stops = if case .ended = outcome { false } else { true }
            if stops { await stop(chat) }
            try? await time.withTimeout(.seconds(5)) { try await self.lease.release(chat.message.instance, holder: chat.message.holder) }
        }.value
        let word = tell(isInterrupted ? .over : outcome, chat)
        InstanceProxy.record("chat", word, time.now - start)
        open.withLockedValue { $0 -= 1 }
        chat.started.finish()
    }

    /// Tells the client how it ended.
    ///
    /// - Returns: that in one word, for the figures.
    private func tell(_ outcome: Outcome, _ chat: Chat) -> String {
        func fail(_ code: String, _ message: String, _ error: any Error) -> String {
            // Whoever has the head of the answer already hears of it in an event.
            chat.started.yield(.failure(error))
            chat.mailbox.end(.failure(code: code, message: message))
            return code
        }
        switch outcome {
        case .ended(let end):
            chat.mailbox.end(end)
            return "ok"
        case .left: return "left"
        case .over:
            let message = "The control plane is about to end; the conversation has what was said."
            return fail("interrupted", message, OperationError.unavailable(code: "ENDING", message: message, retryAfter: 5))
        case .late:
            return fail("timeout", "The agent did not end its answer in time, and was stopped.", OperationError.timeout)
        case .lost:
            return fail("interrupted", "The control plane lost hold of this chat.", OperationError.databaseUnavailable(DeadlineLost()))
        case .failed(let error):
            guard let failure = ProxyFailure(error) else {
                logger.error("a chat failed", metadata: ["error": .string("\(error)")])
                return fail("failed", "Something went wrong on our side.", error)
            }
            return fail(failure.rule.code.lowercased(), failure.message, failure.operationError)
        }
    }

    private struct DeadlineLost: Error {}

    private func converse(_ chat: Chat) async -> Outcome {
        let end = NIOLockedValueBox<ChatEnd?>(nil)
        do {
            try await gateways.withGateway(of: chat.message.tenant, connectWithin: limits.connect) { client in
                let session = try await client.mainSession()
                try await client.converse(
                    chat.message.text,
                    in: session,
                    idempotencyKey: chat.message.key,
                    started: { run in
                        chat.run.withLockedValue { $0 = (run, session) }
                        chat.started.yield(.success(()))
                    },
                    { update in
                        switch update {
                        case .delta(let text): chat.mailbox.add(text)
                        default: end.withLockedValue { $0 = ChatEnd(update) }
                        }
                    }
                )
            }
            return .ended(end.withLockedValue { $0 } ?? .failure(code: "unknown", message: "The agent did not say how it ended."))
        } catch {
            return .failed(error)
        }
    }

    /// Keeps the lease, and gives signs of life; returns when the lease is, or may soon be, somebody else's.
    private func hold(_ chat: Chat) async -> Outcome {
        let (lease, message) = (lease, chat.message)
        // What is left then is for stopping the agent.
        let good = limits.lease * 5 / 6
        // The lease is reckoned from before it was asked for, as it is in the database.
        var leasedAt = chat.leasedAt
        while true {
            do { try await time.sleep(for: limits.heartbeat) } catch { return .lost }
            chat.mailbox.beat()
            let asked = time.now
            guard asked - leasedAt >= limits.lease / 3 else { continue }
            let left = leasedAt + good - asked
            guard left > .zero else { return .lost }
            let until = now() + limits.lease.inSeconds
            // A database that is slow, or away for a moment, does no harm as long as nobody else can have the lease.
            let isOurs = try? await time.withTimeout(min(left, limits.lease / 6)) {
                try await lease.renew(message.instance, holder: message.holder, until: until)
            }
            if isOurs == true { leasedAt = asked }
            if isOurs == false { return .lost }
        }
    }

    private func stop(_ chat: Chat) async {
        guard let run = chat.run.withLockedValue({ $0 }) else { return }
        do {
            try await time.withTimeout(.seconds(5)) {
                try await self.gateways.withGateway(of: chat.message.tenant, connectWithin: .seconds(2)) { client in
                    try await client.abort(run.id, in: run.session)
                }
            }
        } catch {
            logger.debug("an agent was not stopped", metadata: ["error": .string("\(error)")])
        }
    }
}

import JSONValue
import Logging
import ServiceLifecycle

/// Keeps one connection to one gateway, and makes calls over it.
///
/// ``run()`` connects, and connects again whenever the connection ends; calls wait for a connection within their time limit. The protocol itself
/// is ``ConnectionMachine``; this shell moves bytes and time.
public actor GatewayClient: Service {
    /// Where the gateway is.
    public nonisolated let endpoint: GatewayEndpoint

    private let transport: any GatewayTransport
    private nonisolated let time: GatewayTime
    private let limits: ConnectionMachine.Limits
    private let logger: Logger
    private var parameters: ConnectParameters
    private var policy = ReconnectPolicy()

    private var machine: ConnectionMachine?
    private var outbound: (any GatewayOutbound)?
    private var calls: [String: AsyncStream<Result<JSON, GatewayError>>.Continuation] = [:]
    private var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    private var counter = 0
    private var ending: GatewayError?
    /// Whether ``run()`` is over: nobody keeps a connection any more, and nobody looks at time limits.
    private var hasEnded = false
    /// Why the last connection ended, until there is another.
    private var lastError: GatewayError?
    private var listeners = GatewayListeners()
    /// How the client stands with its gateway.
    public private(set) var state = GatewayConnectionState.idle

    /// How often time limits are looked at; they are this much late at most.
    private static let step: Duration = .milliseconds(500)
    /// How many callers wait for a connection at most.
    private static let mostWaiting = 1024

    /// A client; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - endpoint: where the gateway is.
    ///   - parameters: who this client is.
    ///   - limits: the time limits of a connection. Default: the reference client's.
    ///   - transport: opens sockets. Default: real ones.
    ///   - time: the clock. Default: the machine's.
    ///   - logger: for what goes wrong.
    public init(
        endpoint: GatewayEndpoint,
        parameters: ConnectParameters,
        limits: ConnectionMachine.Limits = .init(),
        transport: any GatewayTransport = WebSocketTransport(),
        time: GatewayTime = .system,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.parameters = parameters
        self.limits = limits
        self.transport = transport
        self.time = time
        self.logger = logger
    }

    // MARK: - Life

    /// Keeps the connection until the task is cancelled, the service is shut down, or the gateway refuses this client for good.
    ///
    /// After a refusal it returns; ``state`` says why. Whoever mends the reason makes a new client.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await self.keep() } }
            group.addTask { await self.watchTime() }
            await group.next()
            group.cancelAll()
        }
        finish()
    }

    private func keep() async {
        while !Task.isCancelled {
            state = .connecting
            ending = nil
            let error = await connection()
            guard !Task.isCancelled else { return }
            lastError = error
            listeners.tell(.disconnected(error))
            switch policy.ended(error, random: time.random()) {
            case .stop:
                state = .refused(error)
                releaseWaiting()
                logger.warning("A gateway refuses its client", metadata: ["gateway": "\(endpoint)", "error": "\(error)"])
                return
            case .retry(let pause):
                state = .waiting(error)
                if error.needsSomebody { releaseWaiting() }
                logger.debug("A gateway is not connected", metadata: ["gateway": "\(endpoint)", "error": "\(error)", "pause": "\(pause)"])
                do { try await time.sleep(pause) } catch { return }
            }
        }
    }

    /// One connection from its beginning to its end; gives the reason of the end.
    private func connection() async -> GatewayError {
        do {
            let closing = try await transport.run(
                to: endpoint,
                opened: { await self.opened($0) },
                received: { await self.received($0) }
            )
            perform(machine?.closed(code: closing.code, reason: closing.reason) ?? [])
            let error = ending ?? GatewayError(.closed, "The gateway's connection ended.", closeCode: closing.code)
            forgetConnection()
            return error
        } catch {
            perform(machine?.closed(code: nil, reason: "") ?? [])
            let reason = ending
            forgetConnection()
            return reason ?? error as? GatewayError ?? GatewayError(.unreachable, "There is no connection to \(endpoint).")
        }
    }

    private func forgetConnection() {
        machine = nil
        outbound = nil
    }

    private func finish() {
        hasEnded = true
        if case .refused = state {} else { state = .idle }
        for call in calls.values { call.yield(.failure(over)) }
        calls = [:]
        releaseWaiting()
        listeners.finish()
    }

    private func opened(_ outbound: any GatewayOutbound) {
        self.outbound = outbound
        machine = ConnectionMachine(parameters, limits: limits, now: time.now())
    }

    private func received(_ bytes: [UInt8]) { perform(machine?.received(bytes, at: time.now()) ?? []) }

    private func watchTime() async {
        while !Task.isCancelled {
            do { try await time.sleep(Self.step) } catch { return }
            perform(machine?.elapsed(at: time.now()) ?? [])
        }
    }

    /// - Returns: whether everything that was to be sent was taken.
    @discardableResult
    private func perform(_ actions: [ConnectionMachine.Action]) -> Bool {
        var isTaken = true
        for action in actions {
            switch action {
            case .send(let bytes): isTaken = outbound?.send(bytes) == true && isTaken
            case .close(let code, let reason): outbound?.close(code: code, reason: reason)
            case .ended(let error):
                ending = error
                // Whoever calls from now on waits for the next connection.
                state = .waiting(error)
            case .opened(let hello):
                policy.succeeded()
                if let token = hello.deviceToken, parameters.device != nil { parameters.deviceToken = token }
                state = .connected(hello)
                lastError = nil
                listeners.tell(.connected(hello))
                releaseWaiting()
            case .refused(let error):
                // A device token that is not taken any more must not keep the shared one from being tried.
                if error.failure?.detailCode == "AUTH_DEVICE_TOKEN_MISMATCH", parameters.deviceToken != nil, parameters.token != nil {
                    parameters.deviceToken = nil
                    ending = GatewayError(.refused, error.message)
                } else {
                    ending = error
                }
            case .complete(let id, let result):
                calls.removeValue(forKey: id)?.yield(result)
            case .deliver(let event):
                listeners.tell(.event(event))
            case .gap(let expected, let received):
                logger.notice(
                    "Events of a gateway were lost",
                    metadata: ["gateway": "\(endpoint)", "expected": "\(expected)", "received": "\(received)"]
                )
                listeners.tell(.gap)
            }
        }
        return isTaken
    }

    // MARK: - Calls

    /// Calls a method.
    ///
    /// - Parameters:
    ///   - method: the method, for instance `agents.list`.
    ///   - params: its arguments, an object. Default: none.
    ///   - timeout: how long connection and answer may take together. Default: 30 seconds.
    ///   - takesFinalOnly: whether an answer that only says that the call was accepted is waited beyond. Default: no.
    /// - Returns: the answer's payload.
    /// - Throws: ``GatewayError``.
    public func call(_ method: String, _ params: JSON = [:], timeout: Duration = .seconds(30), takesFinalOnly: Bool = false)
        async throws(GatewayError)
        -> JSON
    {
        let deadline = time.now().elapsed + timeout
        try await connected(until: deadline)
        guard machine != nil else { throw GatewayError(.unreachable, "There is no connection to \(endpoint).") }
        counter += 1
        let id = "\(counter)"
        let now = time.now()
        guard
            let actions = machine?.call(
                id,
                method: method,
                params: params,
                timeout: deadline - now.elapsed,
                takesFinalOnly: takesFinalOnly,
                at: now
            )
        else { throw GatewayError(.unreachable, "There is no connection to \(endpoint).") }
        let (answers, continuation) = AsyncStream.makeStream(of: Result<JSON, GatewayError>.self, bufferingPolicy: .bufferingOldest(1))
        calls[id] = continuation
        guard perform(actions) else {
            calls[id] = nil
            _ = machine?.cancel(id)
            throw GatewayError(.busy, "\(endpoint) does not read what it is sent: too much waits already.")
        }
        for await answer in answers { return try answer.get() }
        // Only a cancelled task gets no answer.
        calls[id] = nil
        perform(machine?.cancel(id) ?? [])
        throw GatewayError(.cancelled, "The call of \(method) was cancelled.")
    }

    /// Calls a method that changes nothing; one whose connection ended before the answer is called again over the next one, within the time limit.
    ///
    /// - Throws: ``GatewayError``.
    public func read(_ method: String, _ params: JSON = [:], timeout: Duration = .seconds(30)) async throws(GatewayError) -> JSON {
        let deadline = time.now().elapsed + timeout
        while true {
            do throws(GatewayError) {
                return try await call(method, params, timeout: deadline - time.now().elapsed)
            } catch {
                guard error.code == .closed, state.isLiving, time.now().elapsed < deadline else { throw error }
            }
        }
    }

    /// What the gateway said of itself; waits for a connection.
    ///
    /// - Parameter timeout: how long to wait. Default: 30 seconds.
    /// - Throws: ``GatewayError`` with the reason there is no connection.
    public func hello(timeout: Duration = .seconds(30)) async throws(GatewayError) -> GatewayHello {
        try await connected(until: time.now().elapsed + timeout)
        guard let hello = state.hello else { throw GatewayError(.unreachable, "There is no connection to \(endpoint).") }
        return hello
    }

    private func connected(until deadline: Duration) async throws(GatewayError) {
        while state.hello == nil {
            if case .refused(let error) = state { throw error }
            if hasEnded { throw over }
            // Somebody has to do something first; a caller that waits would only hear of it later.
            if let error = lastError, error.needsSomebody { throw error }
            if Task.isCancelled { throw GatewayError(.cancelled, "The wait for \(endpoint) was cancelled.") }
            let left = deadline - time.now().elapsed
            guard left > .zero else { throw unreachable() }
            guard waiting.count < Self.mostWaiting else {
                throw GatewayError(.busy, "\(waiting.count) callers wait for a connection to \(endpoint).")
            }
            let (changes, continuation) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
            counter += 1
            let id = counter
            waiting[id] = continuation
            // The time is this caller's own: the client may not run at all.
            let time = time
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in changes {} }
                group.addTask { try? await time.sleep(left) }
                await group.next()
                group.cancelAll()
            }
            waiting[id] = nil
        }
    }

    /// How many callers wait for a connection.
    var waitingCallers: Int { waiting.count }

    private var over: GatewayError { GatewayError(.closed, "The client of \(endpoint) has ended.") }

    private func unreachable() -> GatewayError {
        if case .waiting(let error) = state {
            return GatewayError(.unreachable, error.message, failure: error.failure, closeCode: error.closeCode)
        }
        return GatewayError(.unreachable, "There is no connection to \(endpoint).")
    }

    private func releaseWaiting() {
        for waiter in waiting.values { waiter.finish() }
        waiting = [:]
    }

    /// The clock that calls count by.
    var elapsed: Duration { time.now().elapsed }

    /// Waits by that clock.
    nonisolated func sleep(_ duration: Duration) async throws { try await time.sleep(duration) }

    // MARK: - Listening

    /// Listens while an operation runs.
    ///
    /// - Parameter body: gets the notices from now on. At most 256 wait for it; beyond that they are lost, and a ``GatewayNotice/gap`` says so.
    public func listening<Value: Sendable>(_ body: @Sendable (AsyncStream<GatewayNotice>) async throws -> Value) async rethrows -> Value {
        let (id, stream) = listeners.add()
        defer { listeners.remove(id) }
        return try await body(stream)
    }

    /// Listens from a moment on at which there is a connection, so that every change of connection is one that came later.
    func listeningWhileConnected<Value: Sendable>(
        timeout: Duration,
        _ body: @Sendable (AsyncStream<GatewayNotice>) async throws -> Value
    ) async throws -> Value {
        try await connected(until: time.now().elapsed + timeout)
        return try await listening(body)
    }
}

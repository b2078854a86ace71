import Logging
import Metrics
import NIOConcurrencyHelpers

/// Getting connections out of the pool and back into it.
extension PostgresPool {
    func acquire() async throws -> PostgresConnection {
        try PoolNesting.check()
        let start = ContinuousClock.now
        let deadline = start + options.acquireTimeout
        defer { acquireTimer.recordNanoseconds((ContinuousClock.now - start).nanoseconds) }
        while true {
            try Task.checkCancellation()
            let (waiter, acquisition) = shared.withLockedValue { shared in
                shared.lastWaiter += 1
                return (shared.lastWaiter, shared.pool.acquire(waiter: shared.lastWaiter))
            }
            reportUse()
            switch acquisition {
            case .use(let connection):
                if await connection.isReusable() { return connection }
                await discard(connection)
            case .open: return try await open(until: deadline)
            case .wait:
                switch try await waitForGrant(waiter, until: deadline) {
                case .slot: return try await open(until: deadline)
                case .connection(let connection): return connection
                }
            case .exhausted:
                throw PostgresError(
                    .poolExhausted,
                    "\(options.maximumWaiters) callers wait for one of \(options.maximumConnections) PostgreSQL connections already."
                )
            case .closed: throw Self.closedError
            }
        }
    }

    func release(_ connection: PostgresConnection) async {
        guard await connection.isReusable() else {
            await discard(connection)
            return
        }
        let isKept = shared.withLockedValue { shared in
            guard !shared.pool.isClosed else { return false }
            resolve(shared.pool.give(back: connection, now: .now), &shared)
            return true
        }
        if !isKept { await discard(connection) }
        reportUse()
    }

    /// Closes a connection and frees its slot.
    func discard(_ connection: PostgresConnection) async {
        await connection.close()
        freeSlot()
    }

    func close(idleSince limit: ContinuousClock.Instant) async {
        for connection in shared.withLockedValue({ $0.pool.takeIdle(since: limit) }) { await discard(connection) }
    }

    /// The server hangs: the other connections would hang too, so new ones show when it is back.
    func stoppedAnswering(_ error: PostgresError) async {
        let jitter = Double.random(in: 0...1)  // edge: handed to the backoff, which decides
        shared.withLockedValue { $0.backoff.failed(error, now: .now, jitter: jitter) }
        await close(idleSince: .now)
    }

    func endDraining() {
        let drained = shared.withLockedValue { shared in
            defer { shared.drained = [] }
            return shared.drained
        }
        for continuation in drained { continuation.resume() }
    }

    /// Opens a connection on a slot this caller has, and frees the slot when that fails.
    private func open(until deadline: ContinuousClock.Instant) async throws -> PostgresConnection {
        do {
            return try await connect(until: deadline)
        } catch {
            freeSlot()
            throw error
        }
    }

    private func connect(until deadline: ContinuousClock.Instant) async throws -> PostgresConnection {
        while true {
            if options.failsFast {
                guard shared.withLockedValue({ $0.backoff.admits(now: .now) }) else { throw unreachable() }
            } else if let notBefore = shared.withLockedValue({ $0.backoff.notBefore }), notBefore > .now {
                guard notBefore < deadline else { throw unreachable() }
                try await Task.sleep(until: notBefore, clock: .continuous)
            }
            guard !shared.withLockedValue({ $0.pool.isClosed }) else { throw Self.closedError }
            do {
                let timeout = max(.milliseconds(1), min(options.connectTimeout, deadline - .now))
                let connection = try await PostgresConnection.connect(configuration, options: options.connection, timeout: timeout)
                shared.withLockedValue { $0.backoff.succeeded() }
                return connection
            } catch let error as PostgresError {
                connectFailures.increment()
                logger.warning("cannot connect to PostgreSQL", metadata: ["error": "\(error)", "target": "\(configuration)"])
                let jitter = Double.random(in: 0...1)
                shared.withLockedValue { $0.backoff.failed(error, now: .now, jitter: jitter) }
                if error.isPermanentConnectFailure { throw error }
                guard ContinuousClock.now < deadline, !options.failsFast else { throw unreachable() }
            } catch {
                shared.withLockedValue { $0.backoff.abandoned() }
                throw error
            }
        }
    }

    private func unreachable() -> PostgresError {
        let last = shared.withLockedValue { $0.backoff.lastError }
        return PostgresError(
            .connectionFailed,
            options.failsFast ? "PostgreSQL cannot be reached." : "PostgreSQL could not be reached within \(options.acquireTimeout).",
            sqlState: last?.sqlState,
            cause: last?.cause ?? last?.message
        )
    }

    private func waitForGrant(_ waiter: UInt64, until deadline: ContinuousClock.Instant) async throws -> Grant {
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            let last = shared.withLockedValue { $0.backoff.lastError }
            refuse(
                waiter,
                PostgresError(
                    .acquireTimeout,
                    "None of \(options.maximumConnections) PostgreSQL connections became free within \(options.acquireTimeout).",
                    cause: last?.cause
                )
            )
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let early: Result<Grant, any Error>? = shared.withLockedValue { shared in
                    if let grant = shared.granted.removeValue(forKey: waiter) { return .success(grant) }
                    if let error = shared.refused.removeValue(forKey: waiter) { return .failure(error) }
                    if shared.pool.isClosed { return .failure(Self.closedError) }
                    shared.continuations[waiter] = continuation
                    return nil
                }
                if let early { continuation.resume(with: early) }
                if early == nil, Task.isCancelled { refuse(waiter, CancellationError()) }
            }
        } onCancel: {
            refuse(waiter, CancellationError())
        }
    }

    private func refuse(_ waiter: UInt64, _ error: any Error) {
        let continuation = shared.withLockedValue { shared -> CheckedContinuation<Grant, any Error>? in
            guard shared.pool.abandon(waiter) else { return nil }
            if let continuation = shared.continuations.removeValue(forKey: waiter) { return continuation }
            shared.refused[waiter] = error
            return nil
        }
        continuation?.resume(throwing: error)
    }

    private func freeSlot() {
        let isDrained = shared.withLockedValue { shared in
            resolve(shared.pool.freeSlot(), &shared)
            return shared.pool.isClosed && shared.pool.slots == 0
        }
        if isDrained { endDraining() }
        reportUse()
    }

    /// Gives a waiter what came back. A waiter that is about to wait finds its grant when it does.
    private func resolve(_ action: PoolState<PostgresConnection>.Return, _ shared: inout Shared) {
        switch action {
        case .nothing: break
        case .hand(let connection, let waiter): grant(.connection(connection), to: waiter, &shared)
        case .letOpen(let waiter): grant(.slot, to: waiter, &shared)
        }
    }

    private func grant(_ grant: Grant, to waiter: UInt64, _ shared: inout Shared) {
        if let continuation = shared.continuations.removeValue(forKey: waiter) {
            continuation.resume(returning: grant)
        } else {
            shared.granted[waiter] = grant
        }
    }

    private func reportUse() {
        let usage = usage
        slotsGauge.record(usage.connections)
        waitingGauge.record(usage.waiting)
    }
}

extension Duration {
    /// The whole nanoseconds of this duration.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

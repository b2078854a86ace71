import KubernetesClient
import Logging
import OpenClawGateway
import ServiceLifecycle

/// Connections to the gateways of tenants: one each, opened when somebody wants it and closed when nobody has for a while.
///
/// Several callers share a connection; the protocol tells their calls apart. An address or a key that has changed is noticed within
/// ``Limits/memory``, or at once when the old one does not work.
actor TenantGateways: Service {
    /// How many, and how long.
    struct Limits: Sendable {
        /// The most connections of this process.
        var connections = 256
        /// How long a connection that nobody uses is kept.
        var idle: Duration = .seconds(300)
        /// How long what was found of a gateway is believed.
        var memory: Duration = .seconds(15)
        /// How often idle connections are looked for.
        var sweep: Duration = .seconds(30)
    }

    private struct Entry {
        var number: Int
        var access: GatewayAccess
        var locatedAt: Duration
        var client: GatewayClient
        var users = 0
        var usedAt: Duration
        /// Ends the connection when it is finished.
        var stop: AsyncStream<Never>.Continuation
    }

    private struct Start: Sendable {
        var uid: String
        var number: Int
        var client: GatewayClient
        var stopped: AsyncStream<Never>
    }

    private let limits: Limits
    private let locate: @Sendable (String) async throws -> GatewayAccess
    private let transport: any GatewayTransport
    private let time: TimeSource
    private let logger: Logger
    private var entries: [String: Entry] = [:]
    private var counter = 0
    private let starts: AsyncStream<Start>
    private let begin: AsyncStream<Start>.Continuation

    /// No connections.
    ///
    /// - Parameters:
    ///   - limits: how many, and how long.
    ///   - locate: finds a gateway by its tenant's uid.
    ///   - transport: opens sockets. Default: real ones.
    ///   - time: the clock.
    ///   - logger: for what goes wrong.
    init(
        limits: Limits = Limits(),
        locate: @escaping @Sendable (String) async throws -> GatewayAccess,
        transport: any GatewayTransport = WebSocketTransport(),
        time: TimeSource = .system,
        logger: Logger
    ) {
        self.limits = limits
        self.locate = locate
        self.transport = transport
        self.time = time
        self.logger = logger
        (starts, begin) = AsyncStream.makeStream(of: Start.self, bufferingPolicy: .bufferingOldest(2 * limits.connections))
    }

    /// How many connections there are.
    var count: Int { entries.count }

    /// Holds the connections until cancelled or shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.sweepIdle() }
                for await start in self.starts { group.addTask { await self.keep(start) } }
                group.cancelAll()
            }
        }
        for entry in entries.values { entry.stop.finish() }
        entries = [:]
    }

    /// Works with a tenant's gateway.
    ///
    /// - Parameters:
    ///   - uid: the uid of the Tenant.
    ///   - patience: how long a connection may take to come about.
    ///   - body: gets the client; its calls have limits of their own.
    /// - Throws: ``GatewayAccessError`` when there is no connection; `OperationError` 503 when it is not known where the gateway is; else what the
    ///   body throws.
    func withGateway<Value: Sendable>(
        of uid: String,
        connectWithin patience: Duration = .seconds(10),
        _ body: @Sendable (GatewayClient) async throws -> Value
    ) async throws -> Value {
        let (client, number) = try await client(of: uid)
        defer { release(uid, number) }
        do throws(GatewayError) {
            _ = try await client.hello(timeout: patience)
        } catch {
            // Whoever comes next looks again where it is and what lets us in.
            forget(uid, number)
            if error.code == .cancelled { throw CancellationError() }
            throw GatewayAccessError(connecting: error)
        }
        return try await body(client)
    }

    private func client(of uid: String) async throws -> (GatewayClient, Int) {
        if let entry = entries[uid], time.now - entry.locatedAt < limits.memory { return take(uid, entry) }
        let access = try await locate(uid)
        let now = time.now
        if var entry = entries[uid] {
            if entry.access == access {
                entry.locatedAt = now
                return take(uid, entry)
            }
            forget(uid, entry.number)
        }
        try makeRoom()
        counter += 1
        let client = GatewayClient(endpoint: access.endpoint, parameters: try access.parameters(), transport: transport, logger: logger)
        let (stopped, stop) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
        guard case .enqueued = begin.yield(Start(uid: uid, number: counter, client: client, stopped: stopped)) else { throw Self.full }
        return take(uid, Entry(number: counter, access: access, locatedAt: now, client: client, usedAt: now, stop: stop))
    }

    private func take(_ uid: String, _ entry: Entry) -> (GatewayClient, Int) {
        var entry = entry
        entry.users += 1
        entry.usedAt = time.now
        entries[uid] = entry
        return (entry.client, entry.number)
    }

    private func release(_ uid: String, _ number: Int) {
        guard entries[uid]?.number == number else { return }
        entries[uid]?.users -= 1
        entries[uid]?.usedAt = time.now
    }

    private func forget(_ uid: String, _ number: Int) {
        guard let entry = entries[uid], entry.number == number else { return }
        entries[uid] = nil
        entry.stop.finish()
    }

    private func makeRoom() throws {
        guard entries.count >= limits.connections else { return }
        let idle = entries.filter { $0.value.users == 0 }.min { $0.value.usedAt < $1.value.usedAt }
        guard let idle else { throw Self.full }
        forget(idle.key, idle.value.number)
    }

    private static let full = GatewayAccessError(.busy, "This control plane is connected to as many gateways as it may be.")

    private func keep(_ start: Start) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await start.client.run() }
            group.addTask { for await _ in start.stopped {} }
            await group.next()
            group.cancelAll()
        }
        // It was refused, or it is not wanted any more.
        forget(start.uid, start.number)
    }

    private func sweepIdle() async {
        while !Task.isCancelled {
            do { try await time.sleep(for: limits.sweep) } catch { return }
            let now = time.now
            for (uid, entry) in entries where entry.users == 0 && now - entry.usedAt >= limits.idle { forget(uid, entry.number) }
        }
    }
}

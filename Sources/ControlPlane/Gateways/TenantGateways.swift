import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import OpenClawGateway
import ServiceLifecycle

/// Connections to the gateways of tenants: one each, opened when somebody wants it and closed when nobody has for a while.
///
/// Several callers share a connection; the protocol tells their calls apart. An address or a key that has changed is noticed within the memory of
/// ``GatewayTable/Limits``, or at once when the old one does not work. Who shares what is decided by ``GatewayTable``.
actor TenantGateways: Service {
    private struct Connection {
        var client: GatewayClient
        /// Ends the connection when it is finished.
        var stop: AsyncStream<Never>.Continuation
    }

    private enum Work: Sendable {
        /// Keep a connection until it is stopped.
        case keep(String, Int, GatewayClient, stopped: AsyncStream<Never>)
        /// Look where a gateway is.
        case locate(String)
    }

    private typealias Place = Result<GatewayAccess, any Error>

    private let locate: @Sendable (String) async throws -> GatewayAccess
    private let transport: any GatewayTransport
    private let time: TimeSource
    private let random: @Sendable () -> Double
    private let logger: Logger
    private var table: GatewayTable
    private var connections: [Int: Connection] = [:]
    /// Who waits for a gateway to be found; one look serves all.
    private var seekers: [String: [AsyncStream<Place>.Continuation]] = [:]
    private let work: AsyncStream<Work>
    private let order: AsyncStream<Work>.Continuation
    private let gauge = Gauge(label: "opencrane_gateway_connections")

    /// No connections.
    ///
    /// - Parameters:
    ///   - limits: how many, and how long.
    ///   - locate: finds a gateway by its tenant's uid, within a time of its own.
    ///   - transport: opens sockets. Default: real ones.
    ///   - time: the clock.
    ///   - random: a number from 0 to 1, to spread reconnects.
    ///   - logger: for what goes wrong.
    init(
        limits: GatewayTable.Limits = .init(),
        locate: @escaping @Sendable (String) async throws -> GatewayAccess,
        transport: any GatewayTransport = WebSocketTransport(),
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },  // edge: spreads reconnects
        logger: Logger
    ) {
        table = GatewayTable(limits: limits)
        self.locate = locate
        self.transport = transport
        self.time = time
        self.random = random
        self.logger = logger
        (work, order) = AsyncStream.makeStream(of: Work.self, bufferingPolicy: .bufferingOldest(4 * limits.connections))
    }

    /// How many connections there are.
    var count: Int { table.count }

    /// Holds the connections until cancelled or shut down; calls after that find none.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.sweepIdle() }
                for await item in self.work {
                    switch item {
                    case .keep(let uid, let number, let client, let stopped):
                        group.addTask { await self.keep(uid, number, client, until: stopped) }
                    case .locate(let uid): group.addTask { await self.look(for: uid) }
                    }
                }
                group.cancelAll()
            }
        }
        order.finish()
        for continuation in seekers.values.flatMap({ $0 }) { continuation.yield(.failure(Self.over)) }
        seekers = [:]
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
        var (client, number) = try await connection(to: uid)
        let deadline = time.now + patience
        var isAgain = false
        while true {
            do throws(GatewayError) {
                _ = try await client.hello(timeout: max(.zero, deadline - time.now))
                break
            } catch {
                let isSilent = await client.state == .connecting
                release(uid, number)
                if error.code == .cancelled { throw CancellationError() }
                // The gateway moved, and its connection was closed while this caller waited for it.
                if error.code == .closed, !isAgain {
                    isAgain = true
                    (client, number) = try await connection(to: uid)
                    continue
                }
                if let closing = table.failed(uid, number, error, at: time.now) { close(closing) }
                throw GatewayAccessError(connecting: error, isSilent: isSilent)
            }
        }
        defer { release(uid, number) }
        return try await body(client)
    }

    // MARK: - Connections

    /// The connection to a gateway, which the caller has to release.
    private func connection(to uid: String) async throws -> (GatewayClient, Int) {
        if let number = table.take(uid, at: time.now), let client = connections[number]?.client {
            if await client.state.hello != nil { return (client, number) }
            // What was found is believed of a gateway that answers: this one may have moved.
            release(uid, number)
        }
        let access = try await find(uid)
        let parameters = try access.parameters()
        switch table.place(uid, access, at: time.now) {
        case .share(let number):
            guard let connection = connections[number] else { throw Self.over }
            return (connection.client, number)
        case .refused(let error): throw GatewayAccessError(connecting: error)
        case .full: throw GatewayAccessError(.busy, "This control plane is connected to as many gateways as it may be.")
        case .open(let number, let closing):
            for other in closing { close(other) }
            let client = GatewayClient(
                endpoint: access.endpoint,
                parameters: parameters,
                transport: transport,
                time: GatewayTime(time, random: random),
                logger: logger
            )
            let (stopped, stop) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
            guard case .enqueued = order.yield(.keep(uid, number, client, stopped: stopped)) else {
                table.ended(uid, number)
                throw Self.over
            }
            connections[number] = Connection(client: client, stop: stop)
            gauge.record(table.count)
            return (client, number)
        }
    }

    private func release(_ uid: String, _ number: Int) { table.release(uid, number, at: time.now) }

    private func close(_ number: Int) { connections.removeValue(forKey: number)?.stop.finish() }

    private func keep(_ uid: String, _ number: Int, _ client: GatewayClient, until stopped: AsyncStream<Never>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await client.run() }
            group.addTask { for await _ in stopped {} }
            await group.next()
            group.cancelAll()
        }
        if case .refused(let error) = await client.state { _ = table.failed(uid, number, error, at: time.now) }
        table.ended(uid, number)
        close(number)
        gauge.record(table.count)
    }

    private func sweepIdle() async {
        while !Task.isCancelled {
            do { try await time.sleep(for: table.limits.sweep) } catch { return }
            for number in table.sweep(at: time.now) { close(number) }
        }
    }

    // MARK: - Places

    /// Where a gateway is. Who asks while somebody else does gets the same answer.
    private func find(_ uid: String) async throws -> GatewayAccess {
        let (answers, continuation) = AsyncStream.makeStream(of: Place.self, bufferingPolicy: .bufferingOldest(1))
        if seekers[uid] == nil {
            guard case .enqueued = order.yield(.locate(uid)) else { throw Self.over }
        }
        seekers[uid, default: []].append(continuation)
        for await answer in answers { return try answer.get() }
        throw CancellationError()
    }

    private func look(for uid: String) async {
        let place: Place
        do { place = .success(try await locate(uid)) } catch { place = .failure(error) }
        for seeker in seekers.removeValue(forKey: uid) ?? [] { seeker.yield(place) }
    }

    private static let over = GatewayAccessError(.unreachable, "This control plane keeps no connections to gateways at the moment.")
}

extension GatewayTime {
    /// The time of everything else.
    init(_ time: TimeSource, random: @escaping @Sendable () -> Double) {
        self.init(
            now: {
                ConnectionMachine.Moment(
                    elapsed: time.now,
                    milliseconds: Int64(time.timestamp.date.timeIntervalSince1970 * 1000)
                )
            },
            sleep: { try await time.sleep(for: $0) },
            random: random
        )
    }
}

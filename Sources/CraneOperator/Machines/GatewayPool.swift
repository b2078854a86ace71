import AsyncHTTPClient
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import OpenClawGateway
import ServiceLifecycle

/// Watches the gateway of each tenant that is worked on, and tells when something about one has changed: by a connection that is held as long as
/// there is a slot, else by a short one now and then.
actor GatewayPool: Service {
    private typealias Session = GatewaySlots.Session

    private struct Work: Sendable {
        var session: Session
        var isHeld: Bool
        var stopped: AsyncStream<Never>
    }

    private static let refusedPause: Duration = .seconds(30)
    private static let lookTimeout: Duration = .seconds(10)

    private let interval: Duration
    private let transport: any GatewayTransport
    private let probe: @Sendable (GatewayTarget) async -> Bool
    private let time: TimeSource
    private let logger: Logger
    private var slots: GatewaySlots
    private var stops: [Int: AsyncStream<Never>.Continuation] = [:]
    private let work: AsyncStream<Work>
    private let begin: AsyncStream<Work>.Continuation
    private nonisolated let changed = NIOLockedValueBox<(@Sendable (ObjectKey) -> Void)?>(nil)
    private let heldGauge = Gauge(label: "opencrane_operator_gateways", dimensions: [("place", "held")])
    private let waitingGauge = Gauge(label: "opencrane_operator_gateways", dimensions: [("place", "waiting")])

    /// A pool without connections.
    ///
    /// - Parameters:
    ///   - maximum: the most connections that are held; gateways beyond are looked at in turn.
    ///   - interval: how often each gateway is asked for its health and channels.
    ///   - transport: opens sockets. Default: real ones.
    ///   - probe: asks a gateway whether it lives. Default: by HTTP.
    init(
        maximum: Int,
        interval: Duration,
        transport: any GatewayTransport = WebSocketTransport(),
        probe: @escaping @Sendable (GatewayTarget) async -> Bool = GatewayPool.ask,
        time: TimeSource,
        logger: Logger
    ) {
        self.interval = interval
        self.transport = transport
        self.probe = probe
        self.time = time
        self.logger = logger
        slots = GatewaySlots(.init(held: maximum, interval: interval))
        (work, begin) = AsyncStream.makeStream(of: Work.self, bufferingPolicy: .bufferingOldest(2 * maximum + 64))
    }

    /// Says what is called with the key of a tenant when something about its gateway has changed.
    nonisolated func onChange(_ body: @escaping @Sendable (ObjectKey) -> Void) { changed.withLockedValue { $0 = body } }

    /// Watches until cancelled or shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.takeTurns() }
                for await work in self.work { group.addTask { await self.keep(work) } }
                group.cancelAll()
            }
        }
        for stop in stops.values { stop.finish() }
        stops = [:]
        slots = GatewaySlots(.init(held: 0, interval: interval))
    }

    /// Has a gateway watched from now on.
    ///
    /// - Parameter need: what for; whom a run waits for has precedence.
    /// - Returns: what is known of it; `nil` while nothing is.
    func watch(_ key: ObjectKey, _ target: GatewayTarget, for need: GatewaySlots.Need) -> GatewayView? {
        perform(slots.ask(key, target, for: need, now: time.now))
        look()
        return slots.view(key)
    }

    /// Closes a tenant's connection, if there is one.
    func forget(_ key: ObjectKey) { perform(slots.forget(key)) }

    /// How many gateways are watched by a connection that is held, and how many in turn.
    var counts: (held: Int, waiting: Int) { (slots.held, slots.waiting) }

    // MARK: - Places

    private func perform(_ actions: [GatewaySlots.Action]) {
        for action in actions {
            switch action {
            case .end(let number): stops.removeValue(forKey: number)?.finish()
            case .hold(let session): if !start(session, isHeld: true) { slots.failedToHold(session, now: time.now) }
            }
        }
        heldGauge.record(slots.held)
        waitingGauge.record(slots.waiting)
    }

    private func start(_ session: Session, isHeld: Bool) -> Bool {
        let (stopped, stop) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
        guard case .enqueued = begin.yield(Work(session: session, isHeld: isHeld, stopped: stopped)) else { return false }
        stops[session.number] = stop
        return true
    }

    /// Begins the looks that are due.
    private func look() {
        for session in slots.due(now: time.now) where !start(session, isHeld: false) { slots.ended(session, now: time.now) }
    }

    private func takeTurns() async {
        let step = min(.seconds(1), max(.milliseconds(20), interval / 4))
        while !Task.isCancelled {
            look()
            do { try await time.sleep(for: step) } catch { return }
        }
    }

    private func keep(_ work: Work) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { if work.isHeld { await self.connect(work.session) } else { await self.visit(work.session) } }
            group.addTask { for await _ in work.stopped {} }
            await group.next()
            group.cancelAll()
        }
        guard !work.isHeld else { return }
        stops[work.session.number] = nil
        slots.ended(work.session, now: time.now)
        if !Task.isCancelled { look() }
    }

    private func client(_ target: GatewayTarget) -> GatewayClient? {
        guard let device = try? DeviceIdentity(secret: target.device) else { return nil }
        var parameters = ConnectParameters(displayName: "OpenCrane", version: "1")
        parameters.token = target.token
        parameters.device = device
        return GatewayClient(endpoint: target.endpoint, parameters: parameters, transport: transport, logger: logger)
    }

    // MARK: - In turn

    /// Connects, looks, and closes again.
    private func visit(_ session: Session) async {
        guard let client = client(session.target) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await client.listening { notices in
                    await withTaskGroup(of: Bool.self) { group in
                        group.addTask {
                            try? await client.run()
                            return false
                        }
                        group.addTask {
                            await self.firstSight(of: client, notices, session)
                            return true
                        }
                        // A client that is refused ends before it was seen.
                        while let isSeen = await group.next(), !isSeen {}
                        group.cancelAll()
                    }
                }
            }
            group.addTask {
                do { try await self.time.sleep(for: Self.lookTimeout) } catch { return }
                await self.publish(
                    GatewayView(gateway: .pending("the gateway does not answer: \(GatewayError.Code.timeout.rawValue)")),
                    session
                )
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func firstSight(of client: GatewayClient, _ notices: AsyncStream<GatewayNotice>, _ session: Session) async {
        for await notice in notices {
            switch notice {
            case .connected: await look(client, session)
            case .disconnected(let error):
                var policy = ReconnectPolicy()
                let isRefusal = policy.ended(error, random: 0) == .stop
                publish(GatewayView(gateway: .pending(isRefusal ? Self.refusal(error) : Self.sentence(error))), session)
            case .event, .gap: continue
            }
            return
        }
    }

    // MARK: - Held connections

    private func connect(_ session: Session) async {
        while !Task.isCancelled {
            guard let client = client(session.target) else { return }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await client.run() }
                group.addTask { await self.follow(client, session) }
                await group.next()
                group.cancelAll()
            }
            guard !Task.isCancelled else { return }
            await look(client, session)
            // It was refused; somebody has to mend that.
            do { try await time.sleep(for: Self.refusedPause) } catch { return }
        }
    }

    /// Looks at the gateway whenever its client has news, and every so often.
    private func follow(_ client: GatewayClient, _ session: Session) async {
        let (looks, again) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (interval, time) = (interval, time)
        await client.listening { notices in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await notice in notices {
                        if case .event = notice { continue }
                        again.yield()
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        again.yield()
                        do { try await time.sleep(for: interval) } catch { return }
                    }
                }
                group.addTask { for await _ in looks { await self.look(client, session) } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    // MARK: - Looking

    private func look(_ client: GatewayClient, _ session: Session) async {
        switch await client.state {
        case .idle, .connecting: return
        case .waiting(let error): publish(GatewayView(gateway: .pending(Self.sentence(error))), session)
        case .refused(let error): publish(GatewayView(gateway: .pending(Self.refusal(error))), session)
        case .connected(let hello):
            guard await probe(session.target) else {
                publish(GatewayView(gateway: .pending("the gateway's /healthz does not answer with 200")), session)
                return
            }
            let channels = try? await client.channels()
            guard await client.state.hello != nil else { return }
            publish(
                GatewayView(
                    gateway: .good("the gateway answers"),
                    version: hello.version,
                    protocolVersion: hello.protocolVersion,
                    channels: channels
                ),
                session
            )
        }
    }

    private func publish(_ view: GatewayView, _ session: Session) {
        if slots.note(view, session) { changed.withLockedValue { $0 }?(session.key) }
    }

    /// Asks a gateway over HTTP whether it lives.
    static func ask(_ target: GatewayTarget) async -> Bool {
        do {
            let request = HTTPClientRequest(url: target.probe)
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
            // The body is short; read, it gives the connection back.
            for try await _ in response.body {}
            return response.status.code == 200
        } catch {
            return false
        }
    }

    /// Stable: neither times nor counters.
    private static func sentence(_ error: GatewayError) -> String { "the gateway does not answer: \(word(error))" }

    private static func refusal(_ error: GatewayError) -> String { "the gateway refuses the platform: \(word(error))" }

    private static func word(_ error: GatewayError) -> String { error.failure?.detailCode ?? error.code.rawValue }
}

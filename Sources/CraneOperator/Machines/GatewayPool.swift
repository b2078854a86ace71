import AsyncHTTPClient
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import OpenClawGateway
import ServiceLifecycle

/// Keeps one connection to the gateway of each tenant that is worked on, and tells when something about one has changed.
actor GatewayPool: Service {
    private struct Watch {
        var target: GatewayTarget
        var number: Int
        var view: GatewayView?
        /// Ends the watch when it is finished.
        var stop: AsyncStream<Never>.Continuation
    }

    private struct Start: Sendable {
        var key: ObjectKey
        var number: Int
        var target: GatewayTarget
        var stopped: AsyncStream<Never>
    }

    private static let refusedPause: Duration = .seconds(30)
    private static let probeTimeout: TimeAmount = .seconds(5)

    private let maximum: Int
    private let interval: Duration
    private let time: TimeSource
    private let logger: Logger
    private var watches: [ObjectKey: Watch] = [:]
    private var counter = 0
    private let starts: AsyncStream<Start>
    private let begin: AsyncStream<Start>.Continuation
    private nonisolated let changed = NIOLockedValueBox<(@Sendable (ObjectKey) -> Void)?>(nil)

    /// A pool without connections.
    ///
    /// - Parameters:
    ///   - maximum: the most connections.
    ///   - interval: how often each gateway is asked for its health and channels.
    init(maximum: Int, interval: Duration, time: TimeSource, logger: Logger) {
        self.maximum = maximum
        self.interval = interval
        self.time = time
        self.logger = logger
        (starts, begin) = AsyncStream.makeStream(of: Start.self, bufferingPolicy: .bufferingOldest(2 * maximum))
    }

    /// Says what is called with the key of a tenant when something about its gateway has changed.
    nonisolated func onChange(_ body: @escaping @Sendable (ObjectKey) -> Void) { changed.withLockedValue { $0 = body } }

    /// Holds the connections until cancelled or shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await start in self.starts { group.addTask { await self.keep(start) } }
                group.cancelAll()
            }
        }
        for watch in watches.values { watch.stop.finish() }
        watches = [:]
    }

    /// Has a gateway watched from now on.
    ///
    /// - Returns: what is known of it; `nil` while nothing is.
    func watch(_ key: ObjectKey, _ target: GatewayTarget) -> GatewayView? {
        if let watch = watches[key] {
            if watch.target == target { return watch.view }
            forget(key)
        }
        guard watches.count < maximum else {
            return GatewayView(gateway: .pending("this operator is connected to as many gateways as it may be"))
        }
        counter += 1
        let (stopped, stop) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
        guard case .enqueued = begin.yield(Start(key: key, number: counter, target: target, stopped: stopped)) else { return nil }
        watches[key] = Watch(target: target, number: counter, stop: stop)
        return nil
    }

    /// Closes a tenant's connection, if there is one.
    func forget(_ key: ObjectKey) { watches.removeValue(forKey: key)?.stop.finish() }

    /// How many gateways are watched.
    var count: Int { watches.count }

    private func keep(_ start: Start) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.connect(start) }
            group.addTask { for await _ in start.stopped {} }
            await group.next()
            group.cancelAll()
        }
    }

    private func connect(_ start: Start) async {
        guard let device = try? DeviceIdentity(secret: start.target.device) else { return }
        var parameters = ConnectParameters(displayName: "OpenCrane", version: "1")
        parameters.token = start.target.token
        parameters.device = device
        while !Task.isCancelled {
            let client = GatewayClient(endpoint: start.target.endpoint, parameters: parameters, logger: logger)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await client.run() }
                group.addTask { await self.follow(client, start) }
                await group.next()
                group.cancelAll()
            }
            guard !Task.isCancelled else { return }
            await look(client, start)
            // It was refused; somebody has to mend that.
            do { try await time.sleep(for: Self.refusedPause) } catch { return }
        }
    }

    /// Looks at the gateway whenever its client has news, and every so often.
    private func follow(_ client: GatewayClient, _ start: Start) async {
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
                group.addTask { for await _ in looks { await self.look(client, start) } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func look(_ client: GatewayClient, _ start: Start) async {
        switch await client.state {
        case .idle, .connecting: return
        case .waiting(let error): publish(GatewayView(gateway: .pending(Self.sentence(error))), start)
        case .refused(let error): publish(GatewayView(gateway: .pending("the gateway refuses the platform: \(Self.word(error))")), start)
        case .connected(let hello):
            guard await probe(start.target) else {
                publish(GatewayView(gateway: .pending("the gateway's /healthz does not answer with 200")), start)
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
                start
            )
        }
    }

    private func probe(_ target: GatewayTarget) async -> Bool {
        do {
            let request = HTTPClientRequest(url: target.probe)
            let response = try await HTTPClient.shared.execute(request, timeout: Self.probeTimeout)
            // The body is short; read, it gives the connection back.
            for try await _ in response.body {}
            return response.status.code == 200
        } catch {
            return false
        }
    }

    private func publish(_ view: GatewayView, _ start: Start) {
        guard let watch = watches[start.key], watch.number == start.number, watch.view != view else { return }
        watches[start.key]?.view = view
        changed.withLockedValue { $0 }?(start.key)
    }

    /// Stable: neither times nor counters.
    private static func sentence(_ error: GatewayError) -> String { "the gateway does not answer: \(word(error))" }

    private static func word(_ error: GatewayError) -> String { error.failure?.detailCode ?? error.code.rawValue }
}

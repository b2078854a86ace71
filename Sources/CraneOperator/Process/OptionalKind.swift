import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle

/// Policies for DNS names, where Cilium is installed.
typealias NamePolicySupport = OptionalKind<CiliumV2.CiliumNetworkPolicy>

/// Certificates, where cert-manager is installed.
typealias CertificateSupport = OptionalKind<CertManagerV1.Certificate>

/// A kind that a cluster can serve or not, and begin or cease to while the operator runs.
///
/// Discovery is asked again and again. While the kind is served its informer runs.
final class OptionalKind<Object: KubernetesResource>: Service {
    /// The objects that the operator made; what it holds means something only while ``isServed``.
    let informer: Informer<Object>
    private let client: KubernetesClient
    private let logger: Logger
    private let time: TimeSource
    private let served: NIOLockedValueBox<Bool>
    private let handlers = NIOLockedValueBox<[@Sendable () -> Void]>([])

    private let interval: Duration

    /// - Parameters:
    ///   - isServed: whether the cluster serves the kind now.
    ///   - interval: how often discovery is asked. Default: once in a minute.
    init(
        isServed: Bool,
        options: InformerOptions<Object>,
        client: KubernetesClient,
        logger: Logger,
        time: TimeSource,
        random: @escaping @Sendable () -> Double,
        interval: Duration = .seconds(60)
    ) {
        self.interval = interval
        self.client = client
        self.logger = logger
        self.time = time
        served = NIOLockedValueBox(isServed)
        informer = Informer(
            client.resource(Object.self),
            options: options,
            logger: logger,
            time: time,
            random: random
        )
    }

    /// Whether the cluster serves the kind, and the informer knows its objects.
    var isServed: Bool { served.withLockedValue { $0 } }

    /// Has a closure called whenever the cluster has begun or ceased to serve the kind.
    func onChange(_ handler: @escaping @Sendable () -> Void) { handlers.withLockedValue { $0.append(handler) } }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    if self.isServed { try await self.follow() } else { try await self.awaitKind() }
                }
            }
        } catch is CancellationError {}
    }

    /// Waits until the kind is served.
    private func awaitKind() async throws {
        while await asks() != true { try await time.sleep(for: interval) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.informer.run() }
            group.addTask { try await self.informer.waitUntilSynced() }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        turn(true)
    }

    /// Follows the objects while the kind is served.
    private func follow() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.informer.run() }
            group.addTask {
                repeat { try await self.time.sleep(for: self.interval) } while await self.asks() != false
            }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        turn(false)
    }

    /// - Returns: `nil` when the API server does not say.
    private func asks() async -> Bool? {
        try? await client.discovery.serves(Object.resourceType, refresh: true)
    }

    private func turn(_ isServed: Bool) {
        served.withLockedValue { $0 = isServed }
        logger.notice(
            "A kind came or went",
            metadata: ["resource": "\(Object.resourceType.plural).\(Object.resourceType.group)", "served": "\(isServed)"]
        )
        for handler in handlers.withLockedValue({ $0 }) { handler() }
    }
}

import CoreMetrics
import KubernetesModel
import Logging
import Metrics
import NIOHTTP1

/// A client of one Kubernetes API server.
///
/// ```swift
/// let client = try KubernetesClient(configuration: .load(), logger: logger)
/// let pods = try await client.resource(CoreV1.Pod.self, namespace: "default").list()
/// ```
///
/// It speaks HTTP/1.1: one connection for each watch and for each call under way, kept for further calls. HTTP/2 would carry everything over
/// one connection, and async-http-client sends no PING on it (RFC 9113 section 6.7): a connection that leads nowhere any more would be taken
/// again and again until TCP gives up. client-go had that fault for years and mends it with PINGs; until there are some here, a call that is
/// given up closes its connection, and the next one takes another.
public final class KubernetesClient: Sendable {
    /// The configuration it was made with.
    public let configuration: ClientConfiguration
    /// What the server serves.
    public let discovery: Discovery
    /// The clock it waits by.
    public let time: TimeSource

    let executor: RequestExecutor
    private let transport: any Transport

    /// Makes a client. Nothing is sent yet.
    ///
    /// - Parameters:
    ///   - configuration: where the server is and who the client is; see ``ClientConfiguration/load(environment:kubeconfig:context:)``.
    ///   - logger: gets repeated calls, at `debug`.
    ///   - time: the clock of time limits and delays. Default: the system's.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    ///   - transport: Default: async-http-client.
    ///   - metrics: Default: the factory of `MetricsSystem`.
    /// - Throws: ``KubernetesError`` with code `configuration` when a file is missing, or the URL, a certificate or a key is malformed.
    public init(
        configuration: ClientConfiguration,
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        transport: (any Transport)? = nil,
        metrics: (any MetricsFactory)? = nil
    ) throws {
        self.configuration = configuration
        self.time = time
        let transport = try transport ?? HTTPTransport(configuration: configuration, time: time)
        self.transport = transport
        executor = RequestExecutor(
            configuration: configuration,
            transport: transport,
            credentials: CredentialProvider(
                credentials: configuration.credentials,
                server: configuration.server,
                tls: configuration.tls,
                time: time,
                proxy: configuration.proxy
            ),
            metrics: ClientMetrics(server: configuration.server, factory: metrics ?? MetricsSystem.factory),
            time: time,
            random: random,
            logger: logger,
            shared: .init(rateLimit: configuration.rateLimit, now: time.now)
        )
        discovery = Discovery(executor: executor, time: time)
    }

    /// Makes a client for the current context of a kubeconfig's text.
    ///
    /// - Throws: ``KubernetesError`` with code `configuration`.
    public convenience init(kubeconfig yaml: String, logger: Logger) throws {
        try self.init(configuration: ClientConfiguration(kubeconfigYAML: yaml), logger: logger)
    }

    /// Closes all connections. Calls under way fail. A client that goes out of use closes them too.
    public func shutdown() async { await transport.close() }

    /// The objects of a kind.
    ///
    /// - Parameter namespace: `nil` for those of all namespaces, and for kinds that have none.
    public func resource<Object: KubernetesResource>(_ type: Object.Type, namespace: String? = nil) -> ResourceAPI<Object> {
        ResourceAPI(executor: executor, resourceType: type.resourceType, namespace: namespace)
    }

    /// The objects of a resource that is known only at run time.
    ///
    /// - Parameter namespace: `nil` for those of all namespaces, and for resources that have none.
    public func dynamic(_ type: ResourceType, namespace: String? = nil) -> ResourceAPI<DynamicObject> {
        ResourceAPI(executor: executor, resourceType: type, namespace: namespace)
    }

    /// Sends any request.
    ///
    /// - Throws: ``KubernetesError``, also for every answer of 300 and above.
    public func raw(_ request: RawRequest) async throws -> RawResponse { try await executor.execute(request) }

    /// Opens any request whose answer goes on, as logs that are followed. Only the head of the answer is bounded in time.
    ///
    /// - Throws: ``KubernetesError``, also for every answer of 300 and above.
    public func rawStream(_ request: RawRequest) async throws -> TransportBody { try await executor.open(request) }
}

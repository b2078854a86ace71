import Foundation
import Hummingbird
import HummingbirdTLS
import JSONValue
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import ServerLifetime
import ServiceLifecycle

/// An in-process Kubernetes API server for development and tests. kubectl and every client work against it over HTTPS.
///
/// It has no nodes and runs no pods, allows everything to everybody who is authenticated unless it is told to go by the rules of access
/// control, and is one process with one store: it is not for production.
public final class ClusterServer: Service {
    private let configuration: Configuration
    private let logger: Logger
    private let pki: ClusterPKI
    private let store: ObjectStore
    private let handler: ResourceHandler
    private let namespaces: NamespaceController
    private let endpoint = OneShot<Endpoint>()

    /// Faults for tests.
    public let faults = FaultInjector()
    /// What was asked of the server.
    public let requests: RequestLog
    /// The different things that were asked for: what its clients need to be allowed.
    public let access: AccessLog
    /// A token that may do everything.
    public let adminToken: String

    /// Reads or makes the certificates and the data; nothing is served before ``run()``.
    ///
    /// - Throws: When the data directory cannot be read or written.
    public init(configuration: Configuration = Configuration(), logger: Logger = Logger(label: "local-cluster")) throws {
        self.configuration = configuration
        self.logger = logger
        requests = RequestLog(limit: configuration.requestLogLimit)
        access = AccessLog(file: configuration.accessFile)
        let hosts =
            [
                configuration.host, "127.0.0.1", "::1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                "10.96.0.1",
            ]
            + configuration.additionalHosts
        let state = try ClusterState.open(configuration, hosts: hosts, logger: logger)
        pki = state.pki
        adminToken = state.adminToken
        store = state.store
        let table = ResourceTable(
            builtins: BuiltinKinds.all.map { ServedResource(strategy: $0, columns: BuiltinColumns.columns($0.definition.type.plural)) }
                + ReviewStrategy.all.map { ServedResource(strategy: $0, columns: []) }
        )
        handler = ResourceHandler(
            store: state.store,
            resources: table,
            authenticator: Authenticator(adminToken: state.adminToken, tokens: state.tokens, store: state.store, now: configuration.now),
            authorizer: Authorizer(configuration.authorization, store: state.store, log: access),
            addresses: ServiceAddresses(),
            logger: logger,
            now: configuration.now,
            makeUID: { UUID().uuidString.lowercased() },
            makeSuffix: { NameSuffix.random() },
            podLogs: configuration.podLogs
        )
        namespaces = NamespaceController(handler: handler, authorityPEM: state.pki.authority.certificatePEM)
    }

    /// Serves until the task is cancelled or a graceful shutdown is asked for; then open watches end and data is on disk.
    public func run() async throws {
        // Whatever ends it: nobody waits any longer for a server that will not come.
        defer { endpoint.fail(ClusterServerError.stopped) }
        try await ClusterBootstrap(handler: handler, namespaces: namespaces).run()
        let application = try application()
        let store = store
        let clock = ContinuousClock()
        let endpoint = endpoint
        let serving = GracefullyCancelledService(
            application,
            within: configuration.shutdownTimeout,
            started: { _ = try? await endpoint.value() },
            logger: logger
        )
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await serving.run() }
                    group.addTask { [handler, namespaces, logger] in
                        await ControllerLoop(handler: handler, namespaces: namespaces, logger: logger).run()
                    }
                    group.addTask {
                        while !Task.isCancelled {
                            try? await Task.sleep(for: .milliseconds(100), clock: clock)
                            store.tick(clock.now)
                        }
                    }
                    group.addTask { [configuration] in
                        // Open responses must not hold a shutdown up for ever.
                        try? await gracefulShutdown()
                        try await Task.sleep(for: configuration.shutdownTimeout, clock: clock)
                        throw CancellationError()
                    }
                    defer { group.cancelAll() }
                    try await group.next()
                    // The controllers end first at a graceful shutdown: wait for the requests.
                    if Task.isShuttingDownGracefully { try await group.next() }
                }
            } onCancelOrGracefulShutdown: {
                store.endWatches(.shutdown)
            }
        } catch is CancellationError {
            logger.debug("The server was cancelled")
        }
        store.endWatches(.shutdown)
        try await store.close()
    }

    /// Returns when requests are answered.
    ///
    /// - Throws: When the server stops before.
    @discardableResult
    public func waitUntilReady() async throws -> Endpoint { try await endpoint.value() }

    /// A kubeconfig for the administrator, with a client certificate. Empty before the server is ready.
    public var kubeconfig: String {
        guard let endpoint = endpoint.current else { return "" }
        return Kubeconfig.text(
            server: endpoint.url,
            authorityPEM: pki.authority.certificatePEM,
            user: "kubernetes-admin",
            credential: .certificate(pki.administrator)
        )
    }

    /// A kubeconfig that has a token instead of a certificate. Empty before the server is ready.
    ///
    /// - Parameter token: E.g. of a service account; the administrator's when nil.
    public func kubeconfig(token: String? = nil) -> String {
        guard let endpoint = endpoint.current else { return "" }
        return Kubeconfig.text(
            server: endpoint.url,
            authorityPEM: pki.authority.certificatePEM,
            user: "token",
            credential: .token(token ?? adminToken)
        )
    }

    /// The certificate of the authority that signed the server's certificate.
    public var caCertificatePEM: String { pki.authority.certificatePEM }

    /// Ends open watches abruptly, as a connection that breaks.
    ///
    /// - Parameter resource: The plural name with its group, e.g. `tenants.opencrane.io`, or only the plural name; nil ends all.
    public func dropWatches(resource: String? = nil) {
        store.endWatches(.dropped) { name in
            guard let name else { return false }
            return resource.map { name == $0 || name.hasPrefix($0 + ".") } ?? true
        }
    }

    /// Forgets the history: watches and pages that go on from before now are answered with 410.
    public func compact() { store.compact() }

    /// The present revision of the store.
    public var revision: Int64 { store.revision }

    private func application() throws -> Application<ClusterResponder> {
        let pages = PageHandler(
            resources: handler.resources,
            store: store,
            log: requests,
            openAPI: OpenAPIPages(resources: handler.resources, store: store)
        ) { [endpoint, configuration] in
            endpoint.current.map { "\($0.host):\($0.port)" } ?? "\(configuration.host):\(configuration.port)"
        }
        let responder = ClusterResponder(handler: handler, pages: pages, faults: faults, log: requests, logger: logger)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: responder,
            server: try .tls(.http1(), tlsConfiguration: try ServerTLS.configuration(pki)),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { [endpoint, configuration] channel in
                endpoint.succeed(Endpoint(host: configuration.host, port: channel.localAddress?.port ?? configuration.port))
            },
            logger: quiet
        )
    }
}

/// Why a server is not there.
public enum ClusterServerError: Error, Sendable, CustomStringConvertible {
    case stopped

    public var description: String { "The server stopped before it was ready, or is not running any more." }
}

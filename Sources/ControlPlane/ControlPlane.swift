import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import Metrics
import Observability
import Postgres
import Projection
import ServiceLifecycle

/// The control plane: the REST API, health and metrics, and the relay that finishes interrupted writes.
public struct ControlPlane: Sendable {
    /// Serves the API.
    public let server: OperationServer
    /// Serves health and metrics.
    public let healthServer: OperationServer
    /// Finishes interrupted writes.
    public let relay: IntentRelay

    let writer: IntentWriter
    let surface: Surface
    /// What is served besides ``surface``.
    let otherSurfaces: [Surface]
    let feed: FleetFeed
    let agentFeed: AgentFeed
    let agentWatcher: AgentWatcher
    /// What runs besides the servers and the relay.
    private let background: [any Service]
    let gateways: TenantGateways

    /// Puts the control plane together.
    ///
    /// - Parameters:
    ///   - configuration: what it is told.
    ///   - client: the way to Kubernetes.
    ///   - pool: the way to PostgreSQL, whose migrations have been applied.
    ///   - registry: where metrics are collected; nil serves none.
    ///   - logger: takes the log.
    ///   - now: the time.
    ///   - random: random numbers from 0 to 1, to spread retries.
    /// - Throws: ``WeakToken``, or an error that names a contradiction in the declarations.
    public init(
        configuration: ControlPlaneConfiguration,
        client: KubernetesClient,
        pool: PostgresPool,
        registry: PrometheusRegistry? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) throws {
        let intents = IntentRepository(pool: pool)
        var relaying = configuration.relay
        // Whoever is at an intent must be done, or have given up, before another may take it.
        relaying.lease = max(relaying.lease, configuration.kubernetesTimeout * 2)
        let executor = IntentExecutor(client: client, limit: configuration.kubernetesTimeout)
        let settlement = IntentSettlement(
            intents: intents,
            backoff: configuration.relay.backoff,
            lifetime: configuration.relay.lifetime,
            spread: random,
            now: now
        )
        let unfinished = UnfinishedAttempts()
        let writer = IntentWriter(
            intents: intents,
            executor: executor,
            settlement: settlement,
            unfinished: unfinished,
            lease: relaying.lease,
            patience: configuration.kubernetesTimeout / 4,
            now: now,
            makeID: { UUID() }
        )
        let authentication = try AuthenticationCapability(
            configuration: configuration,
            client: client,
            pool: pool,
            logger: logger,
            now: now
        )
        let authenticator = authentication.authenticator
        let platform = try PlatformSurfaces(
            configuration: configuration,
            client: client,
            pool: pool,
            writer: writer,
            authenticator: authenticator,
            logger: logger,
            now: now
        )
        let locator = GatewayLocator(
            client: client,
            tenants: TenantRepository(pool: pool),
            limit: configuration.kubernetesTimeout / 2
        )
        let parts = ControlPlaneParts(
            configuration: configuration,
            client: client,
            pool: pool,
            writer: writer,
            authenticator: authenticator,
            apiKeys: APIKeyAuthenticator(keys: APIKeyRepository(pool: pool), logger: logger, now: now),
            gateways: TenantGateways(locate: { try await locator.find($0) }, logger: logger),
            logger: logger,
            now: now,
            random: random
        )
        let agents = try AgentSurfaces(parts)
        let boards = try BoardSurfaces(parts, templates: platform.templates)
        let instances = try InstanceSurfaces(parts)
        let apiKeys = APIKeySurface(parts)
        let modelBudgets = BudgetCapability(parts)
        let entitlements = EntitlementSurfaces(parts)
        let skills = SkillSurfaces(parts)
        let sources = SourceSurfaces(parts)
        let runtime = RuntimeSurfaces(parts)
        let metrics = MetricsCapability(parts)
        let refusals = RefusalTrail(audit: AuditRepository(pool: pool), logger: logger, now: now)
        otherSurfaces =
            [
                platform.provisionFlow, platform.fleet,
                BootstrapOperations.surface(configuration: configuration, client: client, pool: pool, now: now),
            ] + agents.surfaces + boards.surfaces + instances.surfaces + apiKeys.surfaces + entitlements.surfaces
            + skills.surfaces + runtime.surfaces
        feed = platform.feed
        agentFeed = boards.feed
        agentWatcher = boards.watcher
        background =
            [platform.feed, RetentionSweep(parts), AuditSealer(parts), refusals] + authentication.services + agents.services
            + boards.services
            + instances.services + apiKeys.services
            + modelBudgets.services
            + skills.services + sources.services + runtime.services + metrics.services
        gateways = parts.gateways
        let surface = try Self.surface(
            configuration: configuration,
            client: client,
            pool: pool,
            writer: writer,
            authenticator: authenticator,
            capabilities: authentication.operations + modelBudgets.operations + entitlements.operations + skills.operations
                + sources.operations + PlatformDNSOperations(parts).operations + ObjectStatusOperations(parts).operations
                + ObjectEventOperations(parts).operations
                + runtime.operations + metrics.operations,
            others: otherSurfaces,
            now: now
        )
        try AccessTable.check([surface] + otherSurfaces)
        server = OperationServer(
            responder: try OperationResponder(
                surfaces: [surface] + otherSurfaces,
                addresses: ClientAddresses(trustedProxies: configuration.trustedProxies),
                metrics: registry,
                noteRefusal: { refusals.note($0) }
            ),
            configuration: .init(host: configuration.host, port: configuration.port),
            logger: logger
        )
        registry?.addCollector(Self.use(of: pool))
        let health = HealthSurface(pool: pool, client: client, registry: registry, namespace: configuration.namespace)
        healthServer = OperationServer(
            responder: try OperationResponder(surfaces: [health.surface], metrics: registry),
            configuration: .init(host: configuration.host, port: configuration.healthPort),
            logger: logger
        )
        relay = IntentRelay(
            configuration: relaying,
            intents: intents,
            executor: executor,
            settlement: settlement,
            unfinished: unfinished,
            logger: logger,
            now: now
        )
        self.writer = writer
        self.surface = surface
    }

    /// What has to run. A shutdown begins with the last: requests in flight still have the connections that they use.
    public var services: [any Service] { [gateways, server, healthServer, relay] + background }

    /// Waits until both servers listen.
    ///
    /// - Returns: the ports of the API and of health.
    /// - Throws: ``ServerEnded`` when one ended before.
    public func waitUntilReady() async throws -> (port: Int, healthPort: Int) {
        (try await server.waitUntilReady(), try await healthServer.waitUntilReady())
    }

    /// How much of the pool of connections is in use, for the metrics.
    private static func use(of pool: PostgresPool) -> @Sendable () -> [MetricSample] {
        {
            let usage = pool.usage
            return [
                MetricSample(name: "opencrane_postgres_pool_connections", labels: [("state", "idle")], value: Double(usage.idle)),
                MetricSample(
                    name: "opencrane_postgres_pool_connections",
                    labels: [("state", "used")],
                    value: Double(max(0, usage.connections - usage.idle))
                ),
            ]
        }
    }

    private static func surface(
        configuration: ControlPlaneConfiguration,
        client: KubernetesClient,
        pool: PostgresPool,
        writer: IntentWriter,
        authenticator: any Authenticator,
        capabilities: [HTTPOperations.Operation],
        others: [Surface],
        now: @escaping @Sendable () -> Date
    ) throws -> Surface {
        let gate = IsolationTierGate(served: configuration.servedTiers)
        let projection = ProjectionService(
            client: client,
            pool: pool,
            namespace: configuration.namespace,
            limit: configuration.kubernetesTimeout,
            now: now
        )
        let readLimit = configuration.kubernetesTimeout / 2
        let tenantRows = TenantRepository(pool: pool)
        let tenantViews = TenantViews(rows: tenantRows, namespace: configuration.namespace)
        let policyViews = PolicyViews(rows: PolicyRepository(pool: pool), namespace: configuration.namespace)
        let clusterTenantViews = ClusterTenantViews(rows: ClusterTenantRepository(pool: pool), tenants: tenantRows)
        let authority = TenantAuthority(sight: TenantSight(tenants: tenantRows, namespace: configuration.namespace))
        let parents = ClusterTenantLookup(client: client, views: clusterTenantViews, readLimit: readLimit)
        let tenants = TenantOperations(
            service: ResourceService(
                client: client,
                writer: writer,
                namespace: configuration.namespace,
                readLimit: readLimit,
                row: { try await tenantViews.state($0) },
                check: { try await parents.requireParent(of: $0, before: $1) },
                authorize: { try await authority.require($0, before: $1, after: $2, $3) }
            ),
            rows: tenantViews,
            projection: projection
        )
        let policies = PolicyOperations(
            service: ResourceService(
                client: client,
                writer: writer,
                namespace: configuration.namespace,
                readLimit: readLimit,
                row: { try await policyViews.state($0) },
                check: { _, _ in }
            ),
            rows: policyViews,
            projection: projection
        )
        let clusterTenants = ClusterTenantOperations(
            service: ResourceService(
                client: client,
                writer: writer,
                namespace: nil,
                readLimit: readLimit,
                row: { try await clusterTenantViews.state($0) },
                check: { clusterTenant, before in
                    let tier = clusterTenant.spec.isolationTier
                    if before?["isolationTier"]?.stringValue != tier.rawValue { try gate.require(tier) }
                }
            ),
            rows: clusterTenantViews
        )
        return try Surface(
            title: "OpenCrane Control Plane API",
            version: "1.0.0",
            description: "Multi-tenant AI agent platform management API.",
            basePath: "/api/v1",
            authenticator: authenticator,
            loginPath: configuration.authentication.openID.map { _ in configuration.authentication.publicPath + "/login" },
            operations: tenants.operations + policies.operations + clusterTenants.operations
                + AuditOperations(entries: AuditRepository(pool: pool)).operations + capabilities,
            bodyLimit: configuration.bodyLimit,
            timeout: configuration.requestTimeout
        ).servingDocument(
            at: "/openapi.json",
            id: "getOpenApiSpec",
            summary: "Retrieve the OpenAPI 3.1 specification for this API",
            tag: "Meta",
            others: others
        )
    }
}

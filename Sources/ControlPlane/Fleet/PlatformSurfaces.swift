import CraneAPI
import FleetTemplates
import Foundation
import HTTPOperations
import KubernetesClient
import KubernetesModel
import Logging
import Observability
import Postgres
import Projection

/// The surfaces by which fleets are ordered and seen, and the feed that their streams share.
struct PlatformSurfaces: Sendable {
    /// `POST` and `GET /api/tenants`.
    let provisionFlow: Surface
    /// `GET /api/fleet` and its stream.
    let fleet: Surface
    /// Looks at the fleets that are watched.
    let feed: FleetFeed
    /// Knows the templates of fleets.
    let templates: TemplateSource

    init(
        configuration: ControlPlaneConfiguration,
        client: KubernetesClient,
        pool: PostgresPool,
        writer: IntentWriter,
        authenticator: any Authenticator,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) throws {
        let namespace = configuration.namespace
        templates = TemplateSource(
            client: client,
            configMap: configuration.fleetTemplates.map { ObjectKey(namespace: configuration.platformNamespace, name: $0) },
            limit: configuration.kubernetesTimeout / 2,
            logger: logger
        )
        let fleets = FleetRepository(pool: pool)
        let rows = TenantRepository(pool: pool)
        let views = TenantViews(rows: rows, namespace: namespace)
        let reader = FleetReader(
            fleets: fleets,
            log: ProvisioningLogRepository(pool: pool),
            namespace: namespace,
            templates: templates
        )
        feed = FleetFeed(limits: configuration.fleetFeed, logger: logger) { try await reader.states(of: $0) }
        let orders = ProvisionFlowOperations(
            service: ResourceService(
                client: client,
                writer: writer,
                namespace: namespace,
                readLimit: configuration.kubernetesTimeout / 2,
                row: { try await views.state($0) },
                check: { [templates] tenant, _ in
                    // A repeated order is answered like the first one, whatever templates there are by then.
                    let template = tenant.spec.fleet?.template ?? TemplateCatalog.defaultID
                    try FleetOrder.require(template, in: try await templates.catalog(for: template))
                    try await fleets.require(tenant, namespace: namespace, now: now())
                }
            ),
            fleets: fleets,
            tenants: rows,
            namespace: namespace,
            configuration: configuration.fleet,
            templates: templates
        )
        provisionFlow = Surface(
            title: "OpenCrane provision flow",
            version: "1.0.0",
            description: "By which the platform orders fleets.",
            basePath: "/api",
            envelope: .platform,
            authenticator: try PlatformTokenAuthenticator(token: configuration.platformToken?.reveal()),
            credential: PlatformTokenAuthenticator.credential,
            operations: orders.operations,
            bodyLimit: configuration.bodyLimit,
            timeout: configuration.requestTimeout
        )
        fleet = Surface(
            title: "OpenCrane fleet",
            version: "1.0.0",
            description: "What people see of their fleet.",
            basePath: "/api",
            envelope: .platform,
            authenticator: authenticator,
            operations: FleetOperations(reader: reader, feed: feed).operations,
            bodyLimit: configuration.bodyLimit,
            timeout: configuration.requestTimeout
        )
    }
}

import ArgumentParser
import CraneOperator
import Foundation
import KubernetesClient
import Logging
import Metrics
import Observability
import OperatorRuntime
import Postgres
import Projection
import ServiceLifecycle
import UnixSignals

/// `opencrane operator`: the controllers of Tenants, AccessPolicies and ClusterTenants.
struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Makes the cluster match Tenants, AccessPolicies and ClusterTenants.",
        discussion: """
            Settings come from the environment; TENANT_DEFAULT_IMAGE and INGRESS_DOMAIN are required. With DATABASE_URL the three kinds are
            also projected into PostgreSQL. With MACHINE_PROVIDERS tenants may have virtual machines.
            """
    )

    @Option(help: "Path of a kubeconfig. Default: KUBECONFIG, then the pod's own account, then ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig. Default: its current one.")
    var context: String?

    @Flag(help: "Do not apply the database's migrations at the start.")
    var skipMigrations = false

    func run() async throws {
        let skipsMigrations = skipMigrations
        let environment = ProcessInfo.processInfo.environment
        var settings = try OperatorConfiguration(environment: environment)
        if settings.machines.localGateway.isEmpty { settings.machines.localGateway = LocalGateway.command(path: environment["PATH"]) }
        let registry = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
        MetricsSystem.bootstrap(registry)
        let logger = Logger(label: "opencrane.operator") { JSONLogHandler(label: $0, metadataProvider: .reconcile) }
        let client = try KubernetesClient(
            configuration: .load(environment: environment, kubeconfig: kubeconfig, context: context),
            logger: logger
        )
        var services: [any Service] = []
        var companion: CraneOperator.Companion?
        if let url = settings.databaseURL {
            let pool = PostgresPool(configuration: try PostgresConfiguration(url.reveal()), logger: logger)
            services.append(pool)
            companion = CraneOperator.projecting(into: pool, client: client, logger: logger) {
                if !skipsMigrations { try await ProjectionSchema.migrate(pool, logger: logger) }
            }
        }
        services.append(
            CraneOperator(
                configuration: settings,
                client: client,
                logger: logger,
                metrics: registry,
                machines: try MachineRegistry(settings, client: client, logger: logger),
                companion: companion
            )
        )
        let group = ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
        await client.shutdown()
    }
}

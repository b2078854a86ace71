import ArgumentParser
import ControlPlane
import Foundation
import KubernetesClient
import Logging
import Metrics
import Observability
import Postgres
import Projection
import ServerLifetime
import ServiceLifecycle
import UnixSignals

/// `opencrane control-plane`: serves the REST API.
struct ControlPlaneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control-plane",
        abstract: "Serves the REST API.",
        discussion: """
            Configuration comes from the environment: DATABASE_URL, OPENCRANE_API_TOKEN or OPENCRANE_API_TOKEN_FILE (required unless people
            log in: OIDC_ISSUER_URL, OIDC_CLIENT_ID, OIDC_REDIRECT_URI and others, see docs/authentication.md),
            NAMESPACE (default), HOST (0.0.0.0), PORT (8080), HEALTH_PORT (9090), OPENCRANE_PLATFORM_TOKEN or
            OPENCRANE_PLATFORM_TOKEN_FILE (without it nobody can order fleets), OPENCRANE_MACHINE_PROVIDER (gce, kubevirt or local; needed to
            order fleets), OPENCRANE_FLEET_PLANS, OPENCRANE_FLEET_OWNER_EMAIL, OPENCRANE_ISOLATION_TIERS (shared,dedicatedNodes),
            OPENCRANE_BODY_LIMIT_BYTES, OPENCRANE_REQUEST_TIMEOUT_SECONDS, OPENCRANE_TRUSTED_PROXIES. With neither token nor identity
            provider it does not start.
            """
    )

    @Option(help: "Path of a kubeconfig. Default: KUBECONFIG, then the pod's own account, then ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig. Default: its current one.")
    var context: String?

    @Flag(help: "Do not apply the database's migrations at the start.")
    var skipMigrations = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let settings: ControlPlaneConfiguration
        do {
            settings = try ControlPlaneConfiguration(environment: environment) { path in
                try String(contentsOfFile: path, encoding: .utf8)
            }
        } catch {
            throw ValidationError("\(error)")
        }
        let logger = Logger(label: "opencrane.control-plane") { JSONLogHandler(label: $0) }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        registry.addCollector(ProcessMetrics.collector())
        var access = try ClientConfiguration.load(kubeconfig: kubeconfig, context: context)
        access.userAgent = "opencrane-control-plane"
        let client = try KubernetesClient(configuration: access, logger: logger)
        let database = try PostgresConfiguration(environment: environment)
        if !skipMigrations {
            // Migrations may take longer than a request, and wait for a database that is still starting.
            let migrating = PostgresPool(configuration: database, options: .init(maximumConnections: 2), logger: logger)
            try await ProjectionSchema.migrate(migrating, logger: logger)
            await migrating.shutdown()
        }
        let pool = PostgresPool(configuration: database, options: .serving(), logger: logger)
        let plane = try ControlPlane(configuration: settings, client: client, pool: pool, registry: registry, logger: logger)
        let delay = try shutdownDelay(environment)
        var group = ServiceGroupConfiguration(
            services: ([pool] as [any Service] + plane.services + [ShutdownDelay(delay)]).map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = .seconds(30) + delay
        try await ServiceGroup(configuration: group).run()
        await client.shutdown()
    }

    /// How long requests are taken after the process was told to end: in a pod as long as others may not know that yet.
    private func shutdownDelay(_ environment: [String: String]) throws -> Duration {
        guard let text = environment["SHUTDOWN_DELAY_SECONDS"], !text.isEmpty else {
            return environment["KUBERNETES_SERVICE_HOST"] == nil ? .zero : .seconds(5)
        }
        guard let seconds = Int(text), (0...60).contains(seconds) else {
            throw ValidationError("SHUTDOWN_DELAY_SECONDS must be a number from 0 to 60.")
        }
        return .seconds(seconds)
    }
}

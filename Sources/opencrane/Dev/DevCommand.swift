import ArgumentParser
import Foundation
import LocalCluster
import LocalPostgres
import Logging
import Metrics
import Observability
import OperatorRuntime
import ServiceLifecycle
import UnixSignals

/// `opencrane dev`: everything on one machine, for trying things out.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Runs everything on this machine: a Kubernetes API, PostgreSQL, the operator and the control plane.",
        discussion: """
            For development only: the Kubernetes API has no nodes, workloads are simulated, and all listens on the loopback address. What
            it keeps is in the data directory, and is there again the next time.

            With --manifests neither operator nor control plane is started: you install them, as in a cluster. Pods whose images have a
            program run as processes; those of tenants are simulated. See docs/install.md.
            """
    )

    @Option(help: "Directory that keeps data, kubeconfig and API token. Default: .opencrane; with --manifests .opencrane/manifests.")
    var dataDir: String?

    @Option(help: "Port of the Kubernetes API; 0 takes a free one.")
    var kubernetesPort = 0

    @Option(help: "Port of the REST API; 0 takes a free one. Default: a free one; with --manifests 18080.")
    var apiPort: Int?

    @Option(help: "Port of PostgreSQL; 0 takes that of earlier runs, or a free one.")
    var postgresPort = 0

    @Option(help: "How much is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .notice

    @Flag(help: "Do not make the sample tenant 'hello'.")
    var noSamples = false

    @Flag(help: "Start the Kubernetes API, PostgreSQL and what runs pods, and let OpenCrane be installed from manifests.")
    var manifests = false

    @OptionGroup var workloads: ProcessOptions

    func validate() throws {
        guard manifests || workloads.isEmpty else { throw ValidationError("--image and --forward are for --manifests.") }
        _ = try workloads.images(default: nil)
        _ = try workloads.forwards()
    }

    func run() async throws {
        let level = logLevel
        let logger = Logger(label: "opencrane.dev") { label in
            var handler = JSONLogHandler(label: label)
            handler.logLevel = level
            return handler
        }
        let registry = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
        MetricsSystem.bootstrap(registry)
        let directory = try DevDirectory(path: dataDir ?? (manifests ? ".opencrane/manifests" : ".opencrane"))
        defer { directory.unlock() }

        let postgres = PrivatePostgres(
            directory: directory.postgres,
            port: try postgresPort == 0 ? directory.postgresPort() : postgresPort,
            logger: logger
        )
        var cluster = ClusterServer.Configuration()
        cluster.port = kubernetesPort
        cluster.dataDirectory = directory.cluster
        // Nobody but this machine's own clients is connected: there is nothing to wait for.
        cluster.shutdownTimeout = .milliseconds(500)
        // Accounts of manifests have the rights that the manifests give them.
        let output = PodOutput()
        if manifests {
            cluster.authorization = .rbac
            cluster.podLogs = { output.path($0) }
        }
        let server = try ClusterServer(configuration: cluster, logger: logger)
        let stack: any Service =
            manifests
            ? ManifestStack(
                directory: directory,
                postgres: postgres,
                server: server,
                images: try workloads.images(default: ManifestStack.image),
                forwards: try workloads.forwards(),
                apiPort: apiPort ?? ManifestStack.port,
                output: output,
                logger: logger
            )
            : DevStack(
                directory: directory,
                postgres: postgres,
                server: server,
                apiPort: apiPort ?? 0,
                samples: !noSamples,
                registry: registry,
                logger: logger
            )

        let more = manifests ? "and what runs pods" : ", the operator and the control plane"
        print("Starting PostgreSQL, the Kubernetes API\(manifests ? " " : "")\(more) in \(directory.path) ...")
        fflush(nil)
        try await postgres.start()
        // Ended in the reverse order: what uses the database and the API goes first.
        let services: [any Service] = [postgres, server, stack]
        var group = ServiceGroupConfiguration(
            services: services.map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: group).run()
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

import ControlPlane
import CraneAPI
import CraneOperator
import Foundation
import KubernetesClient
import KubernetesModel
import LocalCluster
import LocalPostgres
import Logging
import Observability
import Postgres
import Projection
import ServiceLifecycle
import WorkloadSimulator

/// What `opencrane dev` runs on top of PostgreSQL and the Kubernetes API.
struct DevStack: Service {
    let directory: DevDirectory
    let postgres: PrivatePostgres
    let server: ClusterServer
    let apiPort: Int
    let samples: Bool
    let registry: PrometheusRegistry
    let logger: Logger

    func run() async throws {
        _ = try await server.waitUntilReady()
        let kubeconfig = server.kubeconfig
        try directory.writePrivately(kubeconfig, to: directory.kubeconfig)

        let database = try await postgres.configuration
        let pool = PostgresPool(configuration: database, logger: logger)
        try await ProjectionSchema.migrate(pool, logger: logger)
        // The API answers soon or not at all; the projector waits for the database.
        let serving = PostgresPool(configuration: database, options: .serving(), logger: logger)
        let clients = try (0..<3).map { _ in try KubernetesClient(kubeconfig: kubeconfig, logger: logger) }
        try await CustomResources(client: clients[0]).install()

        // Machines are told at their birth where the control plane is.
        let port = try apiPort == 0 ? directory.apiPort() : apiPort
        let settings = operatorConfiguration(apiPort: port)
        let crane = CraneOperator(
            configuration: settings,
            client: clients[0],
            logger: logger,
            metrics: registry,
            machines: try MachineRegistry(settings, client: clients[0], logger: logger),
            companion: CraneOperator.projecting(into: pool, client: clients[0], logger: logger)
        )
        var simulation = SimulatorConfiguration()
        simulation.startDelay = .milliseconds(200)
        let plane = try ControlPlane(
            configuration: try planeConfiguration(port: port),
            client: clients[1],
            pool: serving,
            registry: registry,
            logger: logger
        )
        let services: [any Service] =
            [pool, serving, WorkloadSimulator(client: clients[2], configuration: simulation, logger: logger), crane] + plane.services
        let greeter = DevGreeter(
            stack: self,
            client: clients[1],
            plane: plane,
            crane: crane,
            database: try await openDatabase()
        )
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) } + [.init(service: greeter, successTerminationBehavior: .ignore)],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: group).run()
        for client in clients { await client.shutdown() }
    }

    /// Lets `psql` in without a password on a command line, where every user of the machine could read it.
    ///
    /// - Returns: how to connect, without the password.
    private func openDatabase() async throws -> String {
        guard var url = URLComponents(string: try await postgres.url), let password = url.password else {
            throw DevError("The private PostgreSQL has no password")
        }
        try directory.writePrivately(
            // For every database of the server: a backup is tried out in another one.
            "\(url.host ?? ""):\(url.port ?? 5432):*:\(url.user ?? ""):\(password)\n",
            to: directory.passwords
        )
        url.password = nil
        return url.string ?? ""
    }

    private func operatorConfiguration(apiPort: Int) -> OperatorConfiguration {
        var configuration = OperatorConfiguration(
            defaultImage: "ghcr.io/openclaw/openclaw:latest",
            ingressDomain: "opencrane.localhost",
            platformNamespace: "default"
        )
        configuration.process.leaderElection = false
        configuration.process.healthHost = "127.0.0.1"
        configuration.process.healthPort = 0
        configuration.machines.providers = [.local]
        configuration.machines.controlPlane = "http://127.0.0.1:\(apiPort)"
        configuration.machines.localDirectory = directory.machines
        configuration.machines.localGateway = LocalGateway.development
        return configuration
    }

    private func planeConfiguration(port: Int) throws -> ControlPlaneConfiguration {
        var configuration = ControlPlaneConfiguration(
            namespace: "default",
            host: "127.0.0.1",
            port: port,
            healthPort: 0,
            token: SensitiveString(try directory.apiToken()),
            platformToken: SensitiveString(try directory.platformToken()),
            fleet: FleetConfiguration(machineProvider: .local)
        )
        configuration.agentsAddress = "http://127.0.0.1:\(port)"
        try configuration.useSealingKeys(file: directory.sealingKeys())
        return configuration
    }
}

/// Waits until all is ready, makes the sample, and says what to try.
struct DevGreeter: Service {
    let stack: DevStack
    let client: KubernetesClient
    let plane: ControlPlane
    let crane: CraneOperator
    let database: String

    func run() async throws {
        let ports = try await plane.waitUntilReady()
        let healthPort = try await crane.waitUntilHealthListens()
        if stack.samples { try await DevSample(client: client).make() }
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path(percentEncoded: false)
        let banner = DevBanner(
            kubeconfig: stack.directory.kubeconfig,
            apiURL: "http://127.0.0.1:\(ports.port)",
            tokenFile: stack.directory.token,
            platformTokenFile: stack.directory.platformTokenFile,
            environmentFile: stack.directory.environment,
            database: database,
            passwordFile: stack.directory.passwords,
            healthURL: "http://127.0.0.1:\(healthPort ?? 0)",
            planeHealthURL: "http://127.0.0.1:\(ports.healthPort)",
            sealingKeysFile: stack.directory.sealingKeysFile,
            binaries: folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        )
        try stack.directory.writePrivately(banner.environment, to: stack.directory.environment)
        print(banner.text)
        // Standard output may be a pipe, which is written in blocks otherwise.
        fflush(nil)
    }
}

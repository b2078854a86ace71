import ArgumentParser
import BenchKit
import CraneAPI
import CraneOperator
import Foundation
import JSONValue
import KubernetesClient
import Metrics
import Observability
import Postgres
import Projection
import ServiceLifecycle

/// The operator as `opencrane operator` runs it, which can also tell how much memory it has.
struct OperatorRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "operator", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var database: String
    @Option var machines: String
    @Option var controlPlane: String
    @Option var parent: Int32

    func run() async throws {
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "fleetbench-operator")
        let pool = PostgresPool(configuration: try PostgresConfiguration(database), logger: Setting.logger)
        let configuration = settings
        let crane = CraneOperator(
            configuration: configuration,
            client: client,
            logger: Setting.logger,
            metrics: registry,
            machines: try MachineRegistry(configuration, client: client, logger: Setting.logger),
            companion: CraneOperator.projecting(into: pool, client: client, logger: Setting.logger) {
                try await ProjectionSchema.migrate(pool, logger: Setting.logger)
            }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ServiceGroup(services: [pool, crane], logger: Setting.logger).run() }
            _ = try await crane.waitUntilHealthListens()
            ParentLink.report(["started": true])
            for await word in ParentLink.commands() where word == "memory" {
                let reading = MemoryReading.atRest()
                ParentLink.report([
                    "memory": ["resident": .integer(Int64(reading.resident)), "inUse": .integer(Int64(reading.inUse))]
                ])
            }
            group.cancelAll()
        }
    }

    private var settings: OperatorConfiguration {
        var configuration = OperatorConfiguration(
            defaultImage: "registry.example.com/openclaw:1.0.0",
            ingressDomain: "bench.example.com",
            platformNamespace: "default"
        )
        configuration.process.leaderElection = false
        configuration.process.healthHost = "127.0.0.1"
        configuration.process.healthPort = 0
        configuration.machines.providers = [.local]
        configuration.machines.controlPlane = controlPlane
        configuration.machines.localDirectory = machines
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        configuration.machines.localGateway = [
            program, "gateway", "--state-dir", "{stateDirectory}", "--port", "{port}", "--parent", "\(parent)",
        ]
        return configuration
    }
}

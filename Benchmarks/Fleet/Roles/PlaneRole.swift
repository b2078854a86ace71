import ArgumentParser
import BenchKit
import ControlPlane
import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import Observability
import Postgres
import Projection
import ServiceLifecycle

/// The control plane.
struct PlaneRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plane", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var database: String
    @Option var token: String
    @Option var platformToken: String

    func run() async throws {
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "fleetbench-plane")
        let database = try PostgresConfiguration(database)
        let pool = PostgresPool(configuration: database, options: .serving(), logger: Setting.logger)
        let migrating = PostgresPool(configuration: database, logger: Setting.logger)
        try await ProjectionSchema.migrate(migrating, logger: Setting.logger)
        await migrating.shutdown()
        let plane = try ControlPlane(
            configuration: ControlPlaneConfiguration(
                namespace: "default",
                host: "127.0.0.1",
                port: 0,
                healthPort: 0,
                token: SensitiveString(token),
                platformToken: SensitiveString(platformToken),
                fleet: FleetConfiguration(machineProvider: .local)
            ),
            client: client,
            pool: pool,
            logger: Setting.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ServiceGroup(services: [pool] + plane.services, logger: Setting.logger).run() }
            let ports = try await plane.waitUntilReady()
            ParentLink.report(["port": .integer(Int64(ports.port))])
            for await _ in ParentLink.commands() {}
            group.cancelAll()
        }
    }
}

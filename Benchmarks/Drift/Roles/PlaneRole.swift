import ArgumentParser
import BenchKit
import ControlPlane
import JSONValue
import Observability
import Postgres
import ServiceLifecycle

/// The control plane. It tells its memory when asked, and the most it had since the time before.
struct PlaneRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plane", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var database: String
    @Option var token: String

    func run() async throws {
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "driftbench-plane")
        let pool = PostgresPool(configuration: try PostgresConfiguration(database), options: .serving(), logger: Setting.logger)
        let plane = try ControlPlane(
            configuration: ControlPlaneConfiguration(
                namespace: "default",
                host: "127.0.0.1",
                port: 0,
                healthPort: 0,
                token: SensitiveString(token),
                requestTimeout: .seconds(600)
            ),
            client: client,
            pool: pool,
            logger: Setting.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in [pool] + plane.services { group.addTask { try await service.run() } }
            let ports = try await plane.waitUntilReady()
            ParentLink.report(["port": .integer(Int64(ports.port))])
            for await _ in ParentLink.commands() {
                let peak = MemoryReading.now().peak
                let rest = MemoryReading.atRest()
                try MemoryReading.resetPeak()
                ParentLink.report([
                    "memory": [
                        "resident": .number(Double(rest.resident)), "peak": .number(Double(peak)), "inUse": .number(Double(rest.inUse)),
                    ]
                ])
            }
            group.cancelAll()
        }
    }
}

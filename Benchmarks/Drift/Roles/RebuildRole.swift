import ArgumentParser
import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Postgres
import Projection

/// Makes all rows anew, as the operator does at its start when the database is empty: the objects are listed, and the projector writes them.
struct RebuildRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rebuild", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var database: String

    func run() async throws {
        ParentLink.dieWithParent()
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "driftbench-rebuild")
        let pool = PostgresPool(configuration: try PostgresConfiguration(database), logger: Setting.logger)
        let before = MemoryReading.atRest()
        try MemoryReading.resetPeak()
        let start = Moment.now
        let list = try await client.resource(Tenant.self, namespace: "default").listAll()
        let listed = Moment.now
        let objects = try list.items.map { try ProjectedObject($0) }
        let projector = Projector(pool: pool, logger: Setting.logger)
        let running = Task { try await projector.run() }
        for object in objects { projector.apply(.upsert(object)) }
        projector.apply(.synced(.tenant, namespace: "default", objects: objects, resourceVersion: list.metadata.resourceVersion ?? ""))
        await projector.drained()
        let written = Moment.now
        running.cancel()
        _ = try? await running.value
        let status = projector.status
        guard status.rejected == 0 else { throw BenchError("\(status.rejected) rows were refused: \(status.lastError ?? "")") }
        ParentLink.report([
            "rebuilt": [
                "rows": .integer(Int64(objects.count)), "listSeconds": .number(Double(listed - start) / 1e9),
                "writeSeconds": .number(Double(written - listed) / 1e9),
                "peak": .number(Double(MemoryReading.now().peak - before.resident)),
            ]
        ])
        await pool.shutdown()
        await client.shutdown()
    }
}

import AsyncHTTPClient
import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOCore
import NIOHTTP1
import Postgres

/// Waits until everything that was begun has ended.
struct Settling: Sendable {
    let stage: PlaneStage

    /// Waits until no intent is open and deleted tenants are gone, then until nothing drifts.
    ///
    /// - Returns: how long each took, in seconds.
    /// - Throws: ``BenchError`` that says what did not end.
    func wait(deleted: Set<String>) async throws -> (intents: Double, deletions: Double, drift: Double) {
        let start = Moment.now
        try await eventually("The end of all intents", within: .seconds(90)) {
            try await stage.pool.first("select count(*) from write_intents where state = 'open'")?.decode(0, as: Int.self) == 0
        }
        let closed = Moment.now
        let tenants = stage.kubernetes.resource(Tenant.self, namespace: PlaneStage.namespace)
        try await eventually("The end of deleted tenants", within: .seconds(180)) {
            try await tenants.listAll().items.allSatisfy { !deleted.contains($0.metadata.name) }
        }
        let gone = Moment.now
        for replica in stage.replicas {
            try await eventually("No drift, by \(replica.program.name)", within: .seconds(120)) {
                let report = try await drift(replica)
                let count = report[at: ["summary", "driftCount"]]?.integerValue
                guard count == 0 else { throw BenchError(report["mismatches"]?.text().prefix(500).description ?? report.text()) }
                return true
            }
        }
        return (Double(closed - start) / 1e9, Double(gone - closed) / 1e9, Double(Moment.now - gone) / 1e9)
    }

    private func drift(_ replica: Replica) async throws -> JSON {
        var request = HTTPClientRequest(url: "\(replica.base)/api/v1/tenants/drift")
        request.headers.add(name: "Authorization", value: "Bearer \(stage.token)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return try JSON(parsing: try await response.body.collect(upTo: 64 << 20).readableBytesView)
    }
}

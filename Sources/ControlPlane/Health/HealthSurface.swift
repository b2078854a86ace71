import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import Observability
import Postgres
import Schema

/// Health and metrics, on a port of their own: `/healthz` says that the process lives, `/readyz` that it can work.
struct HealthSurface: Sendable {
    let pool: PostgresPool
    let client: KubernetesClient
    let registry: PrometheusRegistry?
    let namespace: String

    /// The surface.
    var surface: Surface {
        Surface(
            title: "OpenCrane control plane health",
            version: "1.0.0",
            basePath: "/",
            operations: [
                raw("/healthz", "healthz", "Whether the process lives; asks nobody else") { _ in
                    .json(["status": "ok"], status: .ok)
                },
                raw("/readyz", "readyz", "Whether the database and Kubernetes can be reached") { _ in await readiness() },
                raw("/metrics", "metrics", "Figures in the Prometheus text format") { _ in
                    OperationResponse(
                        status: .ok,
                        headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                        body: Array((registry?.exposition() ?? "").utf8)
                    )
                },
            ],
            timeout: .seconds(10)
        )
    }

    private func raw(
        _ path: PathTemplate,
        _ id: String,
        _ summary: String,
        _ handler: @escaping @Sendable (OperationContext) async throws -> OperationResponse
    ) -> Operation {
        Operation(
            raw: OperationLabel(.get, path, id: id, summary: summary, tag: "Health", access: .open),
            response: ResponseDeclaration(status: .ok, description: summary, schema: nil),
            handler: handler
        )
    }

    private func readiness() async -> OperationResponse {
        async let database = pool.health().isReachable
        async let kubernetes = answers()
        let (db, api) = await (database, kubernetes)
        return .json(
            ["status": db && api ? "ok" : "degraded", "database": .bool(db), "kubernetes": .bool(api)],
            status: db && api ? .ok : .serviceUnavailable
        )
    }

    /// Whether a list of tenants is answered: the API server is there, the kind is defined, and we may read it.
    private func answers() async -> Bool {
        let api = client.dynamic(ResourceKind.tenant.resourceType, namespace: namespace)
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await api.list(ListOptions(limit: 1))) != nil }
            group.addTask {
                try? await Task.sleep(for: .seconds(3))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}

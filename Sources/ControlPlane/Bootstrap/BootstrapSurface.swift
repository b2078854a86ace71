import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import Postgres
import Projection

extension BootstrapOperations {
    /// The surface that machines use at their first start.
    ///
    /// - Parameters:
    ///   - configuration: limits and times.
    ///   - client: the way to Kubernetes.
    ///   - pool: the way to PostgreSQL.
    ///   - now: the time.
    static func surface(
        configuration: ControlPlaneConfiguration,
        client: KubernetesClient,
        pool: PostgresPool,
        now: @escaping @Sendable () -> Date
    ) -> Surface {
        let limit = configuration.kubernetesTimeout / 2
        let machines = BootstrapMachines(client: client, tenants: TenantRepository(pool: pool), limit: limit)
        return Surface(
            title: "OpenCrane machine bootstrap",
            version: "1.0.0",
            description: "What machines ask at their first start.",
            basePath: "/v1/bootstrap",
            authenticator: machines,
            credential: CredentialScheme(
                name: "machineCredential",
                json: [
                    "type": "http", "scheme": "bearer",
                    "description": "What the machine was born with: Authorization: Bearer ocb_UID_RANDOM.",
                ]
            ),
            operations: BootstrapOperations(
                machines: machines,
                client: client,
                audit: AuditRepository(pool: pool),
                instances: InstanceRepository(pool: pool),
                log: BootstrapLog(pool: pool),
                limit: limit,
                now: now
            ).operations,
            bodyLimit: min(configuration.bodyLimit, 16_384),
            timeout: configuration.requestTimeout
        )
    }
}

import CraneAPI
import HTTPOperations
import KubernetesClient
import Logging
import Observability
import Postgres

extension ControlPlane {
    /// Path of the checked-in OpenAPI document in the repository.
    public static let documentPath = "docs/openapi.json"

    /// The OpenAPI document as it is served and checked in, as text.
    ///
    /// - Throws: an error that names a contradiction in the declarations.
    public static func openAPIText() throws -> String {
        let plane = try described()
        return try OpenAPIDocument(surface: plane.surface, others: plane.otherSurfaces).text
    }

    /// A control plane whose operations can be described and are never called.
    static func described() throws -> ControlPlane {
        // The operations need somewhere to go; describing them calls none, so nothing is connected to.
        let logger = Logger(label: "opencrane.openapi") { _ in SwiftLogNoOpLogHandler() }
        let client = try KubernetesClient(configuration: ClientConfiguration(server: "https://127.0.0.1:1"), logger: logger)
        let pool = PostgresPool(configuration: try PostgresConfiguration("postgres://127.0.0.1:1/none"), logger: logger)
        let configuration = ControlPlaneConfiguration(token: SensitiveString("the document needs no token, and nobody can use this one"))
        return try ControlPlane(configuration: configuration, client: client, pool: pool, logger: logger)
    }
}

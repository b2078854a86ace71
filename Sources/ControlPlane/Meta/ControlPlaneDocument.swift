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
        // The operations need somewhere to go; building the document calls none of them, so nothing is connected to.
        let logger = Logger(label: "opencrane.openapi") { _ in SwiftLogNoOpLogHandler() }
        let client = try KubernetesClient(configuration: ClientConfiguration(server: "https://127.0.0.1:1"), logger: logger)
        let pool = PostgresPool(configuration: try PostgresConfiguration("postgres://127.0.0.1:1/none"), logger: logger)
        let configuration = ControlPlaneConfiguration(token: SensitiveString("the document needs no token, and nobody can use this one"))
        let plane = try ControlPlane(configuration: configuration, client: client, pool: pool, logger: logger)
        return try OpenAPIDocument(surface: plane.surface, others: plane.otherSurfaces).text
    }
}

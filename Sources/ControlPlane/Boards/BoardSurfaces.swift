import HTTPOperations
import Projection
import ServiceLifecycle

/// The surface by which boards and gateways are seen, agents watched and their files brought up to date, and what works for it.
struct BoardSurfaces: Sendable {
    /// What is served.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    init(_ parts: ControlPlaneParts) throws {
        let directory = BoardDirectory(
            gateways: GatewayRepository(pool: parts.pool, namespace: parts.configuration.namespace),
            capacity: parts.configuration.boardCapacity
        )
        let agents = AgentRepository(pool: parts.pool)
        surfaces = [
            Surface(
                title: "OpenCrane boards",
                version: "1.0.0",
                description: "Boards of agents and the gateways they live on.",
                basePath: "/api/v1",
                envelope: .tracedDetail,
                authenticator: parts.authenticator,
                operations: BoardOperations(directory: directory, agents: agents).operations,
                bodyLimit: parts.configuration.bodyLimit,
                timeout: parts.configuration.requestTimeout
            )
        ]
        services = []
    }
}

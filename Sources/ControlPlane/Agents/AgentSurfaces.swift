import Foundation
import HTTPOperations
import KubernetesClient
import Projection
import ServiceLifecycle

/// The surfaces by which agents are made, seen and changed, and what works for them in the background.
struct AgentSurfaces: Sendable {
    /// What is served.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]
    /// Brings gateways to what the rows of agents say.
    let provisioner: AgentProvisioner

    init(_ parts: ControlPlaneParts) throws {
        let configuration = parts.configuration
        var settings = configuration.agents
        // Whoever waits for an agent is told what became of it before the request's time is over.
        let reserve = settings.patience + .seconds(1)
        settings.runLimit = min(settings.runLimit, max(configuration.requestTimeout / 2, configuration.requestTimeout - reserve))
        let agents = AgentRepository(pool: parts.pool)
        provisioner = AgentProvisioner(
            agents: agents,
            tenants: TenantRepository(pool: parts.pool),
            gateways: parts.gateways,
            witness: TenantWitness(client: parts.client, limit: configuration.kubernetesTimeout / 2),
            settings: settings,
            logger: parts.logger,
            now: parts.now,
            random: parts.random
        )
        let operations = AgentOperations(
            agents: agents,
            boards: BoardDirectory(
                gateways: GatewayRepository(pool: parts.pool, namespace: configuration.namespace),
                capacity: configuration.boardCapacity
            ),
            provisioner: provisioner,
            now: parts.now
        )
        surfaces = [
            Surface(
                title: "OpenCrane agents",
                version: "1.0.0",
                description: "Agents on the gateways of tenants.",
                basePath: "/api/v1",
                envelope: .tracedDetail,
                authenticator: AuthenticatorChain([
                    AgentAuthenticator(agents: agents, touchInterval: settings.touchInterval, logger: parts.logger, now: parts.now),
                    parts.authenticator,
                ]),
                credential: AgentAuthenticator.credential,
                operations: operations.operations,
                bodyLimit: configuration.bodyLimit,
                timeout: configuration.requestTimeout
            )
        ]
        services = [AgentReconciler(provisioner: provisioner)]
    }
}

import Foundation
import HTTPOperations
import Projection

/// Groups and MCP servers: who belongs together, and who may use what.
struct EntitlementSurfaces: Sendable {
    /// Operations of the main surface.
    let operations: [HTTPOperations.Operation]
    /// What is served besides.
    let surfaces: [Surface]

    /// Makes the operations.
    ///
    /// - Parameters:
    ///   - parts: what they are made of.
    ///   - makeID: makes ids of groups, servers, credentials and grants.
    init(_ parts: ControlPlaneParts, makeID: @escaping @Sendable () -> UUID = { UUID() }) {  // edge: new ids
        let writer = MutationWriter(pool: parts.pool, now: parts.now)
        operations =
            GroupOperations(service: GroupService(groups: GroupRepository(pool: parts.pool), writer: writer, makeID: makeID)).operations
            + MCPServerOperations(
                service: MCPServerService(servers: MCPServerRepository(pool: parts.pool), writer: writer, makeID: makeID)
            ).operations
        let identity = WorkloadIdentity(
            reviewer: TokenReviewer(client: parts.client, limit: parts.configuration.kubernetesTimeout / 2),
            tenants: TenantRepository(pool: parts.pool),
            namespace: parts.configuration.namespace
        )
        surfaces = [MCPRegistryFeed.surface(parts, authenticator: WorkloadAuthenticator(identity))]
    }
}

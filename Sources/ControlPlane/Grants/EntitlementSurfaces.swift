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
        let contracts = ContractService(
            pool: parts.pool,
            tenants: TenantRepository(pool: parts.pool),
            policies: PolicyRepository(pool: parts.pool),
            entitlements: EntitlementReader(groups: GroupRepository(pool: parts.pool), grants: GrantRepository(pool: parts.pool)),
            servers: MCPServerRepository(pool: parts.pool),
            namespace: parts.configuration.namespace,
            gateway: parts.configuration.contractGateway,
            registry: parts.configuration.contractRegistry
        )
        surfaces = [MCPRegistryFeed.surface(parts, contracts: contracts, authenticator: WorkloadSurface.authenticator(parts))]
    }
}

import Foundation
import HTTPOperations
import Postgres
import Projection
import ServiceLifecycle

/// What tenants know and run: datasets, contracts, the rollout of the awareness contract, how they take part, and what sessions reach; for
/// people on the main surface, for pods on one of their own.
struct RuntimeSurfaces: Sendable {
    /// Operations of the main surface.
    let operations: [HTTPOperations.Operation]
    /// The surface for pods.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    init(_ parts: ControlPlaneParts) {
        let (pool, now) = (parts.pool, parts.now)
        let namespace = parts.configuration.namespace
        let rows = TenantRepository(pool: pool)
        let tenants = TenantSight(tenants: rows, namespace: namespace)
        let writer = MutationWriter(pool: pool, now: now)
        let reader = EntitlementReader(groups: GroupRepository(pool: pool), grants: GrantRepository(pool: pool))
        let retrieval = RetrievalClient(parts.configuration.retrieval)
        let sync = RetrievalSync(retrieval: retrieval, pool: pool, tenants: rows, namespace: namespace, entitlements: reader)
        let contracts = ContractOperations(
            tenants: tenants,
            contracts: ContractService(
                pool: pool,
                tenants: rows,
                policies: PolicyRepository(pool: pool),
                entitlements: reader,
                servers: MCPServerRepository(pool: pool),
                namespace: namespace,
                gateway: parts.configuration.contractGateway,
                registry: parts.configuration.contractRegistry
            )
        )
        let events = ParticipationRepository(pool: pool)
        let participation = ParticipationOperations(tenants: tenants, participation: events, now: now)
        let sessions = SessionScopeOperations(tenants: rows, namespace: namespace, entitlements: reader, pool: pool, writer: writer)
        operations =
            DatasetOperations(tenants: tenants, pool: pool, writer: writer, retrieval: retrieval, now: now).operations
            + contracts.operations + AwarenessOperations(tenants: tenants, pool: pool, writer: writer).operations + participation.operations
            + sessions.operations
        surfaces = [
            WorkloadSurface.surface(
                parts,
                authenticator: WorkloadSurface.authenticator(parts),
                operations: contracts.workloadOperations + participation.workloadOperations + sessions.workloadOperations
            )
        ]
        services = [
            OutboxRelay(
                outbox: OutboxRepository(pool: pool),
                handlers: sync.handlers,
                limits: parts.configuration.retrieval.relay,
                now: now,
                random: parts.random,
                logger: parts.logger
            ), RetrievalKeeper(retrieval: retrieval, pool: pool, logger: parts.logger),
            AwarenessKeeper(participation: events, now: now, logger: parts.logger),
        ]
    }
}

import Foundation
import HTTPOperations
import OutboundGuard
import ServiceLifecycle

/// Third-party sources: their operations, and what fetches them in the background.
struct SourceSurfaces: Sendable {
    /// What the main surface serves.
    let operations: [HTTPOperations.Operation]
    /// What has to run.
    let services: [any Service]
    /// Fetches what is due.
    let scheduler: SourceScheduler

    /// Makes it.
    ///
    /// - Parameters:
    ///   - parts: what it is made of.
    ///   - makeID: makes ids.
    init(_ parts: ControlPlaneParts, makeID: @escaping @Sendable () -> UUID = { UUID() }) {  // edge: ids of new rows
        let settings = parts.configuration.sources
        let gate = OutboundGuard(policy: settings.policy)
        let sources = SourceRepository(pool: parts.pool)
        let importer = SourceImport(makeID: makeID)
        operations =
            SourceOperations(
                service: SourceService(
                    sources: sources,
                    writer: MutationWriter(pool: parts.pool, now: parts.now),
                    gate: gate,
                    importer: importer,
                    now: parts.now,
                    makeID: makeID
                )
            ).operations
        scheduler = SourceScheduler(
            sources: sources,
            pool: parts.pool,
            importer: importer,
            registries: MCPRegistryFetcher(gate: gate, fetcher: OutboundFetcher(gate: gate)),
            repositories: GitFetcher(gate: gate, limits: settings.git),
            settings: settings,
            logger: parts.logger,
            now: parts.now,
            random: parts.random,
            makeID: makeID
        )
        services = [scheduler]
    }
}

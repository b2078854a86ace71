import HTTPOperations
import Projection
import ServiceLifecycle

/// The surface by which boards and gateways are seen, agents watched and their files brought up to date, and what works for it.
struct BoardSurfaces: Sendable {
    /// What is served.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    /// Looks at the agents that are watched.
    let feed: AgentFeed
    /// Reads them.
    let watcher: AgentWatcher

    init(_ parts: ControlPlaneParts, templates: TemplateSource) throws {
        let watcher = AgentWatcher(repository: AgentWatchRepository(pool: parts.pool), now: parts.now)
        let feed = AgentFeed(limits: parts.configuration.agentFeed, logger: parts.logger) { try await watcher.agents(of: $0) }
        (self.watcher, self.feed) = (watcher, feed)
        let directory = BoardDirectory(
            gateways: GatewayRepository(pool: parts.pool, namespace: parts.configuration.namespace),
            capacity: parts.configuration.boardCapacity
        )
        let agents = AgentRepository(pool: parts.pool)
        let sync = TemplateSync(
            agents: agents,
            gateways: parts.gateways,
            templates: templates,
            settings: parts.configuration.agents,
            limits: parts.configuration.templateSync,
            logger: parts.logger,
            now: parts.now,
            random: parts.random
        )
        let operations =
            BoardOperations(directory: directory, agents: agents).operations
            + TemplateSyncOperations(directory: directory, sync: sync).operations
            + AgentStreamOperations(watcher: watcher, feed: feed).operations
        surfaces = [
            Surface(
                title: "OpenCrane boards",
                version: "1.0.0",
                description: "Boards of agents and the gateways they live on.",
                basePath: "/api/v1",
                envelope: .tracedDetail,
                authenticator: parts.authenticator,
                operations: operations,
                bodyLimit: parts.configuration.bodyLimit,
                timeout: parts.configuration.requestTimeout
            )
        ]
        services = [feed]
    }
}

import Foundation
import HTTPOperations
import JSONValue
import Projection

/// An agent as streams show it.
struct ShownAgent: Sendable {
    /// Its id.
    let id: UUID
    /// What streams tell of it.
    let json: JSON
    /// What it came from, without the time of its last call and of its last change: equal for agents of which nothing new is to be told.
    let content: Int
    /// When something about it last changed, its being seen included.
    let changedAt: Date

    /// An agent at a time.
    init(_ row: AgentRow, now: Date) {
        let view = AgentView(row, now: now)
        var core = view
        core.lastSeenAt = nil
        core.updatedAt = ""
        var hasher = Hasher()
        hasher.combine(core)
        id = row.id
        content = hasher.finalize()
        changedAt = max(row.updatedAt, row.lastSeenAt ?? row.updatedAt)
        // A view is texts, truth values and JSON: it can be written.
        json = (try? JSON(encoding: view)) ?? .null
    }
}

/// Looks at agents for those who watch them. Of agents that did not change since the look before only the version is read.
actor AgentWatcher {
    /// How much is looked at.
    struct Limits: Sendable, Hashable {
        /// Most agents of a look; those that changed last come first.
        var agents = 10_000
        /// How long a deleted agent is still shown, so that everybody who watches hears of it.
        var farewell: TimeInterval = 600
    }

    private struct Known {
        var version: String
        var row: AgentRow
        /// The status it was shown with, which may change without its row.
        var status: AgentStatus
        var shown: ShownAgent
    }

    private let repository: AgentWatchRepository
    private let limits: Limits
    private let now: @Sendable () -> Date
    private var known: [UUID: Known] = [:]
    /// How often the database was looked at.
    private(set) var looks = 0
    /// How often an agent was written for those who watch.
    private(set) var encoded = 0

    /// Nothing is known yet.
    init(repository: AgentWatchRepository, limits: Limits = Limits(), now: @escaping @Sendable () -> Date) {
        self.repository = repository
        self.limits = limits
        self.now = now
    }

    /// The agents of each of some scopes.
    ///
    /// - Throws: `PostgresError`.
    func agents(of scopes: Set<TenantScope>) async throws -> [TenantScope: [ShownAgent]] {
        looks += 1
        let now = now()
        let versions = try await repository.versions(
            in: scopes,
            deletedAfter: now.addingTimeInterval(-limits.farewell),
            limit: limits.agents
        )
        if known.count > 2 * limits.agents { known = [:] }
        let changed = Set(versions.values.joined().filter { known[$0.id]?.version != $0.version }.map(\.id))
        let rows = Dictionary(try await repository.rows(Array(changed)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var result: [TenantScope: [ShownAgent]] = [:]
        for (scope, list) in versions {
            result[scope] = list.compactMap { version in show(version, rows[version.id], now) }
        }
        return result
    }

    /// An agent as it is shown now: as before, when neither its row nor its status is another.
    private func show(_ version: AgentVersion, _ read: AgentRow?, _ now: Date) -> ShownAgent? {
        let before = known[version.id]
        guard let row = before?.version == version.version ? before?.row : read ?? before?.row else { return nil }
        let status = row.status(at: now)
        if let before, before.version == version.version, before.status == status { return before.shown }
        let shown = ShownAgent(row, now: now)
        known[version.id] = Known(version: version.version, row: row, status: status, shown: shown)
        encoded += 1
        return shown
    }
}

/// Tells which agents changed between two looks: each change once. Of what happened between two looks, only the last is told.
struct AgentTeller: ChangeTeller {
    /// Agents that changed after this time are told of at once; nil tells of later changes only.
    let since: Date?
    private var seen: [UUID: Int]?

    /// Nothing was looked at yet.
    init(since: Date?) { self.since = since }

    mutating func look(_ agents: [ShownAgent]?) -> [ServerSentEvent] {
        let agents = agents ?? []
        var next: [UUID: Int] = [:]
        var changed: [ShownAgent] = []
        for agent in agents {
            next[agent.id] = agent.content
            if let seen {
                if seen[agent.id] != agent.content { changed.append(agent) }
            } else if let since, agent.changedAt > since {
                changed.append(agent)
            }
        }
        seen = next
        return changed.sorted { $0.changedAt < $1.changedAt }.map { ServerSentEvent(name: "agent", data: ["agent": $0.json]) }
    }
}

/// Looks at the agents that somebody watches.
typealias AgentFeed = ChangeFeed<TenantScope, [ShownAgent]>

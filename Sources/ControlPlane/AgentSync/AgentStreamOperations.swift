import HTTPOperations
import HTTPTypes
import KubernetesModel
import Projection
import Schema

import struct Foundation.Date

/// What a stream of agents is asked for.
struct AgentStreamParameters: Decodable, Sendable, Hashable, SchemaDescribing {
    var since: String?

    static let schemaNotes: [String: SchemaNote] = [
        "since": SchemaNote(
            "Begin with the agents that changed or called after this time (RFC 3339); without it, with later changes only.",
            format: "date-time"
        )
    ]
}

/// The operation by which agents are watched.
struct AgentStreamOperations: Sendable {
    let watcher: AgentWatcher
    let feed: AgentFeed

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                raw: OperationLabel(
                    .get,
                    "/agents/stream",
                    id: "streamAgents",
                    summary: "Agents as they change",
                    description:
                        "Server-sent events: `agent` with {\"agent\": …} as GET /agents/{id} shows it, one whenever something about an agent but the "
                        + "time of its last call changed; a deleted one is told of once more, as `deleted`. Of several changes within a second "
                        + "the last is told. A comment at least every 15 s. After half an hour the stream ends, and the client connects again, "
                        + "with the time of the last event as `since`.",
                    tag: "Agents",
                    access: .roles([.platformAdmin, .customerAdmin, .viewer, .owner]),
                    headers: BoardOperations.headers,
                    errors: Refusals.reading + [.tooManyStreams]
                ),
                parameters: AgentStreamParameters.self,
                response: .events
            ) { parameters, context in try await stream(parameters, context) }
        ]
    }

    private func stream(_ parameters: AgentStreamParameters, _ context: OperationContext) async throws -> OperationResponse {
        let scope = try TenantScope(context)
        let since = try parameters.since.map { try Self.date($0) }
        try feed.requireRoom(instead: "GET /api/v1/agents")
        let first = try await onDatabase { try await watcher.agents(of: [scope])[scope] }
        return EventStream(feed, of: scope, first: first, telling: AgentTeller(since: since)).response
    }

    private static func date(_ text: String) throws(OperationError) -> Date {
        if let time = Timestamp(parsing: text) { return time.date }
        throw .invalid("since", "must be a time such as 2026-03-05T10:30:00Z", in: .query)
    }
}

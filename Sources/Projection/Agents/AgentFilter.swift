import Foundation
import Postgres

/// Which agents are wanted; `nil` members do not restrict. Deleted ones are wanted only when their status is named.
public struct AgentFilter: Sendable, Hashable {
    /// Who asks: agents of tenants outside are not there.
    public var scope: TenantScope
    /// The board.
    public var boardID: UUID?
    /// The gateway: the unique id of its Tenant.
    public var gatewayID: String?
    /// Any of these, as they are at ``now``.
    public var statuses: Set<AgentStatus>?
    /// The time, after which who has not called for too long is offline; `nil` compares statuses as they are kept.
    public var now: Date?
    /// Only those that changed, or were seen, after this time.
    public var since: Date?

    /// Makes a filter.
    public init(
        scope: TenantScope,
        boardID: UUID? = nil,
        gatewayID: String? = nil,
        statuses: Set<AgentStatus>? = nil,
        now: Date? = nil,
        since: Date? = nil
    ) {
        self.scope = scope
        self.boardID = boardID
        self.gatewayID = gatewayID
        self.statuses = statuses
        self.now = now
        self.since = since
    }

    var condition: SQL {
        var all: [SQL] = [Self.isIn(scope)]
        if let boardID { all.append("agents.board_id = \(boardID)") }
        if let gatewayID { all.append(gatewayID.utf8.contains(0) ? "false" : "agents.gateway_id = \(gatewayID)") }
        if statuses == [.deleted] {
            all.append("agents.status = 'deleted'")
        } else if let statuses {
            // What the index says; the rest is compared row by row.
            if !statuses.contains(.deleted) { all.append("agents.status <> 'deleted'") }
            all.append("\(status) = any(\(statuses.map(\.rawValue).sorted()))")
        } else {
            all.append("agents.status <> 'deleted'")
        }
        if let since { all.append("(agents.updated_at > \(since) or agents.last_seen_at > \(since))") }
        return SQL.joined(all, separator: " and ")
    }

    private var status: SQL {
        guard let now else { return "agents.status" }
        return """
            case when agents.status in ('ready', 'active', 'idle')
                and agents.last_seen_at < \(now) - agents.missing_tolerance * interval '1 second' then 'offline' else agents.status end
            """
    }

    /// The agents of the tenants of a scope.
    static func isIn(_ scope: TenantScope) -> SQL { scope.condition(on: "agents.gateway_id") }
}

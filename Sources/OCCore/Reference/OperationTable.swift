/// Which command serves each operation of the API.
public enum OperationTable {
    /// One operation and its command.
    public struct Row: Sendable, Hashable {
        /// The operation, as `get /tenants/{name}`.
        public let operation: String
        /// The command, as `oc get tenant NAME`.
        public let command: String
        /// Why it has no command of its own; `nil` when it has.
        public let reason: String?
    }

    /// Operations that nobody types: each with who calls it. `oc api` serves them where it must be.
    static let unattended: [(operation: Route, reason: String)] = [
        ("GET /auth/login", "a browser begins a login there"),
        ("GET /auth/callback", "the identity provider sends the browser there"),
        ("GET /auth/device/activate", "a page for a browser"),
        ("POST /auth/device/activate", "a form of that page"),
        ("POST /auth/pod-token", "pods exchange their ServiceAccount's token there"),
        ("GET /api/internal/contract", "gateways read their contract there"),
        ("GET /api/internal/mcp-registry/v0.1/servers", "gateways read the MCP servers there"),
        ("GET /api/internal/bundles/{digest}/content", "gateways fetch skills there"),
        ("POST /api/internal/participation", "gateways report there"),
        ("GET /api/internal/sessions/{sessionKey}/scope", "gateways read a session's scope there"),
        ("PUT /api/internal/sessions/{sessionKey}/scope", "gateways set a session's scope there"),
        ("DELETE /api/internal/sessions/{sessionKey}/scope", "gateways clear a session's scope there"),
        ("GET /api/v1/agent/healthz", "an agent tries its token there"),
        ("POST /api/v1/agent/heartbeat", "an agent says there that it is alive"),
        ("POST /v1/bootstrap/callbacks", "a machine reports its first start there"),
        ("POST /v1/bootstrap/secrets", "a machine fetches its secrets there, once"),
    ]

    /// Operations of commands that are about no type.
    static let commands: [(operation: Route, command: String)] = [
        ("POST /auth/device", "oc login"),
        ("GET /auth/device/token", "oc login"),
        ("GET /auth/me", "oc whoami"),
        ("POST /auth/logout", "oc logout"),
        ("GET /openapi.json", "oc version"),
    ]

    /// Every operation that a command serves, and those that nobody types.
    public static var rows: [Row] {
        var rows = Catalogue.all.flatMap(rows)
        rows += commands.map { Row(operation: key($0.operation), command: $0.command, reason: nil) }
        rows += unattended.map { entry in
            let path = entry.operation.path
            return Row(
                operation: key(entry.operation),
                command: "oc api \(entry.operation.method.lowercased()) \(path)",
                reason: entry.reason
            )
        }
        return rows.sorted { ($0.operation, $0.command) < ($1.operation, $1.command) }
    }

    private static func rows(_ type: ResourceDeclaration) -> [Row] {
        let parents = type.arguments.dropLast()
        let all = ([type.plural] + parents).joined(separator: " ")
        let one = ([type.singular] + type.arguments).joined(separator: " ")
        var rows: [(Route?, String)] = [
            (type.list, "oc get \(all)"), (type.get, "oc get \(one)"), (type.update, "oc update \(one)"), (type.delete, "oc delete \(one)"),
            (type.events, "oc events \(one)"), (type.stream, "oc events \(type.plural)"), (type.readiness?.status, "oc status \(one)"),
        ]
        if let create = type.create { rows.append((create, "oc create \(([type.singular] + parents).joined(separator: " ")) …")) }
        for action in type.actions {
            let words =
                switch (action.verb, action.route.arity) {
                case ("drift", _), ("repair", _): type.plural
                case ("chat", _): "INSTANCE"
                case (_, 0) where action.namedBy == nil: type.singular
                case (_, let arity) where arity > type.arguments.count: one + " PROMOTION"
                default: one
                }
            rows.append((action.route, "oc \(action.verb) \(words)"))
        }
        return rows.compactMap { route, command in route.map { Row(operation: key($0), command: command, reason: nil) } }
    }

    /// `get /tenants/{name}`
    private static func key(_ route: Route) -> String { "\(route.method.lowercased()) \(route.path)" }
}

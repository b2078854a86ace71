import JSONValue
import NIOHTTP1

/// The answers to plain HTTP requests: whether the process is up, and whether it takes work.
struct ProbeAnswer: Sendable, Hashable {
    var status: HTTPResponseStatus
    var body: JSON
    var allow: String?

    init(_ status: HTTPResponseStatus, _ body: JSON, allow: String? = nil) {
        self.status = status
        self.body = body
        self.allow = allow
    }

    init(method: HTTPMethod, path: String, uptime: Int64, isLoopback: Bool) {
        let bare = path.split(separator: "?", maxSplits: 1).first.map(String.init) ?? path
        let isLive = ["/health", "/healthz", "/live"].contains(bare)
        let isReady = ["/ready", "/readyz"].contains(bare)
        guard isLive || isReady else {
            self.init(.notFound, ["ok": false, "error": "not found"])
            return
        }
        guard method == .GET || method == .HEAD else {
            self.init(.methodNotAllowed, ["ok": false, "error": "method not allowed"], allow: "GET, HEAD")
            return
        }
        if isLive {
            self.init(.ok, ["ok": true, "status": "live"])
        } else if isLoopback {
            self.init(
                .ok,
                ["ready": true, "failing": [], "uptimeMs": .integer(uptime), "conditions": [], "failures": [], "advisories": []]
            )
        } else {
            self.init(.ok, ["ready": true])
        }
    }
}

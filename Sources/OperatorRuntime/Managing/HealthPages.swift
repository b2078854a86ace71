import Logging
import Observability

/// What the ``HealthServer`` answers.
struct HealthPages: Sendable {
    /// An answer.
    struct Page: Sendable, Hashable {
        /// The status of HTTP.
        var status: Int
        var contentType = "text/plain; charset=utf-8"
        var text: String
    }

    /// How an answer comes about.
    enum Answer: Sendable {
        case now(Page)
        /// By a task; within the time that checks have.
        case later(@Sendable () async -> Page)
    }

    let checks: HealthChecks
    let registry: PrometheusRegistry?
    let logger: Logger

    /// Answers a request.
    ///
    /// - Parameter uri: the path, perhaps with a query, which is passed over.
    func answer(_ method: String, _ uri: String) -> Answer {
        guard method == "GET" || method == "HEAD" else { return .now(Page(status: 405, text: "only GET and HEAD\n")) }
        let path = uri.prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard let first = parts.first, parts.count <= 2 else { return .now(Self.notFound) }
        let check = parts.count == 2 ? parts[1] : nil
        switch first {
        case "healthz": return .now(page(checks.liveness(only: check), first))
        case "workz": return .now(page(checks.progress(only: check), first))
        case "readyz": return .later { page(await checks.readiness(only: check), first) }
        case "metrics" where check == nil:
            guard let registry else { return .now(Self.notFound) }
            let type = "text/plain; version=0.0.4; charset=utf-8"
            return .now(Page(status: 200, contentType: type, text: registry.exposition()))
        default: return .now(Self.notFound)
        }
    }

    /// The answer when checks have none in time.
    static let late = Page(status: 503, text: "no answer in time\n")
    private static let notFound = Page(status: 404, text: "no such check\n")

    private func page(_ report: HealthChecks.Report?, _ name: String) -> Page {
        guard let report else { return Self.notFound }
        var lines = report.results.sorted { $0.key < $1.key }.map { "[\($0.value ? "+" : "-")]\($0.key) \($0.value ? "ok" : "failed")" }
        lines.append("\(name) check \(report.isHealthy ? "passed" : "failed")")
        if !report.isHealthy {
            logger.warning("A health check failed", metadata: ["path": "/\(name)", "causes": "\(report.failures)"])
        }
        return Page(status: report.isHealthy ? 200 : 503, text: lines.joined(separator: "\n") + "\n")
    }
}

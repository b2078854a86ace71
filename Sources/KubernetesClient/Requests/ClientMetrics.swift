import Metrics
import NIOHTTP1

/// Counts requests under the names of client-go.
struct ClientMetrics: Sendable {
    let host: String
    let factory: any MetricsFactory

    /// - Parameter server: the URL of the server; its host is a label.
    init(server: String, factory: any MetricsFactory) {
        let rest = server.split(separator: "/", omittingEmptySubsequences: true)
        host = rest.count > 1 ? String(rest[1]) : server
        self.factory = factory
    }

    func record(_ request: RawRequest, code: String, duration: Duration) {
        let method = request.method.rawValue
        Counter(label: "rest_client_requests_total", dimensions: [("code", code), ("host", host), ("method", method)], factory: factory)
            .increment()
        Timer(label: "rest_client_request_duration_seconds", dimensions: [("host", host), ("verb", request.verb)], factory: factory)
            .recordNanoseconds(Int64(duration.inSeconds * 1_000_000_000))
    }

    func recordRetry(_ request: RawRequest) {
        Counter(
            label: "rest_client_request_retries_total",
            dimensions: [("host", host), ("verb", request.verb)],
            factory: factory
        ).increment()
    }
}

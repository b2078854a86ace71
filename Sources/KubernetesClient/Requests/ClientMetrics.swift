import Metrics
import NIOConcurrencyHelpers
import NIOHTTP1

/// Counts requests under the names of client-go.
struct ClientMetrics: Sendable {
    let host: String
    let factory: any MetricsFactory
    private let inFlight = NIOLockedValueBox<[String: Int]>([:])

    /// - Parameter server: the URL of the server; its host is a label.
    init(server: String, factory: any MetricsFactory) {
        let rest = server.split(separator: "/", omittingEmptySubsequences: true)
        host = rest.count > 1 ? String(rest[1]) : server
        self.factory = factory
    }

    /// - Parameter code: the HTTP status, or `<error>` when there was no answer.
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

    func recordRateLimit(_ request: RawRequest, delay: Duration) {
        Timer(label: "rest_client_rate_limiter_duration_seconds", dimensions: [("host", host), ("verb", request.verb)], factory: factory)
            .recordNanoseconds(Int64(delay.inSeconds * 1_000_000_000))
    }

    /// - Parameter change: 1 when an attempt begins, -1 when it ends. Of watches and logs, an attempt ends with the head of the answer.
    func changeInFlight(_ request: RawRequest, by change: Int) {
        let count = inFlight.withLockedValue { counts in
            counts[request.verb, default: 0] += change
            return counts[request.verb] ?? 0
        }
        Gauge(label: "rest_client_requests_in_flight", dimensions: [("host", host), ("verb", request.verb)], factory: factory).record(count)
    }
}

import Metrics

/// The server's figures: `http_requests_total{operation,status}` and the histogram `http_request_duration_seconds{operation}`.
struct OperationMetrics: Sendable {
    let factory: any MetricsFactory

    /// Records one answered request.
    func record(operation: String, status: Int, duration: Duration) {
        Counter(label: "http_requests_total", dimensions: [("operation", operation), ("status", String(status))], factory: factory)
            .increment()
        Timer(label: "http_request_duration_seconds", dimensions: [("operation", operation)], factory: factory)
            .recordNanoseconds(duration.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to 64 bits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product + attoseconds / 1_000_000_000
    }

    /// Milliseconds.
    var milliseconds: Double { Double(nanoseconds) / 1_000_000 }
}

import CoreMetrics
import Metrics

/// The metrics of a controller, under the names of controller-runtime.
struct ControllerMetrics: Sendable {
    /// How a reconcile ended.
    enum Result: String, CaseIterable { case success, error, requeue, requeueAfter = "requeue_after" }

    private let results: [Result: Counter]
    private let errors: Counter
    private let terminalErrors: Counter
    private let timeouts: Counter
    private let duration: Timer
    private let latency: Timer
    private let ownWriteWaits: Counter
    private let ownWriteTimeouts: Counter
    private let activeWorkers: Gauge

    init(name: String, workers: Int, factory: any MetricsFactory) {
        let labels = [("controller", name)]
        // Made at once, so that each series is there with 0 before something happens.
        results = Dictionary(
            uniqueKeysWithValues: Result.allCases.map {
                (
                    $0,
                    Counter(
                        label: "controller_runtime_reconcile_total",
                        dimensions: labels + [("result", $0.rawValue)],
                        factory: factory
                    )
                )
            }
        )
        errors = Counter(label: "controller_runtime_reconcile_errors_total", dimensions: labels, factory: factory)
        terminalErrors = Counter(label: "controller_runtime_terminal_reconcile_errors_total", dimensions: labels, factory: factory)
        timeouts = Counter(label: "controller_runtime_reconcile_timeouts_total", dimensions: labels, factory: factory)
        _ = Counter(label: "controller_runtime_reconcile_panics_total", dimensions: labels, factory: factory)
        duration = Timer(label: "controller_runtime_reconcile_time_seconds", dimensions: labels, factory: factory)
        latency = Timer(label: "controller_event_to_reconcile_seconds", dimensions: labels, factory: factory)
        ownWriteWaits = Counter(label: "controller_own_write_waits_total", dimensions: labels, factory: factory)
        ownWriteTimeouts = Counter(label: "controller_own_write_timeouts_total", dimensions: labels, factory: factory)
        activeWorkers = Gauge(label: "controller_runtime_active_workers", dimensions: labels, factory: factory)
        Gauge(label: "controller_runtime_max_concurrent_reconciles", dimensions: labels, factory: factory).record(workers)
        activeWorkers.record(0)
    }

    func started(waited: Duration) { latency.recordNanoseconds(waited.wholeNanoseconds) }
    func active(_ count: Int) { activeWorkers.record(count) }
    func heldForOwnWrites() { ownWriteWaits.increment() }
    func ownWritesNotSeen(_ count: Int) { ownWriteTimeouts.increment(by: count) }

    func finished(_ result: Result, took: Duration) {
        results[result]?.increment()
        if result == .error { errors.increment() }
        duration.recordNanoseconds(took.wholeNanoseconds)
    }

    func failedForGood() { terminalErrors.increment() }
    func timedOut() { timeouts.increment() }
}

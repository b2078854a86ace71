import CoreMetrics
import KubernetesClient
import Metrics
import NIOConcurrencyHelpers

/// The metrics of a work queue, under the names of client-go and controller-runtime.
struct WorkQueueMetrics: Sendable {
    private let name: String
    private let factory: any MetricsFactory
    private let adds: Counter
    private let retries: Counter
    private let queueDuration: Timer
    private let workDuration: Timer
    private let unfinished: Gauge
    private let longest: Gauge
    private let depths = NIOLockedValueBox<[Int: Gauge]>([:])

    private let controller: String

    init(name: String, controller: String, factory: any MetricsFactory) {
        self.name = name
        self.controller = controller
        self.factory = factory
        let labels = [("controller", controller), ("name", name)]
        adds = Counter(label: "workqueue_adds_total", dimensions: labels, factory: factory)
        retries = Counter(label: "workqueue_retries_total", dimensions: labels, factory: factory)
        queueDuration = Timer(label: "workqueue_queue_duration_seconds", dimensions: labels, factory: factory)
        workDuration = Timer(label: "workqueue_work_duration_seconds", dimensions: labels, factory: factory)
        unfinished = Gauge(label: "workqueue_unfinished_work_seconds", dimensions: labels, factory: factory)
        longest = Gauge(label: "workqueue_longest_running_processor_seconds", dimensions: labels, factory: factory)
        depth([0: 0])
    }

    func added(_ count: Int) { if count > 0 { adds.increment(by: count) } }
    func retried() { retries.increment() }
    func started(waited: Duration) { queueDuration.recordNanoseconds(waited.wholeNanoseconds) }
    func finished(took: Duration) { workDuration.recordNanoseconds(took.wholeNanoseconds) }

    func underWay(total: Double, longest: Double) {
        unfinished.record(total)
        self.longest.record(longest)
    }

    func depth(_ depth: [Int: Int]) {
        depths.withLockedValue { gauges in
            for priority in depth.keys where gauges[priority] == nil {
                gauges[priority] = Gauge(
                    label: "workqueue_depth",
                    dimensions: [("controller", controller), ("name", name), ("priority", String(priority))],
                    factory: factory
                )
            }
            for (priority, gauge) in gauges { gauge.record(depth[priority] ?? 0) }
        }
    }
}

extension Duration {
    /// The duration in whole nanoseconds.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

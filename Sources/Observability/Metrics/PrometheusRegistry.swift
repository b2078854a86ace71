import CoreMetrics
import NIOConcurrencyHelpers

/// Keeps metrics in memory and writes them in the Prometheus text format 0.0.4.
///
/// It is a backend of swift-metrics: counters become counters, meters and non-aggregating recorders gauges, aggregating recorders
/// histograms, and timers histograms in seconds. Asking twice for the same name and labels gives the same series.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// ```
public final class PrometheusRegistry: MetricsFactory {
    /// How the registry behaves.
    public struct Configuration: Sendable {
        /// Upper bounds of histogram buckets by metric name, ascending; seconds for timers.
        public var buckets: [String: [Double]]
        /// Bounds for histograms not named in `buckets`.
        public var defaultBuckets: [Double]
        /// How many label combinations one metric may have. Further ones share one series whose label values are all `overflow`.
        public var maximumSeriesPerMetric: Int

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - buckets: bounds by name. Default: none.
        ///   - defaultBuckets: Default: 5 ms to 60 s, as for request times.
        ///   - maximumSeriesPerMetric: Default: 1000.
        public init(
            buckets: [String: [Double]] = [:],
            defaultBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
            maximumSeriesPerMetric: Int = 1000
        ) {
            self.buckets = buckets
            self.defaultBuckets = defaultBuckets
            self.maximumSeriesPerMetric = maximumSeriesPerMetric
        }
    }

    private struct State {
        var families: [String: MetricFamily] = [:]
        var help: [String: String] = [:]
        var collectors: [@Sendable () -> [MetricSample]] = []
        var dropped: [String: Int] = [:]
    }

    private let configuration: Configuration
    private let state = NIOLockedValueBox(State())

    /// Makes an empty registry.
    public init(configuration: Configuration = .init()) { self.configuration = configuration }

    /// Sets the `# HELP` text of a metric.
    public func setHelp(_ name: String, _ text: String) {
        state.withLockedValue { $0.help[PrometheusText.name(name)] = text }
    }

    /// Adds gauges that are computed when the metrics are read. The closure must be quick and must not use this registry.
    public func addCollector(_ collector: @escaping @Sendable () -> [MetricSample]) {
        state.withLockedValue { $0.collectors.append(collector) }
    }

    /// All metrics in the Prometheus text format, sorted by name and labels.
    public func exposition() -> String {
        let (families, help, collectors, dropped) = state.withLockedValue { ($0.families, $0.help, $0.collectors, $0.dropped) }
        var text = PrometheusText(help: help)
        var computed = collectors.flatMap { $0() }
        for (metric, count) in dropped {
            computed.append(
                MetricSample(name: "metrics_overflowed_series_total", labels: [("metric", metric)], value: Double(count), kind: .counter)
            )
        }
        let computedNames = Dictionary(grouping: computed) { PrometheusText.name($0.name) }
        for name in Set(families.keys).union(computedNames.keys).sorted() {
            if let family = families[name] {
                text.write(name, family)
            } else if let samples = computedNames[name] {
                text.write(name, samples)
            }
        }
        return text.output
    }

    private func cell<Cell: AnyObject & Sendable>(
        _ label: String,
        _ dimensions: [(String, String)],
        kind: MetricFamily.Kind,
        _ make: () -> Cell
    ) -> Cell {
        let name = PrometheusText.name(label)
        return state.withLockedValue { state in
            var family = state.families[name] ?? MetricFamily(kind: kind)
            // A name that is used for two kinds is a mistake; the second user gets a series that is not shown.
            guard family.kind == kind else { return make() }
            var labels = PrometheusText.labels(dimensions)
            if family.series[labels] == nil, family.series.count >= configuration.maximumSeriesPerMetric, !dimensions.isEmpty {
                state.dropped[name, default: 0] += 1
                labels = PrometheusText.labels(dimensions.map { ($0.0, "overflow") })
            }
            if let existing = family.series[labels] as? Cell { return existing }
            let made = make()
            family.series[labels] = made
            state.families[name] = family
            return made
        }
    }

    private func remove(_ cell: AnyObject) {
        state.withLockedValue { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === cell })?.key else { continue }
                state.families[name]?.series[labels] = nil
                return
            }
        }
    }
}

extension PrometheusRegistry {
    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, dimensions, kind: .counter) { CounterCell() }
    }

    /// A counter of fractions.
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        cell(label, dimensions, kind: .counter) { CounterCell() }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, dimensions, kind: .gauge) { GaugeCell() }
    }

    /// A histogram when it aggregates, else a gauge.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions) }
        return cell(label, dimensions, kind: .gauge) { GaugeCell() }
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { histogram(label, dimensions) }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramCell {
        let bounds = configuration.buckets[label] ?? configuration.defaultBuckets
        return cell(label, dimensions, kind: .histogram) { HistogramCell(bounds: bounds.sorted()) }
    }

    /// Forgets a counter.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// Forgets a counter of fractions.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// Forgets a gauge.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// Forgets a histogram or gauge.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// Forgets a timer.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

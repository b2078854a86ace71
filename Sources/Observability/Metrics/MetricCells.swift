import CoreMetrics
import NIOConcurrencyHelpers

/// One series of a counter.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    private let value = NIOLockedValueBox(0.0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) {
        // A counter never falls; a negative amount is a mistake of the caller and is dropped.
        guard amount > 0 else { return }
        value.withLockedValue { $0 += amount }
    }

    func reset() { value.withLockedValue { $0 = 0 } }

    var current: Double { value.withLockedValue { $0 } }
}

/// One series of a gauge.
final class GaugeCell: MeterHandler, RecorderHandler {
    private let value = NIOLockedValueBox(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLockedValue { $0 = value } }
    func increment(by amount: Double) { value.withLockedValue { $0 += amount } }
    func decrement(by amount: Double) { value.withLockedValue { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    var current: Double { value.withLockedValue { $0 } }
}

/// One series of a histogram with fixed buckets.
final class HistogramCell: RecorderHandler, TimerHandler {
    struct Contents {
        var counts: [UInt64]
        var sum = 0.0
        var count: UInt64 = 0
    }

    /// Upper bounds, ascending, without the infinite one.
    let bounds: [Double]
    private let contents: NIOLockedValueBox<Contents>

    init(bounds: [Double]) {
        self.bounds = bounds
        contents = NIOLockedValueBox(Contents(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        contents.withLockedValue {
            $0.counts[index] += 1
            $0.sum += value
            $0.count += 1
        }
    }

    /// Timers are exposed in seconds, the base unit of Prometheus.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    var current: Contents { contents.withLockedValue { $0 } }
}

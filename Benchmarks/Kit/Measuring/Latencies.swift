import JSONValue

/// Durations in nanoseconds, all of them kept, so that percentiles are exact.
package struct Latencies: Sendable {
    package private(set) var values: [Int64] = []

    package init() {}

    package mutating func add(_ nanoseconds: Int64) { values.append(nanoseconds) }

    package mutating func add(_ others: Latencies) { values += others.values }

    /// Count, and p50, p99, p99.9 and maximum in milliseconds.
    package var summary: JSON {
        let sorted = values.sorted()
        func at(_ part: Double) -> JSON {
            guard !sorted.isEmpty else { return .null }
            let rank = Int((part * Double(sorted.count)).rounded(.up)) - 1
            return .number(Double(sorted[min(max(0, rank), sorted.count - 1)]) / 1e6)
        }
        return ["count": .integer(Int64(sorted.count)), "p50": at(0.5), "p99": at(0.99), "p999": at(0.999), "max": at(1)]
    }
}

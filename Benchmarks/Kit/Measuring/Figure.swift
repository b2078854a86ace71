import Foundation
import JSONValue

/// One thing that was measured, a number for each run.
package struct Figure: Sendable {
    package var name: String
    package var unit: String
    package var runs: [Double]

    package var median: Double {
        let sorted = runs.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    package var json: JSON {
        ["name": .string(name), "unit": .string(unit), "median": .number(median), "runs": .array(runs.map { .number($0) })]
    }
}

/// All that was measured, in the order in which it came.
package struct Report: Sendable {
    package private(set) var figures: [Figure] = []

    package init() {}

    package mutating func add(_ name: String, _ value: Double, _ unit: String) {
        if let index = figures.firstIndex(where: { $0.name == name }) {
            figures[index].runs.append(value)
        } else {
            figures.append(Figure(name: name, unit: unit, runs: [value]))
        }
    }

    /// Adds p50, p99 and maximum.
    package mutating func add(_ name: String, latencies: JSON?) {
        for (member, label) in [("p50", "p50"), ("p99", "p99"), ("p999", "p99.9"), ("max", "max")] {
            if let value = latencies?[member]?.numberValue { add("\(name), \(label)", value, "ms") }
        }
    }

    /// The lines of a table from a figure on.
    package func table(from first: Int = 0) -> String {
        figures[min(first, figures.count)...].map { figure in
            let name = figure.name.padding(toLength: max(66, figure.name.count), withPad: " ", startingAt: 0)
            let range =
                figure.runs.count > 1
                ? "  (\(Self.text(figure.runs.min() ?? 0)) … \(Self.text(figure.runs.max() ?? 0)), \(figure.runs.count) runs)" : ""
            return "\(name) \(Self.text(figure.median)) \(figure.unit)\(range)"
        }.joined(separator: "\n")
    }

    private static func text(_ value: Double) -> String {
        value.magnitude >= 1000 ? String(format: "%.0f", value) : String(format: value.magnitude >= 10 ? "%.1f" : "%.2f", value)
    }
}

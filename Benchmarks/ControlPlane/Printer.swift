import BenchKit

/// Makes figures of what came of a load.
struct Printer: Sendable {
    let result: Load.Result
    let stage: PlaneStage

    /// How many attempts came to what, the most frequent first.
    var attempts: String {
        let counts = result.observations.attempts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return "\nattempts: " + counts.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    }

    /// Adds the figures.
    func add(to report: inout Report) {
        let observations = result.observations
        report.add("all classes", Double(observations.answered) / result.seconds, "requests/s")
        for operation in OperationClass.allCases {
            guard let latencies = observations.latencies[operation] else { continue }
            report.add(operation.rawValue, Double(latencies.values.count) / result.seconds, "requests/s")
            report.add(operation.rawValue, latencies: latencies.summary)
        }
        for (index, fault) in result.faults.enumerated() {
            let end = index + 1 < result.faults.count ? result.faults[index + 1].start : nil
            add(fault, until: end, to: &report)
        }
        if let time = result.processorTime {
            report.add("processor time of both replicas, a request", time / Double(max(1, observations.answered)) * 1e3, "ms")
        }
        for replica in stage.replicas {
            guard let usage = replica.program.usage else { continue }
            report.add("\(replica.program.name): resident", Double(usage.resident) / 1_048_576, "MiB")
            report.add("\(replica.program.name): resident at most", Double(usage.peak) / 1_048_576, "MiB")
        }
    }

    private func add(_ record: FaultRecord, until end: Moment?, to report: inout Report) {
        let name = record.fault.rawValue
        report.add("\(name): away", record.away, "s")
        report.add("\(name): then ready after", record.readyAfter, "s")
        let outages = result.observations.outages.filter { outage in
            outage.noticed >= record.start && end.map { outage.noticed < $0 } ?? true
        }
        report.add("\(name): requests that had to be repeated", Double(outages.count), "")
        for (label, isWrite) in [("read", false), ("write", true)] {
            let longest = outages.filter { $0.isWrite == isWrite }.map(\.nanoseconds).max() ?? 0
            report.add("\(name): longest \(label)", Double(longest) / 1e9, "s")
        }
    }
}

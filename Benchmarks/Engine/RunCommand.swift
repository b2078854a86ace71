import ArgumentParser
import BenchKit
import Foundation
import JSONValue

/// Measures and prints.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure everything, or what --only names.",
        discussion: """
            Examples:
              enginebench --smoke
              enginebench --only cache --only reconcile --repetitions 3
              enginebench --json figures.json
            """
    )

    /// What can be measured.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case cache, reconcile, latency, resync, failover
    }

    @Option(help: "Only this part; may be repeated.") var only: [Part] = []
    @Option(help: "How many tenants there are.") var objects = 10_000
    @Option(help: "How often each figure is taken; medians are printed.") var repetitions = 5
    @Option(help: "Changes a second of the latency figures; a tenth of it during resyncs.") var rate = 1000
    @Option(help: "How long changes are made for, in seconds.") var seconds = 30.0
    @Option(help: "File that gets all runs as JSON.") var json: String?
    @Flag(help: "Everything once with 100 tenants and short times, to see that it works.") var smoke = false

    func run() async throws {
        var size = Bench.Size(
            objects: max(1, objects),
            repetitions: max(1, repetitions),
            rate: max(1, rate),
            seconds: seconds,
            lease: (15_000, 10_000, 2_000)
        )
        if smoke { size = Bench.Size(objects: 100, repetitions: 1, rate: 100, seconds: 1, lease: (3_000, 2_000, 500)) }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("enginebench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let load = Machine.loadAverage
        say("\(Machine.description.text())\nload average before: \(load)")
        var report = Report()
        let start = Moment.now
        let bench = try await Bench.start(size, directory: directory)
        report.add("creating \(size.objects) tenants with status, two writes each", Double(Moment.now - start) / 1e9, "s")
        say(report.table())
        do {
            for part in only.isEmpty ? Part.allCases : only {
                let first = report.figures.count
                try await measure(part, bench, &report)
                say("\n\(part.rawValue)\n\(report.table(from: first))")
            }
        } catch {
            await bench.stop()
            throw error
        }
        await bench.stop()
        say("load average after: \(Machine.loadAverage)")
        try write(report, size, loadBefore: load)
    }

    private func measure(_ part: Part, _ bench: Bench, _ report: inout Report) async throws {
        switch part {
        case .cache: try await bench.caches(&report)
        case .reconcile: try await bench.reconciles(&report)
        case .latency: try await bench.latencies(&report)
        case .resync: try await bench.resyncs(&report)
        case .failover: try await bench.failOvers(&report)
        }
    }

    private func write(_ report: Report, _ size: Bench.Size, loadBefore: String) throws {
        guard let json else { return }
        let value: JSON = [
            "machine": Machine.description, "loadBefore": .string(loadBefore), "loadAfter": .string(Machine.loadAverage),
            "objects": .integer(Int64(size.objects)), "figures": .array(report.figures.map(\.json)),
        ]
        try Data(value.serialized(pretty: true)).write(to: URL(fileURLWithPath: json))
    }

    /// Prints at once, also into a pipe.
    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}

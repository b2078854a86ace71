import ArgumentParser
import BenchKit
import Foundation
import JSONValue
import NIOHTTP1
import Postgres

/// Measures and prints.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure drift, its repair and the rebuild of the projection.",
        discussion: """
            Examples:
              driftbench --smoke
              driftbench --tenants 100000 --repetitions 3 --json figures.json
            """
    )

    @Option(help: "How many tenants there are.") var tenants = 100_000
    @Option(help: "How often each figure is taken; medians are printed.") var repetitions = 3
    @Option(help: "File that gets all runs as JSON.") var json: String?
    @Flag(help: "Everything once with 1200 tenants, to see that it works.") var smoke = false

    func run() async throws {
        let count = smoke ? 1200 : max(100, tenants)
        let load = Machine.loadAverage
        say("\(Machine.description.text())\nload average before: \(load)")
        var report = Report()
        let stage = try await DriftStage()
        do {
            try await measure(stage, count, &report)
        } catch {
            await stage.stop()
            throw error
        }
        await stage.stop()
        say("\(report.table())\nload average after: \(Machine.loadAverage)")
        guard let json else { return }
        let value: JSON = [
            "machine": Machine.description, "loadBefore": .string(load), "loadAfter": .string(Machine.loadAverage),
            "figures": .array(report.figures.map(\.json)),
        ]
        try Data(value.serialized(pretty: true)).write(to: URL(fileURLWithPath: json))
    }

    private func measure(_ stage: DriftStage, _ count: Int, _ report: inout Report) async throws {
        let start = Moment.now
        try await stage.make(count)
        say("\(count) tenants made in \(Int(Double(Moment.now - start) / 1e9)) s")
        for _ in 0..<(smoke ? 1 : max(1, repetitions)) {
            let rebuilt = try await stage.rebuild()
            guard rebuilt["rows"]?.integerValue == Int64(count) else { throw BenchError("Not all rows were made: \(rebuilt.text())") }
            let seconds = rebuilt["writeSeconds"]?.numberValue ?? .nan
            report.add("rebuild of \(count) rows: listing", rebuilt["listSeconds"]?.numberValue ?? .nan, "s")
            report.add("rebuild of \(count) rows: writing", seconds, "s")
            report.add("rebuild of \(count) rows: rows", Double(count) / seconds, "rows/s")
            report.add("rebuild of \(count) rows: peak over rest", (rebuilt["peak"]?.numberValue ?? .nan) / 1_048_576, "MiB")

            try await drift(stage, "equal", of: count, is: 0, &report)
            let changed = try await stage.pool.execute(
                "update tenants set team = 'other' where right(name, 2) = '42'",
                timeout: .seconds(300)
            )
            try await drift(stage, "1 % drift", of: count, is: changed, &report)
            let repair = try await stage.measure(.POST, "/tenants/repair?dryRun=false")
            guard repair.body["repairedCount"]?.integerValue == Int64(changed) else { throw BenchError("Not all was mended") }
            report.add("\(count) tenants, repair of 1 %", repair.seconds, "s")
            report.add("\(count) tenants, repair of 1 %: peak over rest", repair.peak / 1_048_576, "MiB")
            try await drift(stage, "equal again", of: count, is: 0, &report)
        }
    }

    private func drift(_ stage: DriftStage, _ title: String, of count: Int, is expected: Int, _ report: inout Report) async throws {
        let reading = try await stage.measure(.GET, "/tenants/drift")
        let summary = reading.body["summary"]
        guard summary?["sourceCount"]?.integerValue == Int64(count), summary?["driftCount"]?.integerValue == Int64(expected) else {
            throw BenchError("Drift of \(title) was told wrong: \(summary?.text() ?? "")")
        }
        report.add("\(count) tenants, \(title)", reading.seconds, "s")
        report.add("\(count) tenants, \(title): peak over rest", reading.peak / 1_048_576, "MiB")
        report.add("control plane at rest", reading.rest / 1_048_576, "MiB")
    }

    /// Prints at once, also into a pipe.
    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}

import ArgumentParser
import BenchKit
import Foundation
import JSONValue
import OpenClawGateway

/// Measures and prints.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure machines to active, their gateways, and the operator's memory.",
        discussion: """
            Examples:
              fleetbench --smoke
              fleetbench --sizes 1,20 --repetitions 3 --json figures.json
            """
    )

    @Option(help: "Numbers of machines, separated by commas.") var sizes = "1,20,100"
    @Option(help: "How often each figure is taken; medians are printed.") var repetitions = 3
    @Option(help: "How long requests are made to a gateway, in seconds.") var seconds = 5.0
    @Option(help: "File that gets all runs as JSON.") var json: String?
    @Flag(help: "Everything once with one and two machines and short times, to see that it works.") var smoke = false

    func run() async throws {
        let counts = smoke ? [1, 2] : sizes.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
        let load = Machine.loadAverage
        say("\(Machine.description.text())\nload average before: \(load)")
        var report = Report()
        for _ in 0..<(smoke ? 1 : max(1, repetitions)) {
            let stage = try await FleetStage()
            do {
                try await measure(stage, counts, &report)
            } catch {
                await stage.stop()
                throw error
            }
            await stage.stop()
        }
        say("\(report.table())\nload average after: \(Machine.loadAverage)")
        guard let json else { return }
        let value: JSON = [
            "machine": Machine.description, "loadBefore": .string(load), "loadAfter": .string(Machine.loadAverage),
            "figures": .array(report.figures.map(\.json)),
        ]
        try Data(value.serialized(pretty: true)).write(to: URL(fileURLWithPath: json))
    }

    private func measure(_ stage: FleetStage, _ counts: [Int], _ report: inout Report) async throws {
        // The first machine of all makes connections and caches that stay.
        _ = try await stage.order(["fleet_warm_up"])
        try await requests(stage, "fleet-warm-up", &report)
        _ = try await stage.deleteAll()
        for count in counts {
            let before = try await memory(stage)
            let took = try await stage.order((0..<count).map { "fleet_\(count)_\($0)" })
            report.add("\(count) machines: ordered", took.ordered, "s")
            report.add("\(count) machines: active", took.active, "s")
            let after = try await memory(stage)
            if count == counts.max() {
                report.add("operator with \(count) idle machines: resident", after.resident / 1_048_576, "MiB")
                report.add("an idle machine in the operator: resident", (after.resident - before.resident) / Double(count) / 1024, "KiB")
                report.add("an idle machine in the operator: allocated", (after.inUse - before.inUse) / Double(count) / 1024, "KiB")
            }
            report.add("\(count) machines: deleted", try await stage.deleteAll(), "s")
        }
    }

    /// The operator's memory in bytes, some time after the last change.
    private func memory(_ stage: FleetStage) async throws -> (resident: Double, inUse: Double) {
        try await Task.sleep(for: .seconds(smoke ? 1 : 5))
        stage.crane.say("memory")
        let reading = try await stage.crane.next("memory")["memory"]
        return (reading?["resident"]?.numberValue ?? .nan, reading?["inUse"]?.numberValue ?? .nan)
    }

    /// Requests over one connection: one after the other, and with many under way.
    private func requests(_ stage: FleetStage, _ tenant: String, _ report: inout Report) async throws {
        let client = try await stage.gateway(of: tenant)
        let running = Task { try await client.run() }
        defer { running.cancel() }
        _ = try await client.hello()
        let seconds = smoke ? 0.5 : seconds
        for method in ["health", "agents.list"] {
            for width in [1, 32] {
                let latencies = try await Self.load(client, method, width, .seconds(seconds))
                let label = "gateway, one connection, \(method), \(width) under way"
                report.add(label, Double(latencies.values.count) / seconds, "requests/s")
                report.add(label, latencies: latencies.summary)
            }
        }
    }

    private static func load(_ client: GatewayClient, _ method: String, _ width: Int, _ period: Duration) async throws -> Latencies {
        try await withThrowingTaskGroup(of: Latencies.self) { group in
            let end = ContinuousClock.now + period
            for _ in 0..<width {
                group.addTask {
                    var latencies = Latencies()
                    while ContinuousClock.now < end {
                        let start = Moment.now
                        _ = try await client.call(method)
                        latencies.add(Moment.now - start)
                    }
                    return latencies
                }
            }
            var all = Latencies()
            for try await part in group { for value in part.values { all.add(value) } }
            return all
        }
    }

    /// Prints at once, also into a pipe.
    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}

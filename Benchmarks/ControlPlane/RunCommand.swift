import ArgumentParser
import BenchKit
import Foundation
import JSONValue

/// Measures, looks at what is there afterwards, and prints both.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Make requests to two control planes, with --faults while things go wrong; fails when anything is lost or done twice.",
        discussion: """
            Examples:
              controlplanebench --smoke
              controlplanebench --seconds 60 --connections 64 --faults
              controlplanebench --seconds 20 --only tenant-read --only tenant-update --json figures.json
            """
    )

    @Option(help: "How many callers there are, each with a connection.") var connections = 64
    @Option(help: "How long they make requests, in seconds.") var seconds = 60.0
    @Option(help: "How often, each time from the beginning; medians are printed.") var repetitions = 1
    @Option(help: "Only requests of this class; may be repeated.") var only: [OperationClass] = []
    @Option(help: "Path of the product's program. Default: opencrane beside this one.") var opencrane: String?
    @Option(help: "Longest time of a request in the control planes, in seconds. Default: the product's own.") var requestTimeout: Int?
    @Option(help: "File that gets all runs as JSON.") var json: String?
    @Flag(help: "A replica is killed, PostgreSQL restarted and crashed meanwhile.") var faults = false
    @Flag(help: "Few callers and a short time, with faults, to see that nothing is lost.") var smoke = false

    func run() async throws {
        var settings = self
        if smoke {
            settings.connections = 12
            settings.seconds = 7
            settings.repetitions = 1
            settings.faults = true
            // Writes that are left over are taken up the sooner the shorter requests may be.
            settings.requestTimeout = 6
        }
        try await settings.measure()
    }

    private func measure() async throws {
        let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let program = opencrane ?? beside.appendingPathComponent("opencrane").path
        let load = Machine.loadAverage
        say("\(Machine.description.text())\nload average before: \(load)")
        var report = Report()
        var problems: [String] = []
        for _ in 0..<max(1, repetitions) {
            let stage = try await PlaneStage(opencrane: program, requestTimeout: requestTimeout)
            do {
                let found = try await once(stage, &report)
                problems += found
                if !found.isEmpty { say(stage.tails) }
            } catch {
                say(stage.tails)
                await stage.stop()
                throw error
            }
            await stage.stop()
        }
        say("\n\(report.table())\nload average after: \(Machine.loadAverage)")
        try write(report, loadBefore: load)
        guard problems.isEmpty else {
            say("\n\(problems.count) things are wrong:")
            for problem in problems.prefix(100) { say("  \(problem)") }
            throw ExitCode.failure
        }
        say("Nothing was lost, nothing done twice, nothing drifts.")
    }

    /// One run.
    ///
    /// - Returns: what is wrong after it.
    private func once(_ stage: PlaneStage, _ report: inout Report) async throws -> [String] {
        let run = "r\(UUID().uuidString.prefix(8).lowercased())"
        let load = Load(stage: stage, connections: max(1, connections), classes: only.isEmpty ? OperationClass.allCases : only, run: run)
        let result = try await load.make(for: .seconds(seconds), faults: faults)
        let printer = Printer(result: result, stage: stage)
        printer.add(to: &report)
        say(printer.attempts)
        let deleted = Set(result.ledger.objects.filter { $0.kind == .tenant && !$0.isLive }.map(\.name))
        let took = try await Settling(stage: stage).wait(deleted: deleted)
        report.add("afterwards: until no write was open", took.intents, "s")
        report.add("afterwards: until deleted tenants were gone", took.deletions, "s")
        report.add("afterwards: until nothing drifted", took.drift, "s")
        let evidence = try await Evidence(stage, run: run)
        report.add("writes acknowledged", Double(result.ledger.writes.count), "")
        return Verdict(result.ledger, evidence).problems
    }

    private func write(_ report: Report, loadBefore: String) throws {
        guard let json else { return }
        let value: JSON = [
            "machine": Machine.description, "loadBefore": .string(loadBefore), "loadAfter": .string(Machine.loadAverage),
            "connections": .integer(Int64(connections)), "seconds": .number(seconds), "faults": .bool(faults),
            "figures": .array(report.figures.map(\.json)),
        ]
        try Data(value.serialized(pretty: true)).write(to: URL(fileURLWithPath: json))
    }

    /// Prints at once, also into a pipe.
    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}

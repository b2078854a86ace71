import BenchKit
import JSONValue

extension Bench {
    /// From a change to its reconcile, at a fixed rate.
    func latencies(_ report: inout Report) async throws {
        let child = try child("latency")
        _ = try await child.next("ready")
        let load = OpenLoop(client: client, fleet: fleet, rate: size.rate)
        // Once unmeasured, so that connections are open.
        _ = try await load.run(seconds: min(2, size.seconds))
        for run in 0..<size.repetitions {
            try await measure("\(size.rate) changes/s", load, child, first: run * 997, &report)
        }
        await child.stop()
    }

    /// The same while all keys are reconciled without pause, with and without priorities.
    func resyncs(_ report: inout Report) async throws {
        let rate = max(1, size.rate / 10)
        for flat in [false, true] {
            let child = try child("latency", ["--resync", "--cost", "1"] + (flat ? ["--flat"] : []))
            _ = try await child.next("ready")
            let load = OpenLoop(client: client, fleet: fleet, rate: rate)
            _ = try await load.run(seconds: min(1, size.seconds))
            let name = "resync under way, \(rate) changes/s\(flat ? ", without priorities" : "")"
            // Long enough for a change to come through a queue that knows no priorities.
            for run in 0..<(flat ? min(2, size.repetitions) : size.repetitions) {
                try await measure(name, load, child, first: run * 997, seconds: min(10, size.seconds), &report)
            }
            await child.stop()
        }
    }

    private func measure(_ name: String, _ load: OpenLoop, _ child: Child, first: Int, seconds: Double? = nil, _ report: inout Report)
        async throws
    {
        child.say("begin")
        _ = try await child.next("begun")
        let start = Moment.now
        let before = (server: server.processorTime, load: processorTime())
        let (count, lateness) = try await load.run(seconds: seconds ?? size.seconds, first: first)
        let took = Double(Moment.now - start) / 1e9
        let after = (server: server.processorTime, load: processorTime())
        // The last ones are on their way.
        try await Task.sleep(for: .seconds(1))
        child.say("end")
        let result = try await child.next("fromDue")
        report.add("\(name): change due → reconcile begins", latencies: result["fromDue"])
        report.add("\(name): change in the cache → reconcile begins", latencies: result["fromCache"])
        report.add("\(name): sent", Double(count) / took, "/s")
        report.add("\(name): reconciled of those", (result["fromDue"]?["count"]?.numberValue ?? .nan) / Double(count) * 100, "%")
        report.add("\(name): the load's own lateness, p99", lateness.summary["p99"]?.numberValue ?? .nan, "ms")
        report.add("\(name): reconciles", result["reconciles"]?.numberValue ?? .nan, "/s")
        report.add("\(name): processors used by the operator", result["processor"]?.numberValue ?? .nan, "")
        report.add("\(name): processors used by the API server", (after.server - before.server) / took, "")
        report.add("\(name): processors used by the load", (after.load - before.load) / took, "")
    }
}

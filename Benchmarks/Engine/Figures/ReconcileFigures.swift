import BenchKit
import JSONValue

extension Bench {
    /// Reconciles a second that find nothing to do.
    func reconciles(_ report: inout Report) async throws {
        for (workers, apply) in [(1, false), (4, false), (4, true)] {
            let child = try child(
                "reconcile",
                [
                    "--workers", "\(workers)", "--seconds", "\(min(2, size.seconds))", "--objects", "\(size.objects)",
                    "--repetitions", "\(size.repetitions)",
                ] + (apply ? ["--apply"] : [])
            )
            let name = apply ? "unchanged apply, \(workers) workers" : "no-op, \(workers) worker\(workers == 1 ? "" : "s")"
            for _ in 0..<size.repetitions {
                let result = try await child.next("rate")
                guard result["written"]?.integerValue == 0 else { throw BenchError("An unchanged apply was sent") }
                report.add("\(name): reconciles", result["rate"]?.numberValue ?? .nan, "/s")
                report.add("\(name): processor time of one", result["processor"]?.numberValue ?? .nan, "µs")
            }
            await child.stop()
        }
    }
}

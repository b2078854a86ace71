import BenchKit
import Foundation
import JSONValue

extension Bench {
    /// From the end of the leader to the first reconcile of the standby.
    func failOvers(_ report: inout Report) async throws {
        var number = 0
        var leader = try await candidate(&number)
        _ = try await leader.next("reconciled")
        for (name, signal) in [("SIGTERM", SIGTERM), ("SIGKILL", SIGKILL)] {
            for _ in 0..<size.repetitions {
                let standby = try await candidate(&number)
                // Its cache is warm, and it has seen the Lease.
                try await Task.sleep(for: .milliseconds(size.lease.2))
                let start = Moment.now
                leader.signal(signal)
                let leading = try await standby.next("leading")["leading"]?.integerValue ?? 0
                let reconciled = try await standby.next("reconciled")["reconciled"]?.integerValue ?? 0
                report.add("\(name) of the leader → the standby leads", Double(leading - start.nanoseconds) / 1e9, "s")
                report.add("\(name) of the leader → its first reconcile", Double(reconciled - start.nanoseconds) / 1e9, "s")
                await leader.stop()
                leader = standby
            }
        }
        await leader.stop()
    }

    private func candidate(_ number: inout Int) async throws -> Child {
        number += 1
        let child = try child(
            "leader",
            [
                "--identity", "candidate-\(number)", "--lease-milliseconds", "\(size.lease.0)", "--renew-milliseconds", "\(size.lease.1)",
                "--retry-milliseconds", "\(size.lease.2)",
            ]
        )
        _ = try await child.next("synced")
        return child
    }
}

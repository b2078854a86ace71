import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// Changes tenants at a fixed rate, whether or not anybody keeps up.
///
/// Each change bears the moment at which it was due, so that a generator that falls behind makes figures worse and not better.
struct OpenLoop: Sendable {
    let client: KubernetesClient
    let fleet: Fleet
    /// Changes a second.
    let rate: Int
    /// How many changes may wait for their answer at once.
    var maximumInFlight = 256

    /// Makes changes for a time, one tenant after the other.
    ///
    /// - Parameter first: the number of the first tenant.
    /// - Returns: how many, and how late they were sent, in nanoseconds.
    func run(seconds: Double, first: Int = 0) async throws -> (count: Int, lateness: Latencies) {
        let count = Int(Double(rate) * seconds)
        let start = Moment.now + 1_000_000
        let origin = ContinuousClock.now + .milliseconds(1)
        let lateness = NIOLockedValueBox(Latencies())
        try await withThrowingTaskGroup(of: Void.self) { group in
            var inFlight = 0
            for number in 0..<count {
                let offset = Int64(number) * 1_000_000_000 / Int64(rate)
                let due = start + offset
                if Moment.now < due { try await Task.sleep(until: origin + .nanoseconds(offset), tolerance: .zero, clock: .continuous) }
                if inFlight >= maximumInFlight {
                    try await group.next()
                    inFlight -= 1
                }
                inFlight += 1
                group.addTask {
                    let sent = Moment.now
                    lateness.withLockedValue { $0.add(sent - due) }
                    try await change((first + number) % fleet.count, due: due)
                }
            }
            try await group.waitForAll()
        }
        return (count, lateness.withLockedValue { $0 })
    }

    private func change(_ number: Int, due: Moment) async throws {
        let key = fleet.key(number)
        let patch: JSON = ["metadata": ["annotations": [Fleet.stamp: .string(String(due.nanoseconds))]]]
        // The answer is of no interest, so little of it is asked for: the load shares the machine with what is measured.
        _ = try await client.resource(Tenant.self, namespace: key.namespace).metadataOnly.mergePatch(key, patch)
    }
}

import BenchKit
import Foundation
import LocalPostgres

/// What goes wrong while callers ask.
enum Fault: String, Sendable, CaseIterable {
    case replicaKilled = "a replica is killed and started again after 3 s"
    case databaseRestarted = "PostgreSQL is restarted"
    case databaseCrashed = "PostgreSQL crashes and recovers"

    /// When it happens, as a part of the time in which there is load.
    var part: Double {
        switch self {
        case .replicaKilled: 2.0 / 6
        case .databaseRestarted: 4.0 / 6
        case .databaseCrashed: 5.0 / 6
        }
    }
}

/// A fault that has happened.
struct FaultRecord: Sendable {
    var fault: Fault
    var start: Moment
    /// How long what was killed was away, in seconds.
    var away: Double
    /// How long it then took until every replica said that it is ready, in seconds.
    var readyAfter: Double
}

/// Makes the faults happen, one after the other.
struct FaultScript: Sendable {
    let stage: PlaneStage

    /// Waits for each fault's time, and makes it happen.
    ///
    /// - Throws: ``BenchError`` when readiness does not follow.
    func play(from start: ContinuousClock.Instant, over period: Duration) async throws -> [FaultRecord] {
        var records: [FaultRecord] = []
        for fault in Fault.allCases {
            try await Task.sleep(until: start + period * fault.part, clock: .continuous)
            let begun = Moment.now
            try await happen(fault)
            let back = Moment.now
            for replica in stage.replicas { try await replica.waitUntilReady() }
            records.append(
                FaultRecord(
                    fault: fault,
                    start: begun,
                    away: Double(back - begun) / 1e9,
                    readyAfter: Double(Moment.now - back) / 1e9
                )
            )
        }
        return records
    }

    private func happen(_ fault: Fault) async throws {
        switch fault {
        case .replicaKilled:
            let replica = stage.replicas[stage.replicas.count - 1]
            await replica.program.end(SIGKILL)
            try await Task.sleep(for: .seconds(3))
            try replica.program.start()
        case .databaseRestarted:
            try await stage.postgres.restart()
        case .databaseCrashed:
            await stage.postgres.crash()
            // It stays away until every replica has said so: a load balancer would know.
            for replica in stage.replicas {
                try await eventually("\(replica.program.name) says that it cannot work without PostgreSQL", within: .seconds(20)) {
                    await !replica.isReady()
                }
            }
            try await stage.postgres.start()
        }
    }
}

import AuditChain
import Foundation
import JSONValue
import KubernetesModel
import Logging
import Postgres
import Projection
import SealedSecrets
import Testing

@testable import ControlPlane

@Suite struct AuditSealerTests {
    private struct Stop: Error {}

    @Test func writersAndSealersAtOnceMakeOneChain() async throws {
        try await withTrail(keys: try Trail.ring("k1")) { trail in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask { for number in 0..<30 { try await trail.write("w\(writer)-\(number)") } }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<20 { try await trail.sealer(batch: 7).seal() }
                    }
                }
                try await group.waitForAll()
            }
            try await trail.sealer(batch: 7).seal()
            let report = try await trail.verify()
            #expect(report.finding == nil && report.links == 120 && report.head.sequence == 120 && report.waiting == 0)
            #expect(report.standing == .authentic && report.authenticatedTo == 120)
            #expect(try await trail.count("audit_unsealed") == 0)
        }
    }

    /// An entry with a lower number that is committed after one with a higher number was sealed is sealed after it.
    @Test func whoCommitsLateIsSealedLate() async throws {
        try await withTrail { trail in
            try await trail.pool.withTransaction { transaction in
                let draft = AuditDraft(actor: "a", requestID: "r", action: "x", resource: "y", message: "m")
                let late = try await AuditRepository.append(draft, outcome: .succeeded, now: trail.now, in: transaction)
                let early = try await trail.write("early")
                #expect(late < early)
                #expect(try await trail.sealer().seal() == 1)
            }
            #expect(try await trail.sealer().seal() == 1)
            #expect(try await trail.found() == "whole")
            let order = try await trail.pool.query("select entry_id from audit_chain order by sequence").map {
                try $0.decode(0, as: Int64.self)
            }
            #expect(order == order.sorted(by: >) && order.count == 2)
        }
    }

    @Test func aSealerThatIsKilledLeavesNothingHalf() async throws {
        try await withTrail(keys: try Trail.ring("k1")) { trail in
            try await trail.fill(3)
            for number in 0..<5 { try await trail.write("n\(number)") }
            await #expect(throws: PostgresError.self) {
                try await trail.pool.withTransaction { transaction in
                    #expect(try await trail.sealer().seal(in: transaction) == 5)
                    let process = try await transaction.first("select pg_backend_pid()")?.decode(0, as: Int.self)
                    try await trail.pool.execute("select pg_terminate_backend(\(process)::int)")
                }
            }
            // Somebody else may seal as soon as the server knows that the first one is gone.
            await #expect(throws: Stop.self) {
                try await trail.pool.withTransaction { transaction in
                    #expect(try await trail.sealer().seal(in: transaction) == 5)
                    throw Stop()
                }
            }
            #expect(try await trail.count("audit_chain") == 3)
            #expect(try await trail.count("audit_unsealed") == 5)
            try await eventually("the rest is sealed") { try await trail.sealer().seal() == 5 }
            let report = try await trail.verify()
            #expect(report.finding == nil && report.links == 8)
        }
    }

    @Test func oneSealsAtATime() async throws {
        try await withTrail { trail in
            try await trail.write("one")
            try await trail.pool.withTransaction { transaction in
                try await transaction.lock(.named("opencrane/audit-chain"))
                #expect(try await trail.sealer().seal() == 0)
            }
            #expect(try await trail.sealer().seal() == 1)
        }
    }

    @Test func whatTakesTimeIsSealedWhenItBeginsAndWhenItEnds() async throws {
        try await withTrail { trail in
            let intents = IntentRepository(pool: trail.pool)
            let draft = IntentDraft(
                id: UUID(),
                kind: .tenant,
                key: .init(namespace: "n", name: "mia"),
                action: "create",
                payload: [:],
                actor: "ann",
                requestID: "r",
                operationID: "createTenant"
            )
            let audit = AuditDraft(actor: "ann", requestID: "r", action: "Created", resource: "Tenant/mia", message: "asked")
            _ = try await intents.open(draft, audit: audit, now: trail.now)
            #expect(try await trail.sealer().seal() == 1)
            #expect(try await trail.found() == "whole")
            try await trail.write("between")
            try await intents.close(draft.id, as: .applied, message: "done", after: ["a": 1], now: trail.now)
            #expect(try await trail.sealer().seal() == 2)
            #expect(try await trail.found() == "whole")
            let parts = try await trail.pool.query("select part || ' ' || entry_id from audit_chain order by sequence")
                .map { try $0.decode(0, as: String.self) }
            #expect(parts == ["begun 1", "ended 2", "ended 1"])
            try await trail.tamper(["update audit_entries set message = 'asked' where id = 1"])
            #expect(try await trail.found() == "changed 3")
        }
    }

    @Test func keysThatComeLaterAreUsedFromThenOn() async throws {
        try await withTrail { trail in
            try await trail.fill(3)
            let keyed = Trail(pool: trail.pool, ring: try Trail.ring("k1"), now: trail.now)
            #expect(try await keyed.found() == "forged 3", "with the keys the end has to carry a code")
            #expect(try await keyed.sealer().seal() == 1, "so one is made at once, and says so")
            #expect(try await keyed.sealer().seal() == 0)
            #expect(try await keyed.found() == "whole")
            #expect(try await trail.found() == "whole")
            #expect(try await keyed.verify().authenticatedTo == 4)
            let last = try await trail.pool.first("select action from audit_entries order by id desc limit 1")
            #expect(try last?.decode(0, as: String.self) == "AuditChainKeyed")
            // The next key takes over; whoever has it alone can check everything.
            let rotated = Trail(pool: trail.pool, ring: try Trail.ring("k2", "k1"), now: trail.now)
            try await rotated.write("rotated")
            #expect(try await rotated.sealer().seal() == 1)
            let alone = try await rotated.verify(try Trail.ring("k2"))
            #expect(alone.finding == nil && alone.standing == .authentic)
            #expect(try await rotated.verify(try Trail.ring("k1")).standing == .unknownKey("k2"))
            // A replica without keys does not take the code from the end.
            try await trail.write("unkeyed")
            await #expect(throws: AuditKeysMissing.self) { try await trail.sealer().seal() }
            #expect(try await rotated.verify().waiting == 1)
            #expect(try await rotated.found() == "whole")
        }
    }

    /// The chain takes in what was there before it.
    @Test func whatIsSealedIsWrittenOut() async throws {
        try await withTrail(keys: try Trail.ring("k1")) { trail in
            try await trail.fill(12)
            var text = ""
            let end = try await AuditExport(pool: trail.pool, page: 5).run(after: 2) { text += $0 }
            let lines = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            #expect(end == 12 && lines.count == 10 && lines.map { $0["sequence"]?.integerValue } == (3...12).map { Int64($0) })
            let first = try #require(lines.first)
            #expect(first["resource"] == "Tenant/t3" && first["before"] == ["name": "t3", "number": 1.5] && first["key"] == "k1")
            #expect(first["timestamp"] == "2027-01-15T08:00:00.000Z" && first["digest"]?.stringValue == lines[1]["previous"]?.stringValue)
            #expect(first["outcome"] == "succeeded" && first["part"] == "ended" && first["entry"] == 3)
        }
    }
}

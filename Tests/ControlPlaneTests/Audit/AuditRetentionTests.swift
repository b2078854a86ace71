import AuditChain
import Foundation
import Logging
import Postgres
import Projection
import SealedSecrets
import Testing

@testable import ControlPlane

@Suite struct AuditRetentionTests {
    private static let day: TimeInterval = 86_400

    /// Sweeps as the control plane does.
    private func sweep(_ trail: Trail, days: Int?, at now: Date, batch: Int = 4) async throws -> Int {
        var settings = RetentionSettings()
        settings.auditDays = days
        settings.batch = batch
        let rows = RetentionRepository(
            pool: trail.pool,
            settings: settings,
            audit: AuditRetention(authenticator: trail.authenticator)
        )
        let sweep = RetentionSweep(
            rows: rows,
            settings: settings,
            now: { now },
            random: { 0 },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await sweep.sweep()[.auditChain] ?? 0
    }

    private func withOldTrail(
        keys ring: SealingKeyring?,
        _ body: @escaping @Sendable (_ trail: Trail, _ old: Date) async throws -> Void
    ) async throws {
        try await withTrail(keys: ring) { trail in
            // Ten days, an entry each.
            var trail = trail
            let old = trail.now
            for number in 0..<10 {
                try await trail.write("d\(number)")
                try await trail.sealer().seal()
                trail.now += Self.day
            }
            try await body(trail, old)
        }
    }

    @Test(arguments: [true, false])
    func theRestStaysWhole(isKeyed: Bool) async throws {
        try await withOldTrail(keys: isKeyed ? try Trail.ring("k1") : nil) { trail, old in
            let head = try await trail.verify().head
            #expect(try await sweep(trail, days: nil, at: old + 1000 * Self.day) == 0, "by default it stays for ever")
            #expect(try await sweep(trail, days: 30, at: old + 30 * Self.day) == 0)
            #expect(try await sweep(trail, days: 30, at: old + 36.5 * Self.day) == 7)
            let report = try await trail.verify(expected: [head])
            #expect(report.finding == nil && report.links == 3 && report.removed == 7 && report.head == head)
            #expect(try await trail.count("audit_entries") == 3)
            #expect(try await trail.count("audit_anchors") == 1)
            // It goes on, and the last link stays.
            #expect(try await sweep(trail, days: 30, at: old + 1000 * Self.day) == 2)
            #expect(try await trail.found() == "whole")
            #expect(try await trail.verify().removed == 9)
            try await trail.write("new")
            #expect(try await trail.sealer().seal() == 1)
            let last = try await trail.verify()
            #expect(last.finding == nil && last.head.sequence == 11 && last.links == 2)
            #expect(isKeyed == (last.standing == .authentic))
        }
    }

    @Test func removingNeedsTheKeys() async throws {
        try await withOldTrail(keys: try Trail.ring("k1")) { trail, old in
            let unkeyed = Trail(pool: trail.pool, ring: nil, now: trail.now)
            await #expect(throws: AuditKeysMissing.self) { _ = try await sweep(unkeyed, days: 30, at: old + 50 * Self.day) }
            #expect(try await trail.count("audit_entries") == 10)
            // A beginning that was removed by somebody else is told, and not removed any further.
            try await trail.tamper([
                "insert into audit_anchors (sequence, digest, removed, removed_at) select 3, digest, 3, now() from audit_chain where sequence = 3",
                "delete from audit_entries where id <= 3", "delete from audit_chain where sequence <= 3",
            ])
            #expect(try await trail.found() == "forged 4")
            await #expect(throws: ChainFinding.self) { _ = try await sweep(trail, days: 30, at: old + 50 * Self.day) }
            #expect(try await trail.count("audit_entries") == 7)
            #expect(try await trail.found() == "forged 4")
        }
    }

    @Test func aBrokenBeginningStays() async throws {
        try await withOldTrail(keys: try Trail.ring("k1")) { trail, old in
            try await trail.tamper(["update audit_entries set actor = 'eve' where id = 6"])
            await #expect(throws: ChainFinding.self) { _ = try await sweep(trail, days: 30, at: old + 50 * Self.day) }
            #expect(try await trail.found() == "changed 6", "what was whole before it may be gone")
            #expect(try await trail.count("audit_entries") == 6)
        }
    }

    @Test func whatHasNotEndedStaysWithAllAfterIt() async throws {
        try await withTrail(keys: try Trail.ring("k1")) { trail in
            var trail = trail
            let old = trail.now
            try await trail.write("first")
            let begun = try await trail.write("begun", outcome: .pending)
            for number in 0..<6 { try await trail.write("n\(number)") }
            try await trail.sealer().seal()
            #expect(try await sweep(trail, days: 30, at: old + 50 * Self.day) == 1)
            #expect(try await trail.found() == "whole")
            // It ends later: the link of its beginning goes before the one of its end, and the entry with the last.
            trail.now = old + 60 * Self.day
            try await trail.pool.execute("update audit_entries set outcome = 'failed' where id = \(begun)")
            try await trail.write("later")
            try await trail.sealer().seal()
            #expect(try await sweep(trail, days: 30, at: old + 70 * Self.day) == 7)
            #expect(try await trail.found() == "whole")
            #expect(try await trail.count("audit_entries") == 2)
            try await trail.write("last")
            try await trail.sealer().seal()
            #expect(try await sweep(trail, days: 30, at: old + 120 * Self.day) == 2)
            #expect(try await trail.found() == "whole")
            #expect(try await trail.count("audit_entries") == 1)
        }
    }
}

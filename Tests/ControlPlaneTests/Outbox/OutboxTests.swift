import Foundation
import JSONValue
import LocalPostgres
import Logging
import NIOConcurrencyHelpers
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct OutboxTests {
    private struct Trouble: Error {}

    /// Notes what is delivered, and fails as told.
    private struct Recorder: OutboxHandler {
        let topic: String
        var maximumAttempts: Int? = 3
        let delivered = NIOLockedValueBox<[String]>([])
        let failing = NIOLockedValueBox<Set<String>>([])
        let rejecting = NIOLockedValueBox<Set<String>>([])

        func deliver(_ entry: OutboxEntry) async throws {
            let text = entry.payload["n"]?.stringValue ?? entry.key
            if rejecting.withLockedValue({ $0.contains(text) }) { throw OutboxRejection(message: "never") }
            if failing.withLockedValue({ $0.contains(text) }) { throw Trouble() }
            delivered.withLockedValue { $0.append(text) }
        }
    }

    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func withOutbox(
        _ body:
            @escaping @Sendable (PostgresPool, Recorder, NIOLockedValueBox<Date>, @escaping @Sendable () -> OutboxRelay) async throws ->
            Void
    ) async throws {
        try await withTestDatabase { configuration in
            let logger = Logger(label: "outbox") { _ in SwiftLogNoOpLogHandler() }
            let pool = PostgresPool(configuration: configuration, options: .init(maximumConnections: 8), logger: logger)
            try await ProjectionSchema.migrate(pool, logger: logger)
            let (recorder, time) = (Recorder(topic: "t"), NIOLockedValueBox(Self.start))
            try await body(pool, recorder, time) {
                OutboxRelay(
                    outbox: OutboxRepository(pool: pool),
                    handlers: [recorder],
                    now: { time.withLockedValue { $0 } },
                    random: { 1 },
                    logger: logger
                )
            }
            await pool.shutdown()
        }
    }

    private func append(_ pool: PostgresPool, _ key: String, _ numbers: [String], topic: String = "t") async throws {
        let entries = numbers.map { OutboxEntry(topic: topic, key: key, payload: ["n": .string($0)]) }
        try await pool.withTransaction { try await OutboxRepository.append(entries, now: Self.start, in: $0) }
    }

    @Test func entriesOfAKeyComeOneAfterTheOtherAndThoseOfOthersBeside() async throws {
        try await withOutbox { pool, recorder, _, relay in
            try await append(pool, "a", ["a1", "a2"])
            try await append(pool, "b", ["b1"])
            try await append(pool, "c", ["c1"], topic: "of nobody")
            let relay = relay()
            #expect(try await relay.sweep() == 2)
            #expect(Set(recorder.delivered.withLockedValue { $0 }) == ["a1", "b1"])
            #expect(try await relay.sweep() == 1)
            #expect(try await relay.sweep() == 0)
            #expect(recorder.delivered.withLockedValue { $0 }.last == "a2")
            let left = try await relay.outbox.counts()
            #expect(left.map(\.topic) == ["of nobody"] && left.first?.waiting == 1)
        }
    }

    @Test func whatFailsIsTriedAgainLaterAndHoldsBackItsKeyAlone() async throws {
        try await withOutbox { pool, recorder, time, relay in
            recorder.failing.withLockedValue { $0 = ["a1"] }
            try await append(pool, "a", ["a1", "a2"])
            try await append(pool, "b", ["b1"])
            let relay = relay()
            #expect(try await relay.sweep() == 2)
            #expect(try await relay.sweep() == 0, "a2 waits for a1")
            time.withLockedValue { $0 += 2 }
            #expect(try await relay.sweep() == 1, "after 2 s")
            #expect(try await relay.sweep() == 0)
            recorder.failing.withLockedValue { $0 = [] }
            time.withLockedValue { $0 += 4 }
            #expect(try await relay.sweep() == 1)
            #expect(try await relay.sweep() == 1)
            #expect(recorder.delivered.withLockedValue { $0 } == ["b1", "a1", "a2"])
        }
    }

    @Test func whatIsGivenUpStaysAndHoldsNothingBack() async throws {
        try await withOutbox { pool, recorder, time, relay in
            recorder.failing.withLockedValue { $0 = ["a1"] }
            recorder.rejecting.withLockedValue { $0 = ["b1"] }
            try await append(pool, "a", ["a1", "a2"])
            try await append(pool, "b", ["b1"])
            let relay = relay()
            for _ in 0..<4 {
                try await relay.sweep()
                time.withLockedValue { $0 += 600 }
            }
            #expect(recorder.delivered.withLockedValue { $0 } == ["a2"])
            let dead = try await pool.query("select payload->>'n' || ' ' || attempts || ' ' || last_error from outbox order by id").map {
                try $0.decode(0, as: String.self)
            }
            #expect(dead == ["a1 3 Trouble()", "b1 1 never"])
            let counts = try await relay.outbox.counts()
            #expect(counts == [.init(topic: "t", waiting: 0, dead: 2, oldest: nil)])
            try await relay.outbox.forget(diedBefore: Self.start + 10_000)
            #expect(try await relay.outbox.counts().isEmpty)
        }
    }

    @Test func anEntryIsAtOneRelayUntilItsLeaseIsOver() async throws {
        try await withOutbox { pool, _, time, relay in
            try await append(pool, "a", ["a1"])
            let outbox = relay().outbox
            let (one, other) = (UUID(), UUID())
            func claim(_ holder: UUID) async throws -> [OutboxEntry] {
                try await outbox.claim(topics: ["t"], limit: 8, holder: holder, lease: .seconds(60), now: time.withLockedValue { $0 })
            }
            let first = try await claim(one)
            #expect(first.count == 1)
            #expect(try await claim(other).isEmpty)
            time.withLockedValue { $0 += 61 }
            let second = try await claim(other)
            #expect(second.map(\.id) == first.map(\.id))
            // Whoever lost the lease settles nothing.
            try await outbox.settle(try #require(first.first), holder: one)
            try await outbox.fail(try #require(first.first), holder: one, due: nil, reason: "x", now: Self.start)
            #expect(try await outbox.counts().map(\.waiting) == [1])
            try await outbox.settle(try #require(second.first), holder: other)
            #expect(try await outbox.counts().isEmpty)
        }
    }

    @Test func announcementsOfAKeyAreOneEntryUnlessSomebodyHasBegunIt() async throws {
        try await withOutbox { pool, recorder, _, relay in
            for _ in 0..<3 { try await OutboxRepository.announce(topic: "t", keys: ["a", "b"], in: pool) }
            let outbox = relay().outbox
            #expect(try await outbox.counts().map(\.waiting) == [2])
            let later = Date().addingTimeInterval(10)
            let taken = try await outbox.claim(topics: ["t"], limit: 1, holder: UUID(), lease: .seconds(60), now: later)
            let key = try #require(taken.first?.key)
            try await OutboxRepository.announce(topic: "t", keys: [key], in: pool)
            #expect(try await outbox.counts().map(\.waiting) == [3], "what is being delivered may have been read before the change")
            // A change that is taken back announces nothing.
            struct Undo: Error {}
            await #expect(throws: Undo.self) {
                try await pool.withTransaction { transaction in
                    try await OutboxRepository.announce(topic: "t", keys: ["c"], in: transaction)
                    throw Undo()
                }
            }
            #expect(try await outbox.counts().map(\.waiting) == [3])
            #expect(recorder.delivered.withLockedValue { $0.isEmpty })
        }
    }
}

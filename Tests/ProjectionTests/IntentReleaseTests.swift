import Foundation
import KubernetesModel
import Postgres
import Projection
import Testing

@Suite struct IntentReleaseTests {
    @Test("A lease is given up by whoever had it, and by nobody else")
    func aLeaseIsGivenUpForOneAttempt() async throws {
        try await withProjectionPool { pool in
            let intents = IntentRepository(pool: pool)
            for name in ["mia", "leo"] {
                _ = try await intents.open(intentDraft(name), audit: auditDraft(name), lease: .seconds(600), now: testTime)
            }
            let ids = try await pool.query("select id from write_intents order by name desc").decode("id", as: UUID.self)
            try await intents.release([IntentAttempt(id: ids[0], number: 1), IntentAttempt(id: UUID(), number: 1)], now: testTime)
            let first = try await intents.claim(lease: .seconds(600), now: testTime)
            #expect(first.map(\.draft.key.name) == ["mia"] && first.first?.attempts == 2, "leo is somebody's still")
            // Who was at it before says so too late: it is another's now.
            try await intents.release([IntentAttempt(id: ids[0], number: 1)], now: testTime)
            let second = try await intents.claim(now: testTime)
            #expect(second == [])
        }
    }
}

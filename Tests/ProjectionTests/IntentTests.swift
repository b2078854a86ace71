import Foundation
import JSONValue
import KubernetesModel
import Postgres
import Testing

@testable import Projection

func auditDraft(_ name: String, at: Int = 0) -> AuditDraft {
    AuditDraft(
        actor: "ada",
        requestID: "request-\(at)",
        action: "Created",
        resource: "Tenant/\(name)",
        tenant: name,
        message: "Tenant \(name) was created."
    )
}

func intentDraft(_ name: String, key: String? = nil, digest: String? = "d1", id: UUID = UUID()) -> IntentDraft {
    IntentDraft(
        id: id,
        kind: .tenant,
        key: ObjectKey(namespace: "crane", name: name),
        action: "create",
        payload: ["metadata": ["name": .string(name)]],
        actor: "ada",
        requestID: "r",
        operationID: "createTenant",
        idempotencyKey: key,
        requestDigest: digest
    )
}

@Suite struct IntentTests {
    @Test func anIntentIsOpenedClaimedAndClosedOnce() async throws {
        try await withProjectionPool { pool in
            let intents = IntentRepository(pool: pool)
            guard case .opened(let opened) = try await intents.open(intentDraft("mia"), audit: auditDraft("mia"), now: testTime) else {
                Issue.record("not opened")
                return
            }
            #expect(opened.state == .open && opened.attempts == 1 && opened.draft.key.namespace == "crane")
            let early = try await intents.claim(now: testTime.addingTimeInterval(29))
            #expect(early == [])
            let due = testTime.addingTimeInterval(31)
            let claimed = try await intents.claim(now: due)
            #expect(claimed.map(\.draft.id) == [opened.draft.id] && claimed.first?.attempts == 2)
            let again = try await intents.claim(now: due)
            #expect(again == [])
            try await intents.retry(opened.draft.id, error: "timeout", at: due.addingTimeInterval(1), now: due)
            let retried = try await intents.claim(now: due.addingTimeInterval(1))
            #expect(retried.first?.attempts == 3 && retried.first?.lastError == "timeout")

            let answer = IntentAnswer(status: 201, body: ["name": "mia", "status": "created"])
            let row = try tenant("mia", version: 5)
            let first = try await intents.close(
                opened.draft.id,
                as: .applied,
                answer: answer,
                projecting: [.upsert(row)],
                after: ["v": 5],
                now: due
            )
            let second = try await intents.close(opened.draft.id, as: .failed, now: due)
            #expect(first && !second)
            let closed = try #require(try await intents.get(opened.draft.id))
            #expect(closed.state == .applied && closed.answer == answer && closed.closedAt == due)
            let projected = try await TenantRepository(pool: pool).get(namespace: "crane", name: "mia")
            #expect(projected?.email == "mia@corp.test")
            let audit = try await AuditRepository(pool: pool).list(AuditFilter(tenant: "mia"))
            #expect(audit.rows.map(\.outcome) == [.succeeded] && audit.rows.first?.draft.after == ["v": 5])
            let open = try await intents.openCount()
            #expect(open == 0)
            await #expect(throws: ProjectionError.self) { try await intents.close(UUID(), as: .failed, now: due) }
        }
    }

    @Test func anIdempotencyKeyIsUsedOnce() async throws {
        try await withProjectionPool { pool in
            let intents = IntentRepository(pool: pool)
            let first = intentDraft("mia", key: "k1")
            guard case .opened = try await intents.open(first, audit: auditDraft("mia"), now: testTime) else {
                Issue.record("not opened")
                return
            }
            guard case .replayed(let same) = try await intents.open(intentDraft("mia", key: "k1"), audit: auditDraft("mia"), now: testTime)
            else {
                Issue.record("not replayed")
                return
            }
            #expect(same.draft.id == first.id)
            guard
                case .keyReused = try await intents.open(
                    intentDraft("leo", key: "k1", digest: "d2"),
                    audit: auditDraft("leo"),
                    now: testTime
                )
            else {
                Issue.record("not refused")
                return
            }
            // The audit entries of the refused ones were undone with them.
            let audit = try await AuditRepository(pool: pool).list()
            #expect(audit.rows.count == 1)
            let found = try await intents.find(actor: "ada", operationID: "createTenant", idempotencyKey: "k1")
            let foreign = try await intents.find(actor: "eve", operationID: "createTenant", idempotencyKey: "k1")
            #expect(found?.draft.id == first.id && foreign == nil)
            // A key belongs to one operation.
            var other = intentDraft("zoe", key: "k1", digest: "d3")
            other.operationID = "createPolicy"
            guard case .opened = try await intents.open(other, audit: auditDraft("zoe"), now: testTime) else {
                Issue.record("not opened")
                return
            }
        }
    }

    @Test func relaysShareTheWork() async throws {
        try await withProjectionPool { pool in
            let intents = IntentRepository(pool: pool)
            for n in 0..<40 { _ = try await intents.open(intentDraft("t\(n)"), audit: auditDraft("t\(n)"), now: testTime) }
            let due = testTime.addingTimeInterval(60)
            let claimed = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var mine: [UUID] = []
                        while true {
                            let batch = try await intents.claim(limit: 3, now: due)
                            if batch.isEmpty { return mine }
                            mine += batch.map(\.draft.id)
                        }
                    }
                }
                return try await group.reduce(into: [UUID]()) { $0 += $1 }
            }
            #expect(claimed.count >= 37 && Set(claimed).count == claimed.count)
        }
    }
}

@Suite struct AuditTests {
    @Test func pagesSkipNothingAtTheSameTime() async throws {
        try await withProjectionPool { pool in
            let audit = AuditRepository(pool: pool)
            for n in 0..<25 { try await audit.append(auditDraft("t\(n % 2)", at: n), now: testTime.addingTimeInterval(Double(n / 10))) }
            var seen: [Int64] = []
            var cursor: String?
            repeat {
                let page = try await audit.list(limit: 4, cursor: cursor)
                seen += page.rows.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(seen == (1...25).reversed().map { Int64($0) })
            let ofOne = try await audit.list(AuditFilter(tenant: "t1", actor: "ada"))
            #expect(ofOne.rows.count == 12 && ofOne.next == nil)
            for wrong in [
                "", "x", "e30", Cursor(listing: "tenants", date: testTime, rest: ["1"]).text,
                Cursor(listing: "audit", date: testTime, rest: ["z"]).text,
            ] {
                let error = await #expect(throws: ProjectionError.self) { try await audit.list(cursor: wrong) }
                #expect(error?.code == .invalidCursor)
            }
            for wrong in [0, -1, 1001] {
                let error = await #expect(throws: ProjectionError.self) { try await audit.list(limit: wrong) }
                #expect(error?.code == .invalidLimit)
            }
        }
    }

    @Test func theTrailCannotBeChanged() async throws {
        try await withProjectionPool { pool in
            try await AuditRepository(pool: pool).append(auditDraft("mia"), now: testTime)
            for statement in [
                "delete from audit_entries", "update audit_entries set actor = 'eve'", "update audit_entries set outcome = 'failed'",
                "truncate audit_entries",
            ] {
                let error = await #expect(throws: PostgresError.self) { try await pool.execute(SQL(unescaped: statement)) }
                #expect(error?.sqlState == "23001", "\(statement)")
            }
            _ = try await IntentRepository(pool: pool).open(intentDraft("leo"), audit: auditDraft("leo"), now: testTime)
            let moved = await #expect(throws: PostgresError.self) {
                try await pool.execute("update audit_entries set outcome = 'succeeded', actor = 'eve' where outcome = 'pending'")
            }
            #expect(moved?.sqlState == "23001")
        }
    }
}

import Foundation
import KubernetesModel
import Postgres
import Testing

@testable import Projection

/// Which changes may touch which rows.
@Suite struct RowGuardTests {
    private func write(_ change: ProjectionChange, cluster: String? = nil, _ pool: PostgresPool) async throws {
        _ = try await pool.pipeline(RowStatements.write([change], cluster: cluster, now: testTime))
    }

    private func delete(_ uid: String, version: String) -> ProjectionChange {
        .delete(kind: .tenant, key: ObjectKey(namespace: "crane", name: "a"), uid: uid, resourceVersion: version)
    }

    private func uid(_ pool: PostgresPool) async throws -> String? {
        try await TenantRepository(pool: pool).get(namespace: "crane", name: "a")?.metadata.uid
    }

    @Test(arguments: ["", "99"])
    func aDeletionOfAPredecessorLeavesTheSuccessorsRow(_ version: String) async throws {
        try await withProjectionPool { pool in
            try await write(.upsert(try tenant("a", version: 40, uid: "second")), pool)
            try await write(delete("first", version: version), pool)
            #expect(try await uid(pool) == "second")
            try await write(delete("second", version: version), pool)
            #expect(try await uid(pool) == nil)
        }
    }

    @Test func aDeletionWithoutAUidOrOverATombstoneCounts() async throws {
        try await withProjectionPool { pool in
            try await write(.upsert(try tenant("a", version: 10, uid: "first")), pool)
            try await write(delete("", version: "20"), pool)
            #expect(try await uid(pool) == nil)
            // The successor came and went between two writes: its late upsert must not appear.
            try await write(delete("second", version: "50"), pool)
            try await write(.upsert(try tenant("a", version: 30, uid: "second")), pool)
            #expect(try await uid(pool) == nil)
        }
    }

    @Test func aDeletionOfUnknownVersionDoesNotLetLateEventsThrough() async throws {
        try await withProjectionPool { pool in
            try await write(.upsert(try tenant("a", version: 30)), pool)
            try await write(delete("uid-a", version: ""), pool)
            try await write(.upsert(try tenant("a", version: 29)), pool)
            #expect(try await uid(pool) == nil)
            let kept = try await pool.count("select resource_version_seq::bigint from tenants")
            #expect(kept == 30)
        }
    }

    @Test func anObjectMadeLaterReplacesItsPredecessorWhateverTheVersions() async throws {
        try await withProjectionPool { pool in
            try await write(.upsert(try tenant("a", version: 9_000, uid: "old")), pool)
            try await write(.upsert(try tenant("a", version: 12, uid: "new", created: 60)), pool)
            #expect(try await uid(pool) == "new")
            try await write(.upsert(try tenant("a", version: 9_001, uid: "new", created: 60)), pool)
            #expect(try await uid(pool) == "new")
        }
    }

    @Test func rowsOfAnotherClusterAreNeverNewer() async throws {
        try await withProjectionPool { pool in
            try await write(.upsert(try tenant("a", version: 9_000)), cluster: "one", pool)
            try await write(.upsert(try tenant("a", version: 5, team: "late")), cluster: "one", pool)
            #expect(try await TenantRepository(pool: pool).get(namespace: "crane", name: "a")?.team == "ops")
            // The same objects from a backup: same uid, lower versions.
            try await write(.upsert(try tenant("a", version: 5, team: "restored")), cluster: "two", pool)
            #expect(try await TenantRepository(pool: pool).get(namespace: "crane", name: "a")?.team == "restored")
        }
    }

    @Test func aFullListOfAnotherClusterReplacesAllRows() async throws {
        try await withProjectionPool { pool in
            for name in ["a", "b"] { try await write(.upsert(try tenant(name, version: 9_000)), cluster: "one", pool) }
            let projector = Projector(pool: pool, logger: testLogger)
            let running = Task { try await projector.run() }
            defer { running.cancel() }
            projector.use(cluster: "two")
            projector.apply(.synced(.tenant, namespace: nil, objects: [try tenant("b", version: 3, team: "new")], resourceVersion: "7"))
            await projector.drained()
            let rows = try await TenantRepository(pool: pool).list().rows
            #expect(rows.map(\.name) == ["b"] && rows.map(\.team) == ["new"])
        }
    }

    @Test func theQueueKeepsTheSuccessorFromAnOldDeletion() throws {
        let now = ContinuousClock.now
        var queue = ProjectionQueue(batchLimit: 10)
        queue.apply(.upsert(try tenant("a", version: 40, uid: "second")), now: now)
        queue.apply(.delete(kind: .tenant, key: ObjectKey(namespace: "crane", name: "a"), uid: "first", resourceVersion: ""), now: now)
        guard case .write(let batch) = queue.next(now: now) else { throw Unexpected() }
        #expect(batch.changes == [.upsert(try tenant("a", version: 40, uid: "second"))])
    }

    /// The predecessor's row is still there: what was never written of the successor cannot be what keeps it.
    @Test func aSuccessorThatCameAndWentBetweenTwoWritesTakesThePredecessorsRowAlong() async throws {
        try await withProjectionPool { pool in
            try await write(.upsert(try tenant("a", version: 10, uid: "first")), pool)
            var queue = ProjectionQueue(batchLimit: 10)
            queue.apply(.upsert(try tenant("a", version: 40, uid: "second")), now: .now)
            queue.apply(
                .delete(kind: .tenant, key: ObjectKey(namespace: "crane", name: "a"), uid: "second", resourceVersion: "50"),
                now: .now
            )
            guard case .write(let batch) = queue.next(now: .now) else { throw Unexpected() }
            for change in batch.changes { try await write(change, pool) }
            #expect(try await uid(pool) == nil)
        }
    }

    private struct Unexpected: Error {}
}

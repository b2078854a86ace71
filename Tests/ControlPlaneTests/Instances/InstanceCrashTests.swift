import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// A replica ends at some point; another finishes what it began.
@Suite struct InstanceCrashTests {
    private func ordered(_ stage: Stage) async throws -> InstanceRow {
        let answer = try await stage.instances(.POST, "", Stage.order)
        return try await stage.row(try #require(answer.body["instance_id"]?.stringValue))
    }

    private func externalID(_ stage: Stage, _ name: String) async throws -> String? {
        try await stage.object(.tenant, name)?.json[at: ["spec", "fleet", "externalId"]]?.stringValue
    }

    @Test func anInstanceWhoseReplicaEndedIsTakenAgainAfterItsLease() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            let instances = InstanceRepository(pool: stage.pool)
            let now = Date() + 5
            #expect(try await instances.claim(limit: 5, lease: .seconds(60), holder: "a", now: now).map(\.id) == [row.id])
            // A replica whose clock is fast does not take it sooner: the database's counts.
            #expect(try await instances.claim(limit: 5, lease: .seconds(60), holder: "b", now: now + 3600).isEmpty)
            #expect(try await stage.reconciler(now: { now + 3600 }).sweep() == 0)
            _ = try await stage.pool.execute("update instances set lease_until = now() - interval '1 second'")
            #expect(try await stage.reconciler(now: { now }).sweep() == 1)
            #expect(try await stage.row(row.id.uuidString).tenantUID != nil)
        }
    }

    @Test func whoeverSleptForLongerThanTheLeaseNotesNothing() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            let instances = InstanceRepository(pool: stage.pool)
            let now = Date() + 5
            let late = try #require(try await instances.claim(limit: 1, lease: .zero, holder: "a", now: now).first)
            let taken = try #require(try await instances.claim(limit: 1, lease: .seconds(60), holder: "b", now: now).first)
            #expect(late.leaseHolder == "a" && taken.leaseHolder == "b")
            let failure = InstanceRow.Failure(code: "create_refused", message: "m")
            await #expect(throws: InstanceLeaseLost.self) { try await instances.noteTenant(late, uid: "other", now: now) }
            await #expect(throws: InstanceLeaseLost.self) { try await instances.noteFailure(late, failure, now: now) }
            #expect(try await !instances.rename(late, to: "other", now: now))
            try await instances.noteSnapshot(late, ["stage": "complete"])
            try await instances.giveBack(late, due: nil, error: ("X", "x"), now: now)
            let after = try await stage.row(row.idText)
            #expect(after == taken)
            // Whoever holds it notes for the name and the tenant it has by now only.
            #expect(try await instances.rename(taken, to: "mia-2", now: now))
            await #expect(throws: InstanceLeaseLost.self) { try await instances.noteTenant(taken, uid: "u", now: now) }
            let renamed = try await stage.row(row.idText)
            try await instances.noteTenant(renamed, uid: "u", now: now)
            await #expect(throws: InstanceLeaseLost.self) { try await instances.noteFailure(renamed, failure, now: now) }
            #expect(try await stage.row(row.idText).failure == nil)
        }
    }

    @Test func anOrderThatCannotBeCarriedOutSaysWhyAndFailsInTheEnd() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            stage.cluster.faults.add(Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .status(429), times: 1000))
            let soon = Date() + 30
            try await stage.reconciler(now: { soon }, configure: { $0.createLimit = .seconds(3600) }).sweep()
            let waiting = try await stage.instances(.GET, "/\(row.idText)")
            let code = try #require(try await stage.row(row.idText).lastErrorCode)
            #expect(waiting.body["status"] == "pending", "\(waiting.body.text())")
            #expect(waiting.body["error_message"]?.stringValue?.hasPrefix(code + ": ") == true, "\(waiting.body.text())")
            #expect(waiting.body["attempts"] == 1 && waiting.body["next_attempt_at"]?.stringValue?.hasSuffix("Z") == true)
            // A write that is on its way may still make it: only without one is it given up.
            _ = try await stage.pool.execute("delete from write_intents")
            let late = Date() + 7200
            try await eventually("the order is given up") {
                _ = try await stage.pool.execute("update instances set due_at = now()")
                try await stage.reconciler(now: { late }, configure: { $0.createLimit = .seconds(3600) }).sweep()
                _ = try await stage.pool.execute("delete from write_intents")
                return try await stage.row(row.idText).failure?.code == "create_expired"
            }
            let failed = try await stage.instances(.GET, "/\(row.idText)")
            #expect(failed.body["status"] == "failed")
        }
    }

    @Test func aTenantThatWasMadeAndNotNotedIsTheInstances() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            let reconciler = stage.reconciler()
            try await reconciler.sweep()
            let uid = try await stage.row(row.id.uuidString).tenantUID
            // As if the replica had ended between the two.
            _ = try await stage.pool.execute("update instances set tenant_uid = null, due_at = now()")
            try await reconciler.sweep()
            #expect(try await stage.row(row.id.uuidString).tenantUID == uid)
            // As if nobody remembered the write either.
            _ = try await stage.pool.execute("update instances set tenant_uid = null, due_at = now()")
            _ = try await stage.pool.execute("delete from write_intents")
            try await reconciler.sweep()
            #expect(try await stage.row(row.id.uuidString).tenantUID == uid && uid != nil)
            #expect(try await stage.rows("select count(*)::text from tenants where deleted_at is null") == ["1"])
        }
    }

    @Test func aDeletionThatCameDuringTheWorkIsNotLost() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            let instances = InstanceRepository(pool: stage.pool)
            let taken = try #require(try await instances.claim(limit: 1, lease: .seconds(60), holder: "a", now: Date()).first)
            #expect(try await stage.instances(.DELETE, "/\(row.idText)").body["status"] == "deleting")
            // Whoever is at it is not disturbed.
            #expect(try await stage.reconciler().sweep() == 0)
            // It does not make the tenant any more, and gives the instance back without wanting to see it again.
            let worker = stage.reconciler().worker
            await #expect(throws: (any Error).self) { try await worker.work(taken) }
            try await instances.giveBack(taken, due: nil, error: nil, now: Date())
            #expect(try await stage.object(.tenant, row.hostname) == nil)
            #expect(try await stage.reconciler().sweep() == 1)
            #expect(try await stage.row(row.idText).deletedAt != nil)
        }
    }

    @Test func aWriteOnItsWayIsWaitedForBeforeAnInstanceEnds() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            // Kubernetes does not answer: the write is recorded and goes on by itself.
            stage.cluster.faults.add(Fault(match: RequestMatch(verb: "create", resource: "tenants"), action: .status(503), times: 1))
            try await stage.reconciler().sweep()
            #expect(try await stage.row(row.idText).tenantUID == nil)
            #expect(try await stage.rows("select state::text from write_intents") == ["open"])
            #expect(try await stage.instances(.DELETE, "/\(row.idText)").status == 200)
            let soon = Date() + 120
            let reconciler = stage.reconciler(now: { soon })
            for _ in 0..<3 { try await reconciler.sweep() }
            #expect(try await stage.row(row.idText).deletedAt == nil, "the write may still make the tenant")
            let relay = stage.plane.relay
            try await eventually("the write ends") {
                try await relay.sweep()
                return try await stage.rows("select state::text from write_intents") == ["applied"]
            }
            #expect(try await externalID(stage, row.hostname) == row.idText)
            for _ in 0..<3 { try await reconciler.sweep() }
            #expect(try await stage.row(row.idText).deletedAt != nil)
            #expect(try await stage.object(.tenant, row.hostname) == nil)
        }
    }

    @Test func aTenantOfADeletedInstanceIsTakenAway() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            let reconciler = stage.reconciler()
            #expect(try await stage.instances(.DELETE, "/\(row.idText)").status == 200)
            for _ in 0..<3 { try await reconciler.sweep() }
            #expect(try await stage.row(row.idText).deletedAt != nil)
            // A replica that slept for very long makes it all the same.
            var spec = row.tenantSpec
            spec["displayName"] = "Late"
            try await stage.make(.tenant, row.hostname, spec: spec)
            try await stage.project(row.hostname)
            // Somebody's own tenant stays.
            try await stage.make(.tenant, "own", spec: ["displayName": "A", "email": "a@x.example", "fleet": ["externalId": "tenant_own"]])
            try await stage.project("own")
            try await reconciler.worker.removeStrays(namespace: Stage.namespace)
            #expect(try await stage.object(.tenant, row.hostname) == nil)
            #expect(try await stage.object(.tenant, "own") != nil)
        }
    }

    @Test func somebodyElsesTenantOfTheNameIsNotDeleted() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            let reconciler = stage.reconciler()
            try await reconciler.sweep()
            // The instance's tenant is replaced behind everybody's back.
            _ = try await stage.client.dynamic(Tenant.resourceType, namespace: Stage.namespace)
                .delete(ObjectKey(namespace: Stage.namespace, name: row.hostname))
            try await stage.make(.tenant, row.hostname, spec: ["displayName": "Other", "email": "o@x.example"])
            try await stage.project(row.hostname)
            #expect(try await stage.instances(.DELETE, "/\(row.idText)").status == 200)
            for _ in 0..<4 { try await reconciler.sweep() }
            #expect(try await stage.row(row.idText).deletedAt != nil)
            #expect(try await stage.object(.tenant, row.hostname)?.json[at: ["spec", "displayName"]] == "Other")
        }
    }

    /// A replica is ended again and again, at every moment there is.
    @Test func endedAtAnyMomentTheWorkIsFinished() async throws {
        try await withStillInstances { stage in
            let row = try await ordered(stage)
            func disturb() async throws {
                for index in 0..<25 {
                    let work = Task { try await stage.reconciler(configure: { $0.lease = .milliseconds(1) }).sweep() }
                    try await Task.sleep(for: .milliseconds(index * 2))  // wait: where it is ended is the subject
                    work.cancel()
                    _ = await work.result
                }
            }
            try await disturb()
            try await eventually("the tenant is made") {
                try await stage.reconciler(configure: { $0.lease = .milliseconds(1) }).sweep()
                try await stage.plane.relay.sweep()
                return try await stage.row(row.idText).tenantUID != nil
            }
            // It may be known before the projection shows it: by what Kubernetes has.
            try await eventually("the tenant is shown, once") {
                try await stage.plane.relay.sweep()
                return try await stage.rows("select count(*)::text from tenants where deleted_at is null") == ["1"]
            }
            #expect(try await stage.instances(.DELETE, "/\(row.idText)").status == 200)
            try await disturb()
            try await eventually("the instance is gone") {
                try await stage.reconciler(configure: { $0.lease = .milliseconds(1) }).sweep()
                try await stage.plane.relay.sweep()
                return try await stage.row(row.idText).deletedAt != nil
            }
            #expect(try await stage.object(.tenant, row.hostname) == nil)
            #expect(try await stage.rows("select count(*)::text from tenants where deleted_at is null") == ["0"])
            #expect(
                try await stage.rows("select action from audit_entries where resource = \("Instance/" + row.idText) order by id")
                    == ["InstanceDeletionRequested", "InstanceDeleted"]
            )
        }
    }
}

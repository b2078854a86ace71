import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOHTTP1
import Testing

@testable import ControlPlane

/// What happened to objects, over REST.
@Suite struct ObjectEventTests {
    /// Records an event as a component of Kubernetes does.
    private static func record(
        _ stage: Stage,
        _ kind: String,
        _ name: String,
        uid: String? = nil,
        in namespace: String = Stage.namespace,
        minute: Int,
        reason: String,
        series: Int? = nil
    ) async throws {
        let time = MicroTimestamp(Timestamp(microseconds: 1_774_000_000_000_000 + Int64(minute) * 60_000_000))
        let event = EventsV1.Event(
            metadata: ObjectMeta(name: "\(name).\(minute)", namespace: namespace),
            eventTime: time,
            series: series.map { EventsV1.EventSeries(count: $0, lastObservedTime: time) },
            reportingController: "opencrane.io/operator",
            reportingInstance: "one",
            action: "Reconcile",
            reason: reason,
            regarding: CoreV1.ObjectReference(
                apiVersion: "v1",
                kind: kind,
                namespace: kind == "ClusterTenant" ? nil : namespace,
                name: name,
                uid: uid,
                resourceVersion: nil
            ),
            note: "\(reason) of \(name)",
            type: "Warning"
        )
        _ = try await stage.client.resource(EventsV1.Event.self, namespace: namespace).create(event)
    }

    private static func reasons(_ answer: Stage.Answer) -> [String] {
        (answer.body.arrayValue ?? []).compactMap { $0["reason"]?.stringValue }
    }

    @Test func aTenantsEventsAndThoseOfWhatItHas() async throws {
        try await ObjectStatusTests.withCustomers { stage in
            let namespaces = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
            let target = "opencrane-corp"
            _ = try await stage.client.dynamic(namespaces).create(
                DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(target)]])
            )
            try await stage.report("mia", ["phase": "Running", "targetNamespace": .string(target)])
            let mia = try #require(try await stage.object(.tenant, "mia")?.metadata.uid)
            try await Self.record(stage, "Tenant", "mia", uid: "of an earlier one", minute: 1, reason: "Old")
            try await Self.record(stage, "Tenant", "mia", uid: mia, minute: 5, reason: "PolicyNotFound", series: 7)
            try await Self.record(stage, "Deployment", "openclaw-mia", in: target, minute: 2, reason: "ScalingReplicaSet")
            try await Self.record(stage, "Pod", "openclaw-mia-6b8f7c9d4-x2x4z", in: target, minute: 4, reason: "BackOff")
            try await Self.record(stage, "PersistentVolumeClaim", "openclaw-mia-state", in: target, minute: 3, reason: "Provisioning")
            // Another's, although it begins alike; and one of the name in another namespace.
            try await Self.record(stage, "Pod", "openclaw-mia-b-6b8f7c9d4-x2x4z", in: target, minute: 4, reason: "NotTheirs")
            try await Self.record(stage, "Deployment", "openclaw-mia", minute: 4, reason: "Elsewhere")

            let answer = try await stage.send(.GET, "/tenants/mia/events")
            #expect(answer.status == 200, "\(answer.body.text())")
            #expect(Self.reasons(answer) == ["ScalingReplicaSet", "Provisioning", "BackOff", "PolicyNotFound"])
            #expect(
                answer.body[3] == [
                    "time": "2026-03-20T09:51:40Z", "type": "Warning", "reason": "PolicyNotFound", "message": "PolicyNotFound of mia",
                    "count": 7, "object": ["kind": "Tenant", "name": "mia", "namespace": "crane"], "source": "opencrane.io/operator",
                ]
            )
            #expect(Self.reasons(try await stage.send(.GET, "/tenants/mia/events?limit=2")) == ["BackOff", "PolicyNotFound"])
            #expect(try await stage.send(.GET, "/tenants/mia/events?limit=0").status == 422)
            #expect(Self.reasons(try await stage.send(.GET, "/tenants/leo/events")) == [])
        }
    }

    @Test func whatAnEarlierTenantOfTheNameHadIsNotTheNewOnes() async throws {
        try await ObjectStatusTests.withCustomers { stage in
            let target = Stage.namespace
            for (kind, name) in [
                ("Deployment", "openclaw-ann"), ("Pod", "openclaw-ann-6b8f7c9d4-x2x4z"), ("PersistentVolumeClaim", "openclaw-ann-state"),
            ] {
                try await Self.record(stage, kind, name, in: target, minute: 1, reason: "OfTheFormer")
            }
            try await Task.sleep(for: .milliseconds(1_100))  // wait: Kubernetes tells creations by the second
            try await stage.makeRunning("ann", ["clusterTenantRef": "corp", "policyRef": "base"])
            // The clock of whoever reports may be wrong.
            try await Self.record(stage, "Pod", "openclaw-ann-6b8f7c9d4-n5w6q", in: target, minute: 0, reason: "OfHers")
            let answer = try await stage.send(.GET, "/tenants/ann/events")
            #expect(answer.status == 200 && Self.reasons(answer) == ["OfHers"], "\(answer.body.text())")
        }
    }

    @Test func whoLooksThroughAPartSaysSo() async throws {
        try await ObjectStatusTests.withCustomers { stage in
            let mia = try #require(try await stage.object(.tenant, "mia")).json.decode(Tenant.self)
            for minute in 1...5 {
                try await Self.record(stage, "Pod", "openclaw-mia-6b8f7c9d4-x2x4z", minute: minute, reason: "Event\(minute)")
            }
            for (most, isIncomplete) in [(4, true), (6, false)] {
                let events = ObjectEvents(client: stage.planeClient, limit: .seconds(60), pageSize: 2, mostRead: most)
                let found = try await events.about(mia, most: 100)
                #expect(found.isIncomplete == isIncomplete && found.events.count == min(most, 5), "\(found)")
            }
            #expect(try await stage.send(.GET, "/tenants/mia/events").headers.first(name: "X-Incomplete") == nil)
        }
    }

    @Test func thoseOfAPolicyAndACustomer() async throws {
        try await ObjectStatusTests.withCustomers { stage in
            let base = try #require(try await stage.object(.accessPolicy, "base")?.metadata.uid)
            let corp = try #require(try await stage.object(.clusterTenant, "corp")?.metadata.uid)
            try await Self.record(stage, "AccessPolicy", "base", uid: base, minute: 1, reason: "PartlyEnforced")
            // What has no namespace is told of in this one.
            try await Self.record(stage, "ClusterTenant", "corp", uid: corp, in: "default", minute: 1, reason: "NamespaceConflict")
            #expect(Self.reasons(try await stage.send(.GET, "/policies/base/events")) == ["PartlyEnforced"])
            let customer = try await stage.send(.GET, "/cluster-tenants/corp/events")
            #expect(Self.reasons(customer) == ["NamespaceConflict"])
            #expect(customer.body[0]?["object"] == ["kind": "ClusterTenant", "name": "corp"])

            let admin = try await ObjectStatusTests.token(stage, [.customerAdmin], organization: "corp")
            for path in ["/tenants/mia", "/policies/base", "/cluster-tenants/corp"] {
                #expect(try await stage.send(.GET, path + "/events", token: admin).status == 200)
            }
            for path in ["/tenants/leo", "/policies/theirs", "/cluster-tenants/other"] {
                #expect(try await stage.send(.GET, path + "/events", token: admin).status == 404, "\(path)")
            }
        }
    }

    @Test func whatIsNotThereAndKubernetesThatIsAwayOrRefuses() async throws {
        try await ObjectStatusTests.withCustomers { stage in
            let paths = ["/tenants/mia/events", "/policies/base/events", "/cluster-tenants/corp/events"]
            for path in ["/tenants/none/events", "/policies/none/events", "/cluster-tenants/none/events"] {
                #expect(try await stage.send(.GET, path).status == 404, "\(path)")
            }
            let broken = stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "list", resource: "events"), action: .status(503), times: nil)
            )
            for path in paths {
                let answer = try await stage.send(.GET, path)
                #expect(answer.status == 503 && answer.code == "KUBERNETES_UNAVAILABLE", "\(path): \(answer.body.text())")
            }
            stage.cluster.faults.remove(broken)
            // A role that does not have the right yet, as during an upgrade.
            let refused = stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "list", resource: "events"), action: .status(403), times: nil)
            )
            for path in paths {
                let answer = try await stage.send(.GET, path)
                #expect(answer.status == 502 && answer.code == "UPSTREAM_ERROR", "\(path): \(answer.body.text())")
            }
            stage.cluster.faults.remove(refused)
            // Only those of the namespace with the workload are refused: the tenant's own are told.
            try await stage.report("mia", ["phase": "Running", "targetNamespace": "elsewhere"])
            let uid = try #require(try await stage.object(.tenant, "mia")?.metadata.uid)
            try await Self.record(stage, "Tenant", "mia", uid: uid, minute: 1, reason: "Own")
            _ = stage.cluster.faults.add(
                Fault(match: RequestMatch(verb: "list", resource: "events", namespace: "elsewhere"), action: .status(403), times: nil)
            )
            #expect(Self.reasons(try await stage.send(.GET, paths[0])) == ["Own"])
        }
    }

    @Test func olderEventsAreRead() throws {
        let older = DynamicObject([
            "metadata": ["name": "e", "namespace": "n", "creationTimestamp": "2026-01-01T00:00:00Z"],
            "regarding": ["kind": "Pod", "name": "p", "namespace": "n"], "reason": "BackOff", "note": "again", "type": "Warning",
            "deprecatedCount": 12, "deprecatedLastTimestamp": "2026-01-01T00:10:00Z", "deprecatedFirstTimestamp": "2026-01-01T00:00:00Z",
            "deprecatedSource": ["component": "kubelet"], "reportingController": "",
        ])
        let (view, time) = try #require(ObjectEventView.read(older))
        #expect(view.count == 12 && view.source == "kubelet" && view.time == "2026-01-01T00:10:00Z" && time.description == view.time)
        #expect(ObjectEventView.read(DynamicObject(["metadata": ["name": "e"], "reason": "r"])) == nil)
    }

    @Test func eventsBelongToATenantSinceItIsThere() {
        func event(_ time: JSON) -> DynamicObject { DynamicObject(["metadata": ["name": "e", "creationTimestamp": time]]) }
        let created = Timestamp(parsing: "2026-01-01T00:00:10Z")
        #expect(ObjectEvents.isSince(created, event("2026-01-01T00:00:10Z")))
        #expect(ObjectEvents.isSince(created, event("2026-01-01T00:10:00Z")))
        #expect(!ObjectEvents.isSince(created, event("2026-01-01T00:00:09Z")))
        #expect(!ObjectEvents.isSince(created, event(.null)) && !ObjectEvents.isSince(nil, event("2026-01-01T00:00:10Z")))
    }

    @Test func podsAreKnownByWhatKubernetesNamesThem() {
        for name in ["openclaw-mia-6b8f7c9d4-x2x4z", "openclaw-mia-7d9c5b8f64-x2x4z", "openclaw-mia-5-bcdfg"] {
            #expect(ObjectEvents.isPod(name, of: "openclaw-mia"), "\(name)")
        }
        for name in [
            "openclaw-mia", "openclaw-mia-state", "openclaw-mia-b-6b8f7c9d4-x2x4z", "openclaw-miax-6b8f7c9d4-x2x4z",
            // Those of tenants that are called mia-anna, mia-7d9c5b8f6424 and mia-6b8f7c9d4, or of nobody.
            "openclaw-mia-anna-x2x4z", "openclaw-mia-7d9c5b8f6424-x2x4z", "openclaw-mia-6b8f7c9d4-x2x4z-x2x4z",
            "openclaw-mia-6b8f7c9d4-x2x4", "openclaw-mia-6b8f7c9d4-x2xaz", "openclaw-mia--x2x4z", "openclaw-mia-x2x4z",
        ] {
            #expect(!ObjectEvents.isPod(name, of: "openclaw-mia"), "\(name)")
        }
        // Long names: 58 characters and five more.
        for length in 30...50 {
            let deployment = TenantNames(tenant: String(repeating: "a", count: length)).deployment
            for hash in ["6b8f7c9d4", "7d9c5b8f64"] {
                let pod = String("\(deployment)-\(hash)-".prefix(58)) + "x2x4z"
                #expect(ObjectEvents.isPod(pod, of: deployment) == (length <= 48), "\(pod)")
            }
            // A longer one that begins alike, of the letters of a hash or of others.
            for more in ["bcd", "a", "-anna", "-bcdfghjklmnp"] where length + more.count <= 50 {
                let other = TenantNames(tenant: String(repeating: "a", count: length) + more).deployment
                let pod = String("\(other)-7d9c5b8f64-".prefix(58)) + "x2x4z"
                #expect(!ObjectEvents.isPod(pod, of: deployment), "\(pod)")
            }
        }
    }
}

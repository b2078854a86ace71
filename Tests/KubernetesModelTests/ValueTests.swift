import Foundation
import JSONValue
import KubernetesModel
import Testing

@Suite("Quantities, times, conditions")
struct ValueTests {
    @Test(
        "Quantities have a canonical text",
        arguments: [
            ("0", "0"), ("1", "1"), ("1000m", "1"), ("1500m", "1500m"), ("1.5", "1500m"), ("0.5Gi", "512Mi"), ("1024Ki", "1Mi"),
            ("1Ki", "1Ki"),
            ("512", "512"), ("2000", "2k"), ("1e3", "1e3"), ("1E3", "1e3"), ("1e-3", "1e-3"), ("1E", "1E"), ("100M", "100M"),
            ("-5m", "-5m"), ("+2", "2"),
            (".5", "500m"), ("5.", "5"), ("0.0000000001", "1n"), ("1u", "1u"), ("1500Mi", "1500Mi"), ("0.1Ki", "102400m"), ("8Ei", "8Ei"),
        ]
    )
    func quantity(text: String, canonical: String) throws {
        let quantity = try Quantity(parsing: text)
        #expect(quantity.description == canonical)
        #expect(try Quantity(parsing: canonical) == quantity)
    }

    @Test(
        "What is no quantity is refused",
        arguments: ["", "x", "1x", "1 Gi", "Gi", "-", ".", "1ki", "1K", "1.2.3", "1e", "1e99", "0x10", "١"]
    )
    func refusedQuantity(text: String) {
        let error = #expect(throws: QuantityError.self) { try Quantity(parsing: text) }
        #expect(error?.text == text)
    }

    @Test("Quantities compare by amount and are read from numbers too")
    func comparing() throws {
        #expect(try Quantity(parsing: "1Gi") > Quantity(parsing: "1G"))
        #expect(try Quantity(parsing: "1") == Quantity(parsing: "1000m"))
        #expect(try JSON.integer(2).decode(Quantity.self) == Quantity(2))
        #expect(try JSON.number(0.5).decode(Quantity.self) == Quantity(milli: 500))
        #expect(try Quantity(parsing: "1100m").roundedUp == 2)
        #expect(throws: DecodingError.self) { try JSON.string("much").decode(Quantity.self) }
    }

    @Test("Times are read and written as RFC 3339", arguments: [0, 1_700_000_000, -1, 951_782_400, 4_102_444_800, 1_709_164_800])
    func times(seconds: Int64) throws {
        let time = Timestamp(microseconds: seconds * 1_000_000)
        #expect(time.description == Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601))
        #expect(Timestamp(parsing: time.description) == time)
    }

    @Test("Fractions and offsets of times")
    func timeForms() {
        #expect(Timestamp(microseconds: -62_135_596_800_000_000).description == "0001-01-01T00:00:00Z")
        #expect(Timestamp(parsing: "2026-01-02T03:04:05.678901Z")?.description == "2026-01-02T03:04:05.678901Z")
        #expect(Timestamp(parsing: "2026-01-02T03:04:05.5+01:30")?.microTime == "2026-01-02T01:34:05.500000Z")
        #expect(Timestamp(parsing: "2026-01-02T03:04:05.1234567891Z")?.microTime == "2026-01-02T03:04:05.123456Z")
        #expect(Timestamp(microseconds: -1).wholeSeconds.description == "1969-12-31T23:59:59Z")
        for bad in [
            "", "2026", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-1-01T00:00:00Z",
        ] {
            #expect(Timestamp(parsing: bad) == nil, "\(bad)")
        }
    }

    @Test("A condition keeps its transition time until its status changes")
    func conditions() {
        var conditions: [Condition] = []
        let start = Timestamp(microseconds: 1_000_000_500_000)
        let later = start.advanced(bySeconds: 60)
        let change1 = conditions.set("Ready", status: .false, reason: "Starting", message: "m", observedGeneration: 1, now: start)
        #expect(change1)
        #expect(conditions.condition("Ready")?.lastTransitionTime == start.wholeSeconds)
        let change2 = conditions.set("Ready", status: .false, reason: "Starting", message: "m", observedGeneration: 1, now: later)
        #expect(!change2)
        let change3 = conditions.set("Ready", status: .false, reason: "Waiting", message: "m", observedGeneration: 2, now: later)
        #expect(change3)
        #expect(conditions.condition("Ready")?.lastTransitionTime == start.wholeSeconds)
        let change4 = conditions.set("Ready", status: .true, reason: "Done", message: "m", observedGeneration: 2, now: later)
        #expect(change4)
        #expect(conditions.condition("Ready")?.lastTransitionTime == later.wholeSeconds)
        #expect(conditions.isTrue("Ready") && !conditions.isTrue("Other"))
        let removed = [conditions.remove("Ready"), conditions.remove("Ready")]
        #expect(removed == [true, false])
    }
}

@Suite("Objects")
struct ObjectTests {
    @Test("Metadata writes only what is there and survives a round trip")
    func metadata() throws {
        #expect(try JSON(encoding: ObjectMeta(name: "a")) == ["name": "a"])
        let json: JSON = [
            "name": "a", "namespace": "b", "uid": "u", "resourceVersion": "7", "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": ["x": "y"], "finalizers": ["f/g"],
            "ownerReferences": [["apiVersion": "v1", "kind": "K", "name": "n", "uid": "o", "controller": true]],
            "managedFields": [["manager": "m"]],
        ]
        let metadata = try json.decode(ObjectMeta.self)
        #expect(try JSON(encoding: metadata) == json)
        #expect(metadata.controller?.name == "n" && !metadata.isBeingDeleted)
    }

    @Test("A dynamic object keeps what metadata does not know")
    func dynamicObject() throws {
        var object = DynamicObject([
            "apiVersion": "v1", "kind": "X", "metadata": ["name": "a", "namespace": "n", "selfLink": "/s"], "spec": ["a": 1],
        ])
        #expect(object.key == ObjectKey(namespace: "n", name: "a"))
        object.metadata.labels = ["l": "1"]
        object.metadata.namespace = nil
        #expect(object.json["metadata"] == ["name": "a", "selfLink": "/s", "labels": ["l": "1"]])
        #expect(try JSON(encoding: object) == object.json)
        #expect(try object.json.decode(DynamicObject.self) == object)
    }

    @Test("Resources know their paths")
    func paths() {
        let pods = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods", isNamespaced: true)
        #expect(pods.path(namespace: "a") == "/api/v1/namespaces/a/pods")
        #expect(pods.path(namespace: nil) == "/api/v1/pods")
        let roles = ResourceType(
            group: "rbac.authorization.k8s.io",
            version: "v1",
            kind: "ClusterRole",
            plural: "clusterroles",
            isNamespaced: false
        )
        #expect(
            roles.path(namespace: "ignored", name: "r", subresource: "status") == "/apis/rbac.authorization.k8s.io/v1/clusterroles/r/status"
        )
        #expect(GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment").group == "apps")
        #expect(GroupVersionKind(apiVersion: "v1", kind: "Pod").apiVersion == "v1")
        #expect(ObjectKey(namespace: "", name: "a") == ObjectKey(name: "a"))
        #expect(
            [ObjectKey(namespace: "b", name: "a"), ObjectKey(namespace: "a", name: "z"), ObjectKey(name: "q")].sorted().map(\.description)
                == ["q", "a/z", "b/a"]
        )
    }

    @Test("A status is read from a bare failure")
    func status() throws {
        let json: JSON = [
            "status": "Failure", "reason": "Invalid", "code": 422,
            "details": ["causes": [["field": "spec.size", "reason": "FieldValueRequired"]]],
        ]
        let status = try json.decode(Status.self)
        #expect(status.details?.causes?.first?.field == "spec.size" && status.code == 422 && status.kind == "Status")
    }
}

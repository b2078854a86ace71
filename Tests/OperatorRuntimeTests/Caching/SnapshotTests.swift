import JSONValue
import KubernetesModel
import Testing

@testable import OperatorRuntime

@Suite struct SnapshotTests {
    private typealias Snapshot = StoreSnapshot<CoreV1.ConfigMap>

    private func entry(_ name: String, _ version: Int, uid: String? = nil, label: String = "x") -> (ObjectKey, Snapshot.Entry) {
        var object = CoreV1.ConfigMap(metadata: ObjectMeta(name: name, namespace: "n", labels: ["app": label]))
        object.metadata.resourceVersion = String(version)
        object.metadata.uid = uid ?? "uid-\(name)"
        return (object.key, Snapshot.Entry(object: object, version: String(version), uid: object.metadata.uid ?? ""))
    }

    private func commit(_ entries: [(ObjectKey, Snapshot.Entry)], _ snapshot: inout Snapshot, version: String = "1") -> [String] {
        var builder = SnapshotBuilder<CoreV1.ConfigMap>()
        for (key, entry) in entries { builder.add(key, entry) }
        return builder.commit(to: &snapshot, version: version).map { event in
            switch event {
            case .added(let object, let isInitial): "added \(object.metadata.name) \(isInitial)"
            case .updated(let old, let new, _):
                "updated \(new.metadata.name) \(old.metadata.resourceVersion ?? "")-\(new.metadata.resourceVersion ?? "")"
            case .deleted(let object): "deleted \(object.metadata.name)"
            }
        }
    }

    @Test func differencesOfTwoListsBecomeEvents() {
        var snapshot = Snapshot(indexes: [.byLabel("app")])
        let keep = entry("keep", 1)
        #expect(commit([keep, entry("change", 1), entry("go", 1), entry("replace", 1)], &snapshot).allSatisfy { $0.hasSuffix("true") })
        #expect(snapshot.hasSynced)
        let events = commit(
            [keep, entry("change", 2, label: "y"), entry("come", 3), entry("replace", 4, uid: "new")],
            &snapshot,
            version: "9"
        )
        #expect(events == ["deleted go", "updated change 1-2", "added come false", "deleted replace", "added replace false"])
        #expect(snapshot.resourceVersion == "9")
        #expect(snapshot.objects(index: "label:app", value: "y").map(\.metadata.name) == ["change"])
        #expect(snapshot.objects(index: "label:app", value: "x").map(\.metadata.name) == ["come", "keep", "replace"])
        #expect(snapshot.objects(index: "missing", value: "x").isEmpty)
    }

    @Test func indexesFollowTheObjects() {
        var snapshot = Snapshot(indexes: [.byLabel("app"), .byNamespace])
        let (key, first) = entry("a", 1, label: "x")
        snapshot.set(key, first)
        snapshot.set(key, entry("a", 2, label: "y").1)
        #expect(snapshot.objects(index: "label:app", value: "x").isEmpty)
        #expect(snapshot.objects(inNamespace: "n").count == 1)
        _ = snapshot.remove(key)
        #expect(snapshot.objects(index: "label:app", value: "y").isEmpty)
        #expect(snapshot.objects(inNamespace: "n").isEmpty)
        #expect(snapshot.count == 0)
    }

    @Test func aSnapshotDoesNotChange() {
        let store = Store<CoreV1.ConfigMap>()
        let (key, first) = entry("a", 1)
        store.update { _ = $0.set(key, first) }
        let before = store.snapshot
        store.update { _ = $0.set(key, entry("a", 2).1) }
        store.update { _ = $0.set(entry("b", 3).0, entry("b", 3).1) }
        #expect(before[key]?.metadata.resourceVersion == "1")
        #expect(before.count == 1)
        #expect(store[key]?.metadata.resourceVersion == "2")
        #expect(store.count == 2)
    }

    @Test func predicates() {
        func object(_ generation: Int64?, labels: [String: String] = [:]) -> CoreV1.ConfigMap {
            var result = CoreV1.ConfigMap(metadata: ObjectMeta(name: "a", labels: labels))
            result.metadata.generation = generation
            return result
        }
        let same = InformerEvent.updated(old: object(1), new: object(1, labels: ["a": "b"]), isResync: false)
        let changed = InformerEvent.updated(old: object(1), new: object(2), isResync: false)
        let generation = Predicate<CoreV1.ConfigMap>.generationChanged
        #expect(!generation.matches(same))
        #expect(generation.matches(changed))
        #expect(generation.matches(.deleted(object(1))))
        #expect(generation.matches(.updated(old: object(nil), new: object(nil), isResync: false)))
        var going = object(1)
        going.metadata.deletionTimestamp = Timestamp(microseconds: 5)
        #expect(generation.matches(.updated(old: object(1), new: going, isResync: false)))
        #expect(generation.or(.labelsChanged).matches(same))
        #expect(!generation.and(.labelsChanged).matches(changed))
        #expect(generation.not.matches(same))
        #expect(generation.matches(.updated(old: object(1), new: object(1), isResync: true)))
    }

    @Test func transformsDropOwners() {
        var object = CoreV1.ConfigMap(metadata: ObjectMeta(name: "a"))
        object.metadata.managedFields = [["manager": "m"], ["manager": "o"]]
        var dynamic = DynamicObject(["metadata": ["name": "a", "managedFields": [["manager": "m"], ["manager": "o"]]]])
        Transforms.keepManagedFields(of: "m")(&object)
        Transforms.keepManagedFields(of: "m")(&dynamic)
        #expect(object.metadata.managedFields == [["manager": "m"]])
        #expect(dynamic.metadata.managedFields == [["manager": "m"]])
        Transforms.dropManagedFields(&object)
        Transforms.dropManagedFields(&dynamic)
        #expect(object.metadata.managedFields.isEmpty)
        #expect(dynamic.json == ["metadata": ["name": "a"]])
    }
}

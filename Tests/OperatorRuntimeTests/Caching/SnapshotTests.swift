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

    /// Lists that replace everything leave nothing of what they replaced in memory.
    @Test func whatIsReplacedIsLetGo() {
        struct Former { weak var entry: Snapshot.Entry? }
        let store = Store<CoreV1.ConfigMap>(indexes: [.byLabel("app"), .byNamespace])
        var former: [Former] = []
        for generation in 1...4 {
            var builder = SnapshotBuilder<CoreV1.ConfigMap>()
            var made: [Former] = []
            for number in 0..<200 {
                let (key, entry) = entry("c\(number)", generation, label: "g\(generation)")
                made.append(Former(entry: entry))
                builder.add(key, entry)
            }
            let count = store.update { builder.commit(to: &$0, version: "\(generation)").count }
            #expect(count == 200)
            builder = SnapshotBuilder()
            #expect(former.allSatisfy { $0.entry == nil }, "generation \(generation)")
            #expect(made.allSatisfy { $0.entry != nil })
            former = made
        }
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

    @Test func optionsForAnApplierKeepItsFieldsAndOnesOwnTransform() {
        var stored = CoreV1.ConfigMap(metadata: ObjectMeta(name: "a"), data: ["large": "…"])
        stored.metadata.managedFields = [["manager": "m"], ["manager": "o"]]
        let options = InformerOptions<CoreV1.ConfigMap>(labelSelector: "a=b").applied(by: "m")
        var object = stored
        options.transform(&object)
        #expect(object.metadata.managedFields == [["manager": "m"]] && object.data == ["large": "…"])
        #expect(options.labelSelector == "a=b" && options.name == "applied by m" && options.hasOwnTransform)
        var own = stored
        InformerOptions<CoreV1.ConfigMap>(transform: { $0.data = nil }, name: "light").applied(by: "m").transform(&own)
        #expect(own.metadata.managedFields == [["manager": "m"]] && own.data == nil)
    }
}

/// What single events do to a store.
@Suite struct SnapshotEventTests {
    private typealias Snapshot = StoreSnapshot<CoreV1.ConfigMap>

    private func entry(_ version: Int, uid: String = "u") -> Snapshot.Entry {
        var object = CoreV1.ConfigMap(metadata: ObjectMeta(name: "a", namespace: "n"))
        object.metadata.resourceVersion = String(version)
        object.metadata.uid = uid
        return Snapshot.Entry(object: object, version: String(version), uid: uid)
    }

    private let key = ObjectKey(namespace: "n", name: "a")

    private func snapshot(_ entry: Snapshot.Entry? = nil, reached: String = "10") -> Snapshot {
        var snapshot = Snapshot(indexes: [])
        snapshot.resourceVersion = reached
        if let entry { snapshot.set(key, entry) }
        return snapshot
    }

    private func told(_ events: [InformerEvent<CoreV1.ConfigMap>]) -> [String] {
        events.map { event in
            let version = event.object.metadata.resourceVersion ?? ""
            return switch event {
            case .added: "added \(version)"
            case .updated: "updated \(version)"
            case .deleted: "deleted \(version)"
            }
        }
    }

    @Test func newsIsTaken() {
        var store = snapshot()
        #expect(told(store.upsert(key, uid: "u", entry(11))) == ["added 11"])
        #expect(told(store.upsert(key, uid: "u", entry(12))) == ["updated 12"])
        #expect(told(store.delete(key, uid: "u", version: "13", last: entry(13))) == ["deleted 13"])
        #expect(told(store.delete(key, uid: "u", version: "13", last: entry(13))) == [])
    }

    @Test func whatComesAgainChangesNothing() {
        var store = snapshot(entry(8))
        #expect(told(store.upsert(key, uid: "u", entry(8))) == [])
        #expect(told(store.upsert(key, uid: "u", entry(5))) == [])
        #expect(told(store.delete(key, uid: "u", version: "7", last: nil)) == [])
        #expect(told(store.delete(key, uid: "former", version: "8", last: nil)) == [])
        #expect(store[key]?.metadata.resourceVersion == "8")
        // Nor does it bring back what is gone, or an earlier object of the name.
        var empty = snapshot()
        #expect(told(empty.upsert(key, uid: "u", entry(9))) == [])
        #expect(told(store.upsert(key, uid: "former", entry(6, uid: "former"))) == [])
    }

    @Test func anotherObjectOfTheNameIsAnotherObject() {
        var store = snapshot(entry(8))
        #expect(told(store.upsert(key, uid: "new", entry(11, uid: "new"))) == ["deleted 8", "added 11"])
        // One that cannot be read ends the old one all the same.
        #expect(told(store.upsert(key, uid: "newer", nil)) == ["deleted 11"])
        var other = snapshot(entry(8))
        #expect(told(other.upsert(key, uid: "u", nil)) == [])
        #expect(other.count == 1)
        // Its end is told of what was known.
        #expect(told(other.delete(key, uid: "unseen", version: "12", last: entry(12, uid: "unseen"))) == ["deleted 8"])
    }

    @Test func versionsThatAreNoNumbersAreBelieved() {
        var store = snapshot(entry(8), reached: "text")
        let entry = Snapshot.Entry(object: entry(3).object, version: "other", uid: "u")
        #expect(store.upsert(key, uid: "u", entry).count == 1)
        #expect(store.delete(key, uid: "u", version: "", last: nil).count == 1)
    }
}

@Suite struct PendingEventsTests {
    private func object(_ uid: String, _ value: Int) -> Thing {
        var metadata = ObjectMeta(name: "a", namespace: "n")
        metadata.uid = uid
        return Thing(metadata: metadata, value: value)
    }

    private func told(_ events: [InformerEvent<Thing>]) -> [String] {
        var pending = PendingEvents<Thing>()
        for event in events { pending.add(event) }
        return pending.take(10).events.map { event in
            switch event {
            case .added(let object, let isInitial): "+\(object.metadata.uid ?? "")\(object.value)\(isInitial ? " initial" : "")"
            case .updated(let old, let new, let isResync): "\(old.value)>\(new.value)\(isResync ? " resync" : "")"
            case .deleted(let object): "-\(object.metadata.uid ?? "")\(object.value)"
            }
        }
    }

    @Test func eventsOfOneObjectBecomeOne() {
        let (first, second, third) = (object("a", 1), object("a", 2), object("a", 3))
        let other = object("b", 9)
        #expect(told([.added(first, isInitial: true)]) == ["+a1 initial"])
        #expect(told([.added(first, isInitial: true), .updated(old: first, new: second, isResync: false)]) == ["+a2"])
        #expect(told([.added(first, isInitial: false), .deleted(second)]) == [])
        #expect(
            told([.updated(old: first, new: second, isResync: false), .updated(old: second, new: third, isResync: false)]) == ["1>3"]
        )
        #expect(told([.updated(old: first, new: first, isResync: true)]) == ["1>1 resync"])
        #expect(told([.updated(old: first, new: first, isResync: true), .updated(old: first, new: second, isResync: false)]) == ["1>2"])
        #expect(told([.updated(old: first, new: second, isResync: false), .deleted(third)]) == ["-a3"])
        // It went and came again: as itself, as when it left the selection for a moment, or as another.
        #expect(told([.deleted(second), .added(third, isInitial: false)]) == ["2>3"])
        #expect(told([.deleted(second), .added(other, isInitial: false)]) == ["-a2", "+b9"])
        #expect(told([.deleted(second), .added(other, isInitial: false), .deleted(other)]) == ["-a2"])
        #expect(told([.added(first, isInitial: false), .deleted(first), .added(other, isInitial: false)]) == ["+b9"])
    }
}

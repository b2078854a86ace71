import JSONValue
import KubernetesModel
import Testing

@testable import OperatorRuntime

@Suite struct OwnedFieldsTests {
    private let owned: JSON = [
        "f:metadata": ["f:labels": [".": [:], "f:app": [:]]],
        "f:spec": [
            "f:replicas": [:], "f:strategy": [:], "f:finalizers": ["v:\"a\"": [:], "v:\"b\"": [:]],
            "f:containers": [
                "k:{\"name\":\"c\"}": [
                    ".": [:], "f:name": [:], "f:image": [:],
                    "f:ports": ["k:{\"containerPort\":80,\"protocol\":\"TCP\"}": [".": [:], "f:containerPort": [:]]],
                ]
            ],
        ],
    ]
    private let desired: JSON = [
        "apiVersion": "v1", "kind": "X", "metadata": ["name": "x", "namespace": "n", "labels": ["app": "y"]],
        "spec": [
            "replicas": 2, "strategy": ["type": "Recreate"], "finalizers": ["a", "b"],
            "containers": [["name": "c", "image": "i", "ports": [["containerPort": 80]]]],
        ],
    ]
    private let live: JSON = [
        "apiVersion": "v1", "kind": "X",
        "metadata": ["name": "x", "namespace": "n", "uid": "u", "resourceVersion": "5", "labels": ["app": "y", "other": "z"]],
        "spec": [
            "replicas": 2, "strategy": ["type": "Recreate"], "finalizers": ["b", "z", "a"], "paused": false,
            "containers": [
                ["name": "sidecar", "image": "s"],
                ["name": "c", "image": "i", "pullPolicy": "Always", "ports": [["containerPort": 80, "protocol": "TCP"]]],
            ],
        ],
        "status": ["ready": true],
    ]

    @Test func defaultsAndFieldsOfOthersDoNotMatter() {
        #expect(OwnedFields.isApplied(desired, live: live, owned: owned))
    }

    @Test(
        arguments: [
            (["spec", "replicas"], 3), (["spec", "strategy"], ["type": "RollingUpdate"]), (["metadata", "labels", "app"], "no"),
            (["spec", "finalizers"], ["a", "z"]), (["spec", "containers"], [["name": "c", "image": "other"]]), (["spec", "new"], true),
            (["metadata", "labels", "more"], "x"),
        ] as [([String], JSON)]
    )
    func aChangeOfWhatIsWantedIsSeen(path: [String], value: JSON) {
        var changed = desired
        changed[at: path] = value
        #expect(!OwnedFields.isApplied(changed, live: live, owned: owned))
    }

    @Test(arguments: [["spec", "replicas"], ["metadata", "labels", "app"], ["spec", "finalizers"], ["spec", "containers"], ["spec"]])
    func whatIsNotWantedAnyMoreIsSeen(path: [String]) {
        var changed = desired
        changed[at: path] = nil
        #expect(!OwnedFields.isApplied(changed, live: live, owned: owned))
    }

    @Test(
        arguments: [
            (["spec", "replicas"], 1), (["spec", "replicas"], nil), (["spec", "strategy"], ["type": "Recreate", "more": 1]),
            (["spec", "finalizers"], ["a"]), (["spec", "containers"], [["name": "sidecar"]]),
        ] as [([String], JSON?)]
    )
    func aChangeOfTheLiveObjectIsSeen(path: [String], value: JSON?) {
        var changed = live
        changed[at: path] = value
        #expect(!OwnedFields.isApplied(desired, live: changed, owned: owned))
    }

    @Test func aLostFieldIsSeen() {
        var lost = owned
        lost[at: ["f:spec", "f:replicas"]] = nil
        #expect(!OwnedFields.isApplied(desired, live: live, owned: lost))
    }

    @Test func theEntryOfTheManagerIsFound() {
        let entries: [JSON] = [
            ["manager": "m", "operation": "Update", "fieldsV1": ["f:a": [:]]],
            ["manager": "m", "operation": "Apply", "subresource": "status", "fieldsV1": ["f:b": [:]]],
            ["manager": "m", "operation": "Apply", "fieldsV1": ["f:c": [:]]],
        ]
        #expect(OwnedFields.fields(of: "m", in: entries) == ["f:c": [:]])
        #expect(OwnedFields.fields(of: "m", in: entries, subresource: "status") == ["f:b": [:]])
        #expect(OwnedFields.fields(of: "other", in: entries) == nil)
    }

    @Test func memorySkipsWhatWasApplied() throws {
        var memory = AppliedMemory(limit: 2)
        let subject = AppliedMemory.Subject(type: CoreV1.Pod.resourceType, key: ObjectKey(name: "x"))
        let (uid, version) = (live[at: ["metadata", "uid"]]?.stringValue, live[at: ["metadata", "resourceVersion"]]?.stringValue)
        // Nothing is known and the cache holds no owned fields: apply.
        #expect(!memory.isSettled(subject, desired: desired, uid: uid, version: version))
        #expect(memory.unchanged(subject, desired: desired, live: live, manager: "m") == nil)
        memory[subject] = AppliedMemory.record(desired: desired, answer: live, manager: "m")
        #expect(memory.unchanged(subject, desired: desired, live: live, manager: "m") != nil)
        #expect(memory.isSettled(subject, desired: desired, uid: uid, version: version))
        #expect(memory.isSettled(subject, desired: desired, uid: uid, version: "1", isBehind: true))
        // The cache is current and yet shows what is older: the cluster has gone back in time.
        #expect(!memory.isSettled(subject, desired: desired, uid: uid, version: "1"))
        #expect(!memory.isSettled(subject, desired: desired, uid: uid, version: "9"))
        #expect(!memory.isSettled(subject, desired: desired, uid: "another", version: version))
        #expect(!memory.isSettled(subject, desired: live, uid: uid, version: version))
        // Somebody wrote the status: the version differs, our fields do not.
        var newer = live
        newer[at: ["metadata", "resourceVersion"]] = "9"
        newer["status"] = ["ready": false]
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m")?.version == "9")
        // Somebody changed a field of ours.
        newer[at: ["spec", "replicas"]] = 7
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m") == nil)
        // The cache has not seen our write yet; when it has, the cluster has gone back in time.
        newer[at: ["metadata", "resourceVersion"]] = "4"
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m", isBehind: true) != nil)
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m") == nil)
        // Another object of that name.
        newer[at: ["metadata", "uid"]] = "v"
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m") == nil)
        // Something else is wanted.
        var other = desired
        other[at: ["spec", "replicas"]] = 3
        #expect(memory.unchanged(subject, desired: other, live: live, manager: "m") == nil)
    }

    @Test func memoryRecognisesItsWorkAfterARestart() {
        let memory = AppliedMemory(limit: 2)
        let subject = AppliedMemory.Subject(type: CoreV1.Pod.resourceType, key: ObjectKey(name: "x"))
        var withOwners = live
        withOwners[at: ["metadata", "managedFields"]] = [["manager": "m", "operation": "Apply", "fieldsV1": owned]]
        #expect(memory.unchanged(subject, desired: desired, live: withOwners, manager: "m") != nil)
        #expect(memory.unchanged(subject, desired: desired, live: withOwners, manager: "other") == nil)
    }

    @Test func atomicObjectsAreFound() {
        #expect(OwnedFields.atomicObjects(in: desired, owned: owned) == [["spec", "strategy"]])
        var foreign = live
        foreign[at: ["spec", "strategy", "more"]] = 1
        let atomic = OwnedFields.atomicObjects(in: desired, owned: owned)
        let before = OwnedFields.projection(of: live, on: desired, atomic: atomic)
        #expect(OwnedFields.projection(of: foreign, on: desired, atomic: atomic) != before)
        // A member of an object that is a map by keys is its owner's.
        foreign = live
        foreign[at: ["metadata", "labels", "foreign"]] = "x"
        #expect(OwnedFields.projection(of: foreign, on: desired, atomic: atomic) == before)
    }

    @Test func memorySeesForeignMembersOfAtomicObjectsAndLostFields() {
        var memory = AppliedMemory(limit: 2)
        let subject = AppliedMemory.Subject(type: CoreV1.Pod.resourceType, key: ObjectKey(name: "x"))
        func managed(_ fields: JSON) -> JSON { [["manager": "m", "operation": "Apply", "fieldsV1": fields]] }
        var answer = live
        answer[at: ["metadata", "managedFields"]] = managed(owned)
        memory[subject] = AppliedMemory.record(desired: desired, answer: answer, manager: "m")
        // Somebody put something into an object that is kept as one value; the cache drops who owns what.
        var newer = live
        newer[at: ["metadata", "resourceVersion"]] = "9"
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m") != nil)
        newer[at: ["spec", "strategy", "more"]] = 1
        #expect(memory.unchanged(subject, desired: desired, live: newer, manager: "m") == nil)
        // Somebody took a field over, with the same value.
        var taken = answer
        taken[at: ["metadata", "resourceVersion"]] = "9"
        #expect(memory.unchanged(subject, desired: desired, live: taken, manager: "m") != nil)
        var lost = owned
        lost[at: ["f:spec", "f:replicas"]] = nil
        taken[at: ["metadata", "managedFields"]] = managed(lost)
        #expect(memory.unchanged(subject, desired: desired, live: taken, manager: "m") == nil)
        taken[at: ["metadata", "managedFields"]] = [["manager": "other", "operation": "Update", "fieldsV1": owned]]
        #expect(memory.unchanged(subject, desired: desired, live: taken, manager: "m") == nil)
    }

    @Test func finalizerSteps() {
        var metadata = ObjectMeta(name: "x")
        #expect(Finalization.step(for: metadata, finalizer: "f") == .add)
        metadata.finalizers = ["f"]
        #expect(Finalization.step(for: metadata, finalizer: "f") == .apply)
        metadata.deletionTimestamp = Timestamp(microseconds: 1)
        #expect(Finalization.step(for: metadata, finalizer: "f") == .cleanup)
        metadata.finalizers = ["other"]
        #expect(Finalization.step(for: metadata, finalizer: "f") == .ignore)
    }
}

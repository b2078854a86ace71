import JSONValue
import Testing

@testable import LocalCluster

@Suite struct StrategicMergeTests {
    private func pod(_ spec: JSON) -> JSON { ["spec": spec] }

    private func merge(_ live: JSON, _ patch: JSON, _ type: String = "Pod") throws -> JSON {
        try StrategicMergePatch.apply(patch, to: live, typeName: type)
    }

    @Test func containersMergeByNameAndNewElementsComeFirst() throws {
        let live = pod([
            "containers": [["name": "one", "image": "a", "env": [["name": "A", "value": "1"]]], ["name": "two", "image": "b"]]
        ])
        let patch = pod(["containers": [["name": "one", "image": "c", "env": [["name": "B", "value": "2"]]]]])
        #expect(
            try merge(live, patch)
                == pod([
                    "containers": [
                        ["name": "one", "image": "c", "env": [["name": "B", "value": "2"], ["name": "A", "value": "1"]]],
                        ["name": "two", "image": "b"],
                    ]
                ])
        )
    }

    @Test func elementsAreDeletedByDirective() throws {
        let live = pod(["containers": [["name": "one"], ["name": "two"]]])
        #expect(try merge(live, pod(["containers": [["name": "one", "$patch": "delete"]]])) == pod(["containers": [["name": "two"]]]))
    }

    @Test func listsAreReplacedByDirective() throws {
        let live = pod(["containers": [["name": "one"], ["name": "two"]]])
        #expect(
            try merge(live, pod(["containers": [["name": "three"], ["$patch": "replace"]]])) == pod(["containers": [["name": "three"]]])
        )
    }

    @Test func objectsAreReplacedByDirective() throws {
        #expect(
            try merge(pod(["securityContext": ["runAsUser": 1]]), pod(["securityContext": ["$patch": "replace", "fsGroup": 2]]))
                == pod(["securityContext": ["fsGroup": 2]])
        )
    }

    @Test func orderIsSet() throws {
        let live = pod(["containers": [["name": "a"], ["name": "b"], ["name": "c"]]])
        let patch = pod([
            "$setElementOrder/containers": [["name": "c"], ["name": "b"], ["name": "a"]], "containers": [["name": "b", "image": "x"]],
        ])
        #expect(try merge(live, patch) == pod(["containers": [["name": "c"], ["name": "b", "image": "x"], ["name": "a"]]]))
        let only = pod(["$setElementOrder/containers": [["name": "b"], ["name": "a"]]])
        #expect(try merge(live, only) == pod(["containers": [["name": "b"], ["name": "a"], ["name": "c"]]]))
    }

    @Test func plainSetsMergeAndShrink() throws {
        let live: JSON = ["metadata": ["finalizers": ["a", "b"]]]
        #expect(try merge(live, ["metadata": ["finalizers": ["c", "a"]]]) == ["metadata": ["finalizers": ["a", "b", "c"]]])
        #expect(try merge(live, ["metadata": ["$deleteFromPrimitiveList/finalizers": ["a"]]]) == ["metadata": ["finalizers": ["b"]]])
    }

    @Test func atomicListsAreReplaced() throws {
        let live = pod(["tolerations": [["key": "a"]], "containers": [["name": "c", "args": ["x"]]]])
        let patch = pod(["tolerations": [["key": "b"]], "containers": [["name": "c", "args": ["y"]]]])
        #expect(try merge(live, patch) == pod(["tolerations": [["key": "b"]], "containers": [["name": "c", "args": ["y"]]]]))
    }

    @Test func keysAreRetained() throws {
        let live: JSON = ["spec": ["strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1]]]]
        let patch: JSON = ["spec": ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]]]
        #expect(try merge(live, patch, "Deployment") == ["spec": ["strategy": ["type": "Recreate"]]])
    }

    @Test func nullRemoves() throws {
        #expect(
            try merge(["metadata": ["labels": ["a": "1", "b": "2"]]], ["metadata": ["labels": ["a": .null]]]) == [
                "metadata": ["labels": ["b": "2"]]
            ]
        )
    }

    @Test func elementsNeedTheirKey() {
        #expect(throws: StrategicMergeError.self) { try merge(pod([:]), pod(["containers": [["image": "x"]]])) }
        #expect(throws: StrategicMergeError.self) { try merge(pod([:]), ["$patch": "mix"]) }
        #expect(throws: StrategicMergeError.self) { try merge(pod([:]), [1]) }
    }
}

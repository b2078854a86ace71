import JSONValue
import KubernetesModel
import Testing

@Suite("Patches")
struct PatchTests {
    /// The examples of RFC 7386, appendix A.
    static let mergeExamples: [(JSON, JSON, JSON)] = [
        (["a": "b"], ["a": "c"], ["a": "c"]), (["a": "b"], ["b": "c"], ["a": "b", "b": "c"]), (["a": "b"], ["a": .null], [:]),
        (["a": "b", "b": "c"], ["a": .null], ["b": "c"]), (["a": ["b"]], ["a": "c"], ["a": "c"]), (["a": "c"], ["a": ["b"]], ["a": ["b"]]),
        (["a": ["b": "c"]], ["a": ["b": "d", "c": .null]], ["a": ["b": "d"]]), (["a": [["b": "c"]]], ["a": [1]], ["a": [1]]),
        (["a", "b"], ["c", "d"], ["c", "d"]), (["a": "b"], ["c"], ["c"]), (["a": "foo"], .null, .null), (["a": "foo"], "bar", "bar"),
        (["e": .null], ["a": 1], ["e": .null, "a": 1]), ([1, 2], ["a": "b", "c": .null], ["a": "b"]),
        ([:], ["a": ["bb": ["ccc": .null]]], ["a": ["bb": [:]]]),
    ]

    @Test("Merge patch does the examples of RFC 7386", arguments: mergeExamples)
    func mergePatch(document: JSON, patch: JSON, expected: JSON) {
        #expect(MergePatch.apply(patch, to: document) == expected)
    }

    @Test("A difference applied gives the target, and equal documents differ by nothing")
    func mergeDiff() {
        let source: JSON = ["a": 1, "b": ["c": [1, 2], "d": "x"], "e": "gone", "f": ["g": 1]]
        let target: JSON = ["a": 1, "b": ["c": [2], "d": "x"], "f": [1], "h": ["i": 1]]
        let patch = MergePatch.diff(from: source, to: target)
        #expect(patch == ["b": ["c": [2]], "e": .null, "f": [1], "h": ["i": 1]])
        #expect(MergePatch.apply(patch, to: source) == target)
        #expect(MergePatch.diff(from: source, to: source) == [:])
    }

    /// Examples of RFC 6902, appendix A.
    static let patchExamples: [(JSON, JSON, JSON?)] = [
        (["foo": "bar"], [["op": "add", "path": "/baz", "value": "qux"]], ["baz": "qux", "foo": "bar"]),
        (["foo": ["bar", "baz"]], [["op": "add", "path": "/foo/1", "value": "qux"]], ["foo": ["bar", "qux", "baz"]]),
        (["baz": "qux", "foo": "bar"], [["op": "remove", "path": "/baz"]], ["foo": "bar"]),
        (["foo": ["bar", "qux", "baz"]], [["op": "remove", "path": "/foo/1"]], ["foo": ["bar", "baz"]]),
        (["baz": "qux", "foo": "bar"], [["op": "replace", "path": "/baz", "value": "boo"]], ["baz": "boo", "foo": "bar"]),
        (
            ["foo": ["bar": "baz", "waldo": "fred"], "qux": ["corge": "grault"]],
            [["op": "move", "from": "/foo/waldo", "path": "/qux/thud"]],
            ["foo": ["bar": "baz"], "qux": ["corge": "grault", "thud": "fred"]]
        ),
        (
            ["foo": ["all", "grass", "cows", "eat"]], [["op": "move", "from": "/foo/1", "path": "/foo/3"]],
            ["foo": ["all", "cows", "eat", "grass"]]
        ),
        (["baz": "qux"], [["op": "test", "path": "/baz", "value": "bar"]], nil),
        (["foo": "bar"], [["op": "add", "path": "/child", "value": ["grandchild": [:]]]], ["foo": "bar", "child": ["grandchild": [:]]]),
        (["foo": "bar"], [["op": "add", "path": "/baz/bat", "value": "qux"]], nil),
        (["/": 9, "~1": 10], [["op": "test", "path": "/~01", "value": 10]], ["/": 9, "~1": 10]),
        (["/": 9, "~1": 10], [["op": "test", "path": "/~01", "value": "10"]], nil),
        (["foo": ["bar"]], [["op": "add", "path": "/foo/-", "value": ["abc", "def"]]], ["foo": ["bar", ["abc", "def"]]]),
        (["foo": "bar"], [["op": "replace", "path": "", "value": 1]], 1),
        (["a": [1]], [["op": "copy", "from": "/a", "path": "/b"]], ["a": [1], "b": [1]]),
        (["a": [1]], [["op": "remove", "path": "/a/01"]], nil), (["a": [1]], [["op": "add", "path": "/a/3", "value": 1]], nil),
        (["a": [1]], [["op": "remove", "path": "/b"]], nil),
    ]

    @Test("JSON patch does the examples of RFC 6902", arguments: patchExamples)
    func jsonPatch(document: JSON, patch: JSON, expected: JSON?) throws {
        let patch = try JSONPatch(patch)
        if let expected {
            let result = try patch.apply(to: document)
            #expect(result == expected)
        } else {
            #expect(throws: JSONPatch.Failure.self) { try patch.apply(to: document) }
        }
    }

    @Test(
        "Malformed JSON patches are refused",
        arguments: [
            ["op": "add"], [["op": "add", "path": "a", "value": 1]], [["op": "add", "path": "/a"]], [["path": "/a"]],
            [["op": "move", "path": "/a"]], [["op": "jump", "path": "/a"]], [["op": "remove", "path": "/a~2"]],
        ]
            as [JSON]
    )
    func malformed(patch: JSON) {
        #expect(throws: JSONPatch.Failure.self) { try JSONPatch(patch) }
    }
}

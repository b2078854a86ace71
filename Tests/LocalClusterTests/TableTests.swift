import JSONValue
import Testing

@testable import LocalCluster

@Suite struct TableTests {
    private static let object: JSON = [
        "spec": ["size": 3, "names": ["a", "b"], "a.b": "dotted"],
        "status": ["conditions": [["type": "Ready", "status": "True"], ["type": "Synced", "status": "False"]]],
    ]

    @Test(arguments: [
        (".spec.size", ["3"]), ("{.spec.size}", ["3"]), (".spec.names[1]", ["b"]), (".spec.names[-1]", ["b"]),
        (".spec.names[*]", ["a", "b"]),
        (".status.conditions[?(@.type==\"Ready\")].status", ["True"]), (".status.conditions[?(@.type!='Ready')].status", ["False"]),
        (".spec['a.b']", ["dotted"]), (".spec.a\\.b", ["dotted"]), (".nothing.here", []), ("..type", ["Ready", "Synced"]),
    ])
    func pathsFindValues(path: String, wanted: [String]) throws {
        let found = try #require(JSONPath(path)).values(in: Self.object)
        #expect(found.map { $0.stringValue ?? $0.text() } == wanted)
    }

    @Test(arguments: [".spec[", ".spec[x]", ".", ".spec[?(size)]"])
    func brokenPathsAreRefused(path: String) {
        #expect(JSONPath(path) == nil)
    }

    @Test(
        arguments: [
            (-5, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (150, "2m30s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"),
            (10_800, "3h"),
            (12_600, "3h30m"), (28_800, "8h"), (172_800, "2d"), (180_000, "2d2h"), (691_200, "8d"), (63_072_000, "2y"),
            (64_000_000, "2y10d"),
        ] as [(Int64, String)]
    )
    func agesAreShort(seconds: Int64, text: String) {
        #expect(Age.text(seconds: seconds) == text)
    }

    @Test func versionsAreOrderedByStability() {
        let versions = ["v1alpha1", "other", "v1beta1", "v10", "v2", "v1", "v1beta2", "v11alpha2"]
        #expect(
            versions.sorted { APIVersionPriority($0) < APIVersionPriority($1) }
                == ["v10", "v2", "v1", "v1beta2", "v1beta1", "v11alpha2", "v1alpha1", "other"]
        )
    }

    @Test func mediaTypesAreNegotiated() throws {
        let table = try ResponseFormat.negotiate("application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
        #expect(table.shape == .table)
        #expect(try ResponseFormat.negotiate("application/vnd.kubernetes.protobuf,application/json").shape == .object)
        #expect(try ResponseFormat.negotiate("application/yaml").encoding == .yaml)
        #expect(throws: APIError.self) { try ResponseFormat.negotiate("application/vnd.kubernetes.protobuf") }
    }
}

import JSONValue
import KubernetesModel

/// The two forms of an event: that of `v1` and that of `events.k8s.io/v1`, which is stored.
enum EventConversion {
    /// The resource that events of both groups are stored as.
    static let storage = ResourceType(group: "events.k8s.io", version: "v1", kind: "Event", plural: "events", isNamespaced: true)

    private static let about = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]

    /// Field selectors of `v1`.
    static let coreFields =
        about.map { "involvedObject.\($0)" } + ["reason", "reportingComponent", "source", "type"]
    /// Field selectors of `events.k8s.io/v1`.
    static let eventFields = about.map { "regarding.\($0)" } + ["reason", "reportingController", "type"]

    /// Members that have different names: core, events.k8s.io.
    private static let names = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ]

    /// The stored form of an event of `v1`.
    static func toStored(_ core: JSON) -> JSON { renamed(core, names, apiVersion: "events.k8s.io/v1", typeName: "Event") }

    /// The `v1` form of a stored event.
    static func fromStored(_ stored: JSON) -> JSON { renamed(stored, names.map { ($1, $0) }, apiVersion: "v1", typeName: "CoreEvent") }

    private static func renamed(_ object: JSON, _ names: [(String, String)], apiVersion: String, typeName: String) -> JSON {
        guard case .object(let members) = object else { return object }
        var result = members
        for (from, _) in names { result[from] = nil }
        for (from, to) in names { result[to] = members[from] ?? result[to] }
        result["apiVersion"] = .string(apiVersion)
        var decoder = BuiltinDecoder()
        let types: [String: JSON] = ["apiVersion": .string(apiVersion), "kind": "Event"]
        guard let canonical = try? decoder.object(.object(result), typeName) else { return .object(result) }
        return .object((canonical.objectValue ?? [:]).merging(types) { $1 })
    }
}

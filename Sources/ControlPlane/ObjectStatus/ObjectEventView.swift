import HTTPOperations
import JSONValue
import KubernetesModel
import Schema

/// Something that happened to an object, as Kubernetes keeps it for a short time.
struct ObjectEventView: Codable, Sendable, Hashable, SchemaDescribing {
    var time: String
    var type: String
    var reason: String
    var message: String
    var count: Int
    var object: EventObjectView
    var source: String?

    static var schemaName: String? { "ObjectEvent" }
    static let schemaNotes: [String: SchemaNote] = [
        "time": SchemaNote("When it last happened (RFC 3339, UTC).", format: "date-time"),
        "type": "Normal, or Warning when somebody may have to do something.",
        "reason": "Why, in one word.",
        "message": "What happened, for people.",
        "count": SchemaNote("How often it happened.", minimum: 1),
        "object": "What it happened to.",
        "source": "Who says so; absent when that is not known.",
    ]
}

/// What an event is about.
struct EventObjectView: Codable, Sendable, Hashable, SchemaDescribing {
    var kind: String
    var name: String
    var namespace: String?

    static var schemaName: String? { "ObjectEventTarget" }
    static let schemaNotes: [String: SchemaNote] = [
        "kind": "Its kind.", "name": "Its name.", "namespace": "Its namespace; absent for what has none.",
    ]
}

/// Which events are asked for.
struct EventParameters: Decodable, Sendable, SchemaDescribing {
    var name: String
    var limit: Int

    static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote("Name of the object.", minLength: 1, maxLength: 253),
        "limit": SchemaNote("Most events; the newest ones.", default: 100, minimum: 1, maximum: 500),
    ]
}

extension ObjectEventView {
    /// Reads an event of `events.k8s.io/v1`, also one that was written in the older form.
    ///
    /// - Returns: the event with its time, for sorting; nil when it does not say what it is about or when.
    static func read(_ event: DynamicObject) -> (view: ObjectEventView, time: Timestamp)? {
        let json = event.json
        func text(_ path: String...) -> String? {
            json[at: path]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        let times = [
            text("series", "lastObservedTime"), text("deprecatedLastTimestamp"), text("eventTime"), text("deprecatedFirstTimestamp"),
        ]
        guard let kind = text("regarding", "kind"), let name = text("regarding", "name"),
            let time = times.lazy.compactMap({ $0.flatMap { Timestamp(parsing: $0) } }).first ?? event.metadata.creationTimestamp
        else { return nil }
        let count = json[at: ["series", "count"]]?.integerValue ?? json["deprecatedCount"]?.integerValue ?? 1
        let view = ObjectEventView(
            time: time.description,
            type: text("type") ?? "Normal",
            reason: text("reason") ?? "",
            message: text("note") ?? "",
            count: max(1, Int(clamping: count)),
            object: EventObjectView(kind: kind, name: name, namespace: text("regarding", "namespace")),
            source: text("reportingController") ?? text("deprecatedSource", "component")
        )
        return (view, time)
    }
}

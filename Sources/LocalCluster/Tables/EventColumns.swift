import JSONValue

/// The columns of events, which begin with their time instead of their name.
enum EventColumns {
    static let columns: [TableColumn] = [
        TableColumn(name: "Last Seen", type: "string", description: "Time when this event was last observed") { event, now in
            let times = [
                event["series"]?["lastObservedTime"], event["lastTimestamp"], event["deprecatedLastTimestamp"], event["eventTime"],
                event["metadata"]?["creationTimestamp"],
            ]
            let time = times.lazy.compactMap { $0 }.first { !$0.isNull }
            return BuiltinColumns.elapsed(time, now: now)
        },
        text("Type", "type"),
        text("Reason", "reason"),
        TableColumn(name: "Object", type: "string", description: "The object that this event is about") { event, _ in
            let object = event["involvedObject"] ?? event["regarding"] ?? [:]
            return .string("\((object["kind"]?.stringValue ?? "").lowercased())/\(object["name"]?.stringValue ?? "")")
        },
        TableColumn(name: "Subobject", type: "string", description: "A part of the object", priority: 1) { event, _ in
            (event["involvedObject"] ?? event["regarding"])?["fieldPath"] ?? ""
        },
        TableColumn(name: "Source", type: "string", description: "The component reporting this event", priority: 1) { event, _ in
            event["source"]?["component"] ?? event["reportingComponent"] ?? event["reportingController"] ?? ""
        },
        TableColumn(name: "Message", type: "string", description: "What happened") { event, _ in
            event["message"] ?? event["note"] ?? ""
        },
        TableColumn(name: "Count", type: "string", description: "How often it happened", priority: 1) { event, _ in
            event["series"]?["count"] ?? event["count"] ?? event["deprecatedCount"] ?? 1
        },
        TableColumn(name: "Name", type: "string", format: "name", description: TableText.builtinName, priority: 1) { event, _ in
            .string(ObjectFields.name(event))
        },
    ]

    private static func text(_ name: String, _ member: String) -> TableColumn {
        TableColumn(name: name, type: "string", description: name) { event, _ in event[member] ?? "" }
    }
}

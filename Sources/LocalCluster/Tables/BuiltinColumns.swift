import JSONValue
import KubernetesModel

/// The columns of the built-in kinds.
enum BuiltinColumns {
    typealias Cell = @Sendable (JSON) -> JSON

    static func columns(_ plural: String) -> [TableColumn] {
        let middle: [(String, Int, Cell)] =
            WorkloadColumns.columns(plural) ?? NetworkColumns.columns(plural) ?? ClusterColumns.columns(plural) ?? []
        if plural == "events" { return EventColumns.columns }
        var columns = [
            TableColumn(name: "Name", type: "string", format: "name", description: TableText.builtinName) { object, _ in
                .string(ObjectFields.name(object))
            }
        ]
        columns += middle.filter { $0.1 == 0 }.map { column(plural, $0.0, 0, $0.2) }
        columns.append(age)
        columns += middle.filter { $0.1 > 0 }.map { column(plural, $0.0, $0.1, $0.2) }
        return columns
    }

    private static func column(_ plural: String, _ name: String, _ priority: Int, _ cell: @escaping Cell) -> TableColumn {
        TableColumn(name: name, type: "string", description: ColumnDescriptions.text(plural, name), priority: priority) { object, _ in
            cell(object)
        }
    }

    static let age = TableColumn(name: "Age", type: "string", description: TableText.age) { object, now in
        elapsed(object["metadata"]?["creationTimestamp"], now: now)
    }

    /// The time since a timestamp, as an AGE column shows it.
    static func elapsed(_ timestamp: JSON?, now: Int64) -> JSON {
        guard let text = timestamp?.stringValue, let time = Timestamp(parsing: text) else { return "<unknown>" }
        return .string(Age.text(seconds: now - time.microseconds / 1_000_000))
    }

    /// The member at a dotted path as text; `missing` when there is none.
    static func text(_ object: JSON, _ path: String, missing: String = "") -> JSON {
        let text = ObjectFields.text(object, path: path)
        return .string(text.isEmpty ? missing : text)
    }

    static func number(_ object: JSON, _ path: String) -> JSON {
        object[at: path.split(separator: ".").map(String.init)] ?? 0
    }

    static func count(_ object: JSON, _ path: String) -> JSON {
        let value = object[at: path.split(separator: ".").map(String.init)]
        return .integer(Int64(value?.objectValue?.count ?? value?.arrayValue?.count ?? 0))
    }

    static func selector(_ object: JSON, _ path: String) -> JSON {
        guard let selector = object[at: path.split(separator: ".").map(String.init)] else { return "<none>" }
        let text = ResourceHandler.selectorText(selector)
        return .string(text.isEmpty ? "<none>" : text)
    }

    /// The names and the images of a pod template's containers.
    static func containers(_ object: JSON, _ member: String, path: [String] = ["spec", "template", "spec", "containers"]) -> JSON {
        .string((object[at: path]?.arrayValue ?? []).compactMap { $0[member]?.stringValue }.joined(separator: ","))
    }
}

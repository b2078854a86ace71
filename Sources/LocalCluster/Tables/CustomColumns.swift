import JSONValue
import KubernetesModel

/// The columns of a custom resource: the name, then what the definition says, or the age when it says nothing.
enum CustomColumns {
    static func columns(_ printerColumns: [JSON]) -> [TableColumn] {
        var columns = [name]
        let wanted: [JSON] =
            printerColumns.isEmpty
            ? [
                [
                    "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp",
                    "description": .string(TableText.age),
                ]
            ] : printerColumns
        for column in wanted { columns.append(self.column(column)) }
        return columns
    }

    private static var name: TableColumn {
        TableColumn(name: "Name", type: "string", format: "name", description: TableText.name) { object, _ in
            .string(ObjectFields.name(object))
        }
    }

    private static func column(_ definition: JSON) -> TableColumn {
        let type = definition["type"]?.stringValue ?? "string"
        let text = definition["jsonPath"]?.stringValue ?? ""
        let path = JSONPath(text)
        return TableColumn(
            name: definition["name"]?.stringValue ?? "",
            type: type,
            format: definition["format"]?.stringValue ?? "",
            description: definition["description"]?.stringValue ?? "Custom resource definition column (in JSONPath format): \(text)",
            priority: Int(definition["priority"]?.integerValue ?? 0)
        ) { object, now in
            guard let values = path?.values(in: object), !values.isEmpty else { return .null }
            return cell(values, type: type, now: now)
        }
    }

    private static func cell(_ values: [JSON], type: String, now: Int64) -> JSON {
        switch type {
        case "integer": return values[0].integerValue.map { .integer($0) } ?? .null
        case "number": return values[0].numberValue == nil ? .null : values[0]
        case "boolean": return values[0].boolValue == nil ? .null : values[0]
        case "date":
            guard let text = values[0].stringValue, let time = Timestamp(parsing: text) else { return .string("<invalid>") }
            return .string(Age.text(seconds: now - time.microseconds / 1_000_000))
        default:
            return .string(values.map { $0.stringValue ?? $0.text() }.joined(separator: ","))
        }
    }
}

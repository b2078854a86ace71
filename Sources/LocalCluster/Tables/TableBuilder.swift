import JSONValue

/// Makes `meta.k8s.io/v1` tables and partial objects out of objects.
struct TableBuilder: Sendable {
    /// What accompanies each row.
    enum Included: String, Sendable { case none = "None", metadata = "Metadata", object = "Object" }

    var columns: [TableColumn]
    var included: Included

    /// - Parameters:
    ///   - listMetadata: Of the list, or of the single object.
    ///   - hasHeader: Whether the column definitions are sent; of a watch only the first event has them.
    func table(_ objects: [JSON], listMetadata: JSON, now: Int64, hasHeader: Bool = true) -> JSON {
        var table: [String: JSON] = [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": listMetadata,
            "rows": .array(objects.map { row($0, now: now) }),
        ]
        table["columnDefinitions"] = hasHeader ? .array(columns.map(\.definition)) : .null
        return .object(table)
    }

    private func row(_ object: JSON, now: Int64) -> JSON {
        var row: [String: JSON] = ["cells": .array(columns.map { $0.cell(object, now) })]
        switch included {
        case .none: row["object"] = .null
        case .metadata: row["object"] = Self.partial(object)
        case .object: row["object"] = object
        }
        return .object(row)
    }

    static func partial(_ object: JSON) -> JSON {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:]]
    }
}

import JSONValue

/// One column of a server-side table.
struct TableColumn: Sendable {
    var name: String
    /// `string`, `integer`, `number`, `boolean` or `date`.
    var type: String
    var format: String = ""
    var description: String
    /// 0: always shown; 1: with `-o wide`.
    var priority: Int = 0
    /// The cell for an object; the second parameter is the present time in seconds since 1970.
    var cell: @Sendable (JSON, Int64) -> JSON

    var definition: JSON {
        [
            "name": .string(name), "type": .string(type), "format": .string(format), "description": .string(description),
            "priority": .integer(Int64(priority)),
        ]
    }
}

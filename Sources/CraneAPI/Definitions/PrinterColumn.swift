import JSONValue

/// A column of `kubectl get` (`additionalPrinterColumns`).
struct PrinterColumn {
    var name: String
    var type = "string"
    var jsonPath: String
    var description: String?
    /// 0 shows the column always, 1 with `-o wide`.
    var priority = 0

    var json: JSON {
        var json: JSON = ["name": .string(name), "type": .string(type), "jsonPath": .string(jsonPath)]
        json["description"] = description.map(JSON.string)
        if priority > 0 { json["priority"] = .integer(Int64(priority)) }
        return json
    }

    static let ready = PrinterColumn(
        name: "Ready",
        jsonPath: #".status.conditions[?(@.type=="Ready")].status"#,
        description: "Whether it does what it is for."
    )
    static let reason = PrinterColumn(
        name: "Reason",
        jsonPath: #".status.conditions[?(@.type=="Ready")].reason"#,
        description: "Why it does or does not.",
        priority: 1
    )
    static let age = PrinterColumn(name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp")
}

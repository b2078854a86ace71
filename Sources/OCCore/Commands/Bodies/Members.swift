import JSONValue

/// The values of options as members of a body.
enum Members {
    /// A text.
    static func text(_ value: String?) -> JSON? { value.map(JSON.string) }
    /// A list of texts; absent when empty.
    static func list(_ values: [String]) -> JSON? { values.isEmpty ? nil : .array(values.map(JSON.string)) }
    /// A list of texts separated by commas.
    static func commas(_ value: String?) -> JSON? {
        value.map { .array($0.split(separator: ",").map { .string($0.trimmingSpaces) }) }
    }
    /// A whole number.
    static func count(_ value: Int?) -> JSON? { value.map { .integer(Int64($0)) } }
    /// An amount.
    static func amount(_ value: Double?) -> JSON? { value.map { Int64(exactly: $0).map(JSON.integer) ?? .number($0) } }
    /// Yes or no.
    static func flag(_ value: Bool?) -> JSON? { value.map(JSON.bool) }
    /// An amount, or `none` for no limit.
    static func limit(_ value: String?) throws(OCError) -> JSON? {
        guard let value else { return nil }
        if value == "none" { return .null }
        guard let number = Double(value), number >= 0 else {
            throw OCError(.usage, code: "BAD_USAGE", "\"\(value)\" is no amount: write for instance 250, or none")
        }
        return amount(number)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String { String(self).trimmed }
}

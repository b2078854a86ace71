import HTTPOperations
import JSONValue

/// Who an agent is: short texts by name. What callers send is made texts of; what is blank is left out.
struct IdentityProfile: Sendable, Hashable {
    /// The texts.
    let texts: [String: String]

    /// Reads a profile.
    ///
    /// - Parameter json: what the caller said; nil for nothing.
    /// - Throws: ``OperationError`` 422 that names each member that is wrong.
    init(_ json: JSON?) throws(OperationError) {
        var texts: [String: String] = [:]
        var problems: [FieldViolation] = []
        let members = json?.objectValue ?? [:]
        if members.count > 64 { problems.append(FieldViolation(field: "identity_profile", message: "may have 64 members at most")) }
        for (name, value) in members {
            let field = "identity_profile.\(name)"
            guard (1...64).contains(name.utf8.count), name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
                problems.append(FieldViolation(field: "identity_profile", message: "may have names of 1 to 64 printable characters only"))
                continue
            }
            guard let text = Self.text(value) else {
                problems.append(FieldViolation(field: field, message: "must be a text, a number, a truth value or a list of those"))
                continue
            }
            if text.utf8.count > 4000 { problems.append(FieldViolation(field: field, message: "must be at most 4000 bytes long")) }
            if !text.isEmpty { texts[name] = text }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        self.texts = texts
    }

    /// The profile of a row, which was checked when it came.
    init(stored json: JSON?) { texts = (json?.objectValue ?? [:]).compactMapValues(\.stringValue) }

    /// The profile as it is kept and shown; nil when there is nothing in it.
    var json: JSON? { texts.isEmpty ? nil : .object(texts.mapValues { .string($0) }) }

    /// A value of the profile.
    subscript(_ name: String) -> String? { texts[name] }

    private static func text(_ value: JSON) -> String? {
        switch value {
        case .null: return ""
        case .string(let text): return trimmed(text)
        case .integer, .number, .bool: return value.text()
        case .array(let items):
            let texts = items.map { item -> String? in
                switch item {
                case .array, .object: nil
                default: text(item)
                }
            }
            guard texts.allSatisfy({ $0 != nil }) else { return nil }
            return texts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
        case .object: return nil
        }
    }
}

/// A text without blanks at its ends.
func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
}

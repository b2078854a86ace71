/// A field selector of a query string: `metadata.name=a,spec.x!=b`. All requirements must hold.
public struct FieldRequirements: Sendable, Hashable {
    /// One requirement.
    public struct Requirement: Sendable, Hashable {
        /// The path of the field, as in `metadata.name`.
        public var field: String
        /// Whether the field must equal the value (`=`, `==`) or must not (`!=`).
        public var mustEqual: Bool
        /// The value.
        public var value: String
    }

    /// All requirements.
    public var requirements: [Requirement]

    /// Reads the text of a `fieldSelector` parameter; empty text selects everything. A backslash takes `,`, `=` and `\` literally.
    ///
    /// - Throws: ``SelectorError`` when a term has no operator.
    public init(parsing text: String) throws(SelectorError) {
        requirements = []
        for term in Self.terms(text) where !term.isEmpty {
            requirements.append(try Self.requirement(term))
        }
    }

    /// Whether an object is selected.
    ///
    /// - Parameter field: the value of a field of the object; empty when it has none.
    public func matches(_ field: (String) -> String) -> Bool {
        requirements.allSatisfy { (field($0.field) == $0.value) == $0.mustEqual }
    }

    /// The value a field must have, if an equality says so.
    public func value(of field: String) -> String? {
        requirements.first { $0.field == field && $0.mustEqual }?.value
    }

    private static func terms(_ text: String) -> [[Character]] {
        var result: [[Character]] = [[]]
        var escaped = false
        for character in text {
            if !escaped, character == "," { result.append([]) } else { result[result.count - 1].append(character) }
            escaped = !escaped && character == "\\"
        }
        return result
    }

    private static func requirement(_ term: [Character]) throws(SelectorError) -> Requirement {
        let text = String(term)
        guard let index = term.firstIndex(where: { $0 == "=" || $0 == "!" }) else {
            throw SelectorError("invalid selector: '\(text)'; can't understand '\(text)'")
        }
        let rest = term[index...]
        let mark = ["!=", "==", "="].first { rest.starts(with: $0) }
        guard let mark else { throw SelectorError("invalid selector: '\(text)'; can't understand '\(text)'") }
        return Requirement(
            field: String(term[..<index]),
            mustEqual: mark != "!=",
            value: try unescape(rest.dropFirst(mark.count), text)
        )
    }

    private static func unescape(_ value: ArraySlice<Character>, _ term: String) throws(SelectorError) -> String {
        var result = ""
        var escaped = false
        for character in value {
            if escaped {
                guard "\\,=".contains(character) else { throw SelectorError("invalid field selector: invalid escape in '\(term)'") }
                result.append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else {
                result.append(character)
            }
        }
        if escaped { throw SelectorError("invalid field selector: invalid escape in '\(term)'") }
        return result
    }
}

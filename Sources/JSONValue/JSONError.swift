/// Why a text is no JSON value.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable {
        /// The text ends before the value does.
        case unexpectedEnd
        /// A character that has no place there.
        case unexpectedCharacter
        /// A number that RFC 8259 does not allow, or that no `Double` can hold.
        case badNumber
        /// An escape sequence that RFC 8259 does not allow, a lone surrogate, or a control character within a string.
        case badString
        /// Bytes that are no UTF-8.
        case badEncoding
        /// Arrays and objects nested deeper than ``JSONParser/maximumDepth``.
        case tooDeep
        /// Something follows after the value.
        case trailingContent
    }

    /// What kind of trouble it is.
    public var code: Code
    /// Where in the text, in bytes from its start.
    public var offset: Int

    /// Makes an error at a byte offset.
    public init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// A sentence for people.
    public var description: String {
        let what =
            switch code {
            case .unexpectedEnd: "ends too early"
            case .unexpectedCharacter: "has an unexpected character"
            case .badNumber: "has a malformed number"
            case .badString: "has a malformed string"
            case .badEncoding: "is not valid UTF-8"
            case .tooDeep: "is nested too deeply"
            case .trailingContent: "continues after the value"
            }
        return "The JSON text \(what) at byte \(offset)"
    }
}

import JSONValue

/// Writes JSON values as YAML 1.2 (which reads as YAML 1.1 too): block style, keys sorted, the same text for the same value always.
public enum YAMLText {
    /// A document with a final line break.
    public static func document(_ value: JSON) -> String {
        var text = ""
        write(value, indent: 0, into: &text, afterKey: false)
        return text
    }

    private static func write(_ value: JSON, indent: Int, into text: inout String, afterKey: Bool) {
        let margin = String(repeating: "  ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            if afterKey { text += "\n" }
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                text += "\(margin)\(scalar(key)):"
                write(member, indent: indent + 1, into: &text, afterKey: true)
            }
        case .array(let elements) where !elements.isEmpty:
            if afterKey { text += "\n" }
            // Elements stand below their key without further indentation, as kubectl writes them.
            let depth = afterKey ? max(0, indent - 1) : indent
            for element in elements { write(element: element, indent: depth, into: &text) }
        default:
            text += "\(afterKey ? " " : margin)\(inline(value))\n"
        }
    }

    private static func write(element: JSON, indent: Int, into text: inout String) {
        var body = ""
        write(element, indent: indent + 1, into: &body, afterKey: false)
        let margin = String(repeating: "  ", count: indent)
        // The dash takes the place of the first line's last two blanks.
        text += "\(margin)- " + body.dropFirst(margin.utf8.count + 2)
    }

    private static func inline(_ value: JSON) -> String {
        switch value {
        case .string(let text): scalar(text)
        case .object: "{}"
        case .array: "[]"
        default: value.text()
        }
    }

    /// A text as a plain scalar when every reader takes it for a text, otherwise in quotes: single ones when nothing needs an escape.
    private static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value < 127 }) else { return JSON.string(text).text() }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        guard !reserved.contains(text.lowercased()), last != " ", last != ":" else { return false }
        let beginsPlainly = first.properties.isAlphabetic && first.isASCII || first == "/" || first == "_" || first == "$" || first == "("
        guard beginsPlainly else { return false }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value < 127 }) else { return false }
        return !text.contains(": ") && !text.contains(" #")
    }
}

/// Why an expression of the Common Expression Language cannot be compiled or evaluated.
struct CELError: Error, Sendable, Hashable {
    /// A stable word.
    enum Code: String, Sendable, Hashable {
        /// The text is no expression.
        case syntax
        /// The expression does not fit the types.
        case types
        /// The evaluation has no result.
        case evaluation
        /// The evaluation takes too long or goes too deep.
        case budget
    }

    /// What went wrong.
    var code: Code
    /// One sentence.
    var message: String
    /// Where in the text, in characters from its beginning; `nil` for errors of the evaluation.
    var offset: Int?

    /// Makes an error.
    init(_ code: Code, _ message: String, at offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    /// As compilers show it: the place, the line, and a mark below it.
    func rendered(source: String) -> String {
        guard let offset else { return message }
        let before = source.prefix(offset)
        let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
        let column = before.reversed().prefix { !$0.isNewline }.count
        let text = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[line - 1]
        return "ERROR: <input>:\(line):\(column + 1): \(message)\n | \(text)\n | \(String(repeating: ".", count: column))^"
    }
}

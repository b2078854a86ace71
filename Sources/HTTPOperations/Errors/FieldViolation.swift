/// One thing wrong with one member of a request.
public struct FieldViolation: Sendable, Hashable, Codable {
    /// Where: a dotted path into the body (`resources.cpu`), or the name of a path, query or header parameter.
    public var field: String
    /// What is wrong, as a sentence fragment that follows the field's name.
    public var message: String

    /// Makes a violation.
    ///
    /// - Parameters:
    ///   - field: the dotted path or parameter name; empty for the body as a whole.
    ///   - message: what is wrong with it.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

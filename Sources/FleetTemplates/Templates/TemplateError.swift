/// Why there is no such template.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `unknown_template` or `template_invalid`.
    public let code: String
    /// What is wrong, for people.
    public let message: String

    /// A text of both.
    public var description: String { "\(code): \(message)" }

    /// No template has the id.
    static func unknown(_ id: String, among known: [String]) -> TemplateError {
        TemplateError(code: "unknown_template", message: "There is no template \"\(id)\"; there are \(known.joined(separator: ", ")).")
    }

    /// The template breaks a rule.
    static func invalid(_ id: String, _ why: String) -> TemplateError {
        TemplateError(code: "template_invalid", message: "The template \"\(id)\" cannot be used: \(why).")
    }
}

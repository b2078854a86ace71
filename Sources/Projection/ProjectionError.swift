/// What was asked of the projection and cannot be done.
public struct ProjectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable names of the kinds of failure.
    public enum Code: String, Sendable, Hashable {
        /// A cursor is not one that a listing of this kind gave out.
        case invalidCursor = "invalid_cursor"
        /// A limit is not within 1 to 1000.
        case invalidLimit = "invalid_limit"
        /// An object cannot be projected: it lacks a name or has a malformed member.
        case invalidObject = "invalid_object"
        /// The API server lists objects in no order, so that they cannot be compared with rows page by page.
        case invalidOrder = "invalid_order"
        /// The audit entry or intent is not there.
        case notFound = "not_found"
    }

    /// The kind of failure.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

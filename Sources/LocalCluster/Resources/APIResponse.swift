import JSONValue
import NIOCore

/// An answer before it is rendered.
struct APIResponse: Sendable {
    enum Content: Sendable {
        case json(JSON)
        /// A stored object as it is.
        case object(StoredObject, ServedResource)
        /// Text that is ready.
        case rendered(ByteBuffer, contentType: String)
        case watch(WatchStream)
        /// Text that goes on.
        case followed(LogFollower)
        /// The connection is closed without an answer.
        case hangUp
    }

    var status: Int = 200
    var content: Content
    /// Sentences for `Warning` headers (RFC 9111, 5.5, code 299).
    var warnings: [String] = []

    static func json(_ json: JSON, status: Int = 200) -> APIResponse { APIResponse(status: status, content: .json(json)) }

    static func text(_ text: String, status: Int = 200) -> APIResponse {
        APIResponse(status: status, content: .rendered(ByteBuffer(string: text), contentType: "text/plain; charset=utf-8"))
    }

    /// The answer to a path that the server knows nothing of.
    static let pageNotFound = APIResponse.text("404 page not found\n", status: 404)
}

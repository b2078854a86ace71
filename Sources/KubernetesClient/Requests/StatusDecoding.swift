import JSONValue
import KubernetesModel
import NIOCore

/// Makes errors of answers that are no success.
enum StatusDecoding {
    /// The error of an answer: the server's own status where it sent one, else one made of the code.
    static func error(code: Int, body: ByteBuffer, retryAfter: Duration?) -> KubernetesError {
        let json = try? body.withUnsafeReadableBytes { (bytes: UnsafeRawBufferPointer) throws -> JSON in try JSON(parsing: bytes) }
        if let json, json["kind"]?.stringValue == "Status", var status = try? json.decode(Status.self) {
            status.code = status.code ?? code
            return .status(status, retryAfter: retryAfter)
        }
        // Proxies and web servers answer in their own ways; a short beginning of their text helps whoever looks for the cause.
        let text = String(buffer: body.getSlice(at: body.readerIndex, length: min(body.readableBytes, 200)) ?? ByteBuffer())
        let message = text.isEmpty ? "The server answered \(code)" : "The server answered \(code): \(text)"
        return .status(Status(code: code, reason: reason(code), message: message), retryAfter: retryAfter)
    }

    private static func reason(_ code: Int) -> String {
        switch code {
        case 400: "BadRequest"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 405: "MethodNotAllowed"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "RequestEntityTooLarge"
        case 415: "UnsupportedMediaType"
        case 422: "Invalid"
        case 429: "TooManyRequests"
        case 500: "InternalError"
        case 503: "ServiceUnavailable"
        case 504: "Timeout"
        default: "Unknown"
        }
    }
}

import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSONValue
import NIOCore
import Schema

/// Reads a request's JSON body: type, size, syntax.
struct RequestBodyReader: Sendable {
    /// Largest body in bytes.
    let limit: Int
    /// Longest time the body may take to arrive.
    let timeout: Duration

    /// Reads the body.
    ///
    /// - Returns: its value; nil when there is no body at all.
    /// - Throws: ``OperationError`` 400, 408, 413 or 415.
    func read(_ request: Request) async throws -> JSON? {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw OperationError.tooLarge(limit: limit)
        }
        let bytes: [UInt8]
        do {
            let body = request.body
            bytes = try await withDeadline(timeout) { try await collect(body) }
        } catch is DeadlineExceeded {
            throw OperationError.requestTimeout
        }
        if bytes.isEmpty { return nil }
        guard Self.isJSON(request.headers[.contentType]) else { throw OperationError.unsupportedMediaType }
        do {
            return try JSON(parsing: bytes)
        } catch {
            var refusal = OperationError.malformed("The body is not valid JSON.")
            refusal.detail = "\(error)"
            refusal.cause = error
            refusal.unreadableBody = FieldViolation(
                path: [.index(error.offset)],
                message: "is not valid JSON (\(error))",
                in: .body,
                kind: .jsonInvalid
            )
            throw refusal
        }
    }

    private func collect(_ body: RequestBody) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= limit else { throw OperationError.tooLarge(limit: limit) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    /// Whether a content type is JSON in UTF-8: `application/json` or a type with the suffix `+json` (RFC 6838 section 4.2.8).
    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let parts = contentType.lowercased().split(separator: ";").map { part in part.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
        guard let type = parts.first, type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) else {
            return false
        }
        return parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }
    }
}

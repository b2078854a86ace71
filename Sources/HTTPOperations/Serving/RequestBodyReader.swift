import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSONValue
import NIOCore
import Schema

/// Reads a request's body, JSON or a form: type, size, syntax.
struct RequestBodyReader: Sendable {
    /// Largest body in bytes.
    let limit: Int
    /// Longest time the body may take to arrive.
    let timeout: Duration
    /// Whether it is the form of a page in place of JSON.
    var takesForm = false

    /// Reads the body.
    ///
    /// - Returns: its value; nil when there is no body at all.
    /// - Throws: ``OperationError`` 400, 408, 413 or 415.
    func read(_ request: Request) async throws -> JSON? {
        let bytes = try await bytes(of: request)
        if bytes.isEmpty { return nil }
        if takesForm { return try Self.form(bytes, contentType: request.headers[.contentType]) }
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

    /// The members of a form (`application/x-www-form-urlencoded`), texts all of them.
    static func form(_ bytes: [UInt8], contentType: String?) throws(OperationError) -> JSON {
        let type = contentType?.lowercased().split(separator: ";").first.map { $0.filter { $0 != " " } }
        guard type == "application/x-www-form-urlencoded" else { throw .formExpected }
        guard let text = String(validating: bytes, as: UTF8.self), let target = RequestTarget(parsing: "?" + text) else {
            throw .malformed("The body is not a form.")
        }
        var members: [String: JSON] = [:]
        for (name, value) in target.query where members.updateValue(.string(value), forKey: name) != nil {
            throw .malformed("The form has a member twice.")
        }
        return .object(members)
    }

    /// Reads a body that is content as it is.
    ///
    /// - Returns: its bytes; nil when there is no body at all.
    /// - Throws: ``OperationError`` 408, 413 or 415.
    func read(_ request: Request, as content: ContentDeclaration) async throws -> [UInt8]? {
        let bytes = try await bytes(of: request)
        guard !bytes.isEmpty else { return nil }
        guard content.accepts(request.headers[.contentType]) else { throw content.refusal }
        return bytes
    }

    private func bytes(of request: Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw OperationError.tooLarge(limit: limit)
        }
        do {
            let body = request.body
            return try await withDeadline(timeout) { try await collect(body) }
        } catch is DeadlineExceeded {
            throw OperationError.requestTimeout
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

extension OperationError {
    /// 415: the body is not declared as a form.
    fileprivate static let formExpected = OperationError(
        .unsupportedMediaType,
        code: "UNSUPPORTED_MEDIA_TYPE",
        message: "Send the body as a form, with the header Content-Type: application/x-www-form-urlencoded."
    )
}

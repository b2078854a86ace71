import HTTPTypes
import JSONValue
import Schema

/// What an operation takes whose body is content of its own, and no JSON.
public struct ContentDeclaration: Sendable, Hashable {
    /// Media types, the one that the document shows first.
    public let mediaTypes: [String]
    /// Largest content in bytes, whatever the surface says of bodies.
    public let limit: Int
    /// What it is.
    public let description: String

    /// Declares content.
    ///
    /// - Parameters:
    ///   - mediaTypes: media types in lower case, without parameters; the one that the document shows first.
    ///   - limit: largest content in bytes.
    ///   - description: what it is.
    public init(_ mediaTypes: [String], limit: Int, description: String) {
        self.mediaTypes = mediaTypes
        self.limit = limit
        self.description = description
    }

    /// Whether a `Content-Type` is one of the media types; parameters do not matter.
    func accepts(_ contentType: String?) -> Bool {
        guard let type = contentType?.lowercased().split(separator: ";").first else { return false }
        return mediaTypes.contains(type.filter { $0 != " " && $0 != "\t" })
    }

    /// 415: the body is declared as something else.
    var refusal: OperationError {
        OperationError(
            .unsupportedMediaType,
            code: "UNSUPPORTED_MEDIA_TYPE",
            message: "Send the content itself, with the header Content-Type: \(mediaTypes.joined(separator: " or "))."
        )
    }
}

extension Operation {
    /// Declares an operation with parameters whose body is content as it is.
    ///
    /// In the context's ``OperationContext/body`` stands the content's SHA-256, so that repetitions of a request are told from others.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - parameters: path and query parameters: one property each, those named in the path stand there.
    ///   - content: what is taken.
    ///   - answer: the successful answer.
    ///   - handler: does it, with the bytes.
    public init<P: Decodable & Sendable, R: Codable & Sendable>(
        _ label: OperationLabel,
        parameters: P.Type,
        content: ContentDeclaration,
        answer: Answer<R>,
        handler: @escaping @Sendable (P, [UInt8], OperationContext) async throws -> Reply<R>
    ) {
        self.label = label
        takesBody = true
        self.content = content
        describe = { deriver in
            var schema = JSONSchema(type: .string)
            schema.description = content.description
            schema.minLength = 1
            return OperationShape(
                parameters: try ParameterDecoder<P>(path: label.path).declarations + label.headers.map(\.parameter),
                body: schema,
                bodyMediaType: content.mediaTypes.first ?? "application/octet-stream",
                bodyLimit: content.limit,
                responses: try answer.declarations(&deriver)
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<P>(path: label.path)
            return { input, context in
                try context.checkHeaders(label.headers)
                let values = try parameters.decode(path: input.path, query: input.query)
                guard let bytes = input.content else { throw OperationError.malformed("This operation needs content in the body.") }
                return try answer.response(try await handler(values, bytes, context))
            }
        }
    }
}

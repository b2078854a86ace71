import JSONValue
import Schema

extension Operation {
    /// Declares an operation with parameters and a body that may be absent: then every member has its default.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - parameters: path and query parameters: one property each, those named in the path stand there.
    ///   - body: type of the JSON body, of which no member is required.
    ///   - answer: the successful answer.
    ///   - handler: does it.
    public init<P: Decodable & Sendable, B: Decodable & Sendable, R: Codable & Sendable>(
        _ label: OperationLabel,
        parameters: P.Type,
        optionalBody body: B.Type,
        answer: Answer<R>,
        handler: @escaping @Sendable (P, B, OperationContext) async throws -> Reply<R>
    ) {
        self.init(label, parameters: parameters, body: body, isBodyRequired: false, answer: answer, handler: handler)
    }

    init<P: Decodable & Sendable, B: Decodable & Sendable, R: Codable & Sendable>(
        _ label: OperationLabel,
        parameters: P.Type,
        body: B.Type,
        isBodyRequired: Bool,
        answer: Answer<R>,
        handler: @escaping @Sendable (P, B, OperationContext) async throws -> Reply<R>
    ) {
        self.label = label
        takesBody = true
        describe = { deriver in
            OperationShape(
                parameters: try ParameterDecoder<P>(path: label.path).declarations + label.headers.map(\.parameter),
                body: try deriver.schema(for: B.self),
                bodyName: (B.self as? any SchemaDescribing.Type)?.schemaName,
                isBodyRequired: isBodyRequired,
                responses: try answer.declarations(&deriver)
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<P>(path: label.path)
            let bodies = try BodyDecoder<B>()
            if !isBodyRequired { try bodies.requireDefaults(of: label.id) }
            return { input, context in
                try context.checkHeaders(label.headers)
                let values = try parameters.decode(path: input.path, query: input.query)
                let body = try bodies.decode(isBodyRequired ? input.body : input.body ?? [:])
                return try answer.response(try await handler(values, body, context))
            }
        }
    }
}

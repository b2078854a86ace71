import Schema

extension Operation {
    /// Declares an operation with parameters and a body that writes its answer in bytes, or as they come.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - parameters: path and query parameters: one property each, those named in the path stand there.
    ///   - body: type of the JSON body.
    ///   - response: the successful answer.
    ///   - handler: does it.
    public init<P: Decodable & Sendable, B: Decodable & Sendable>(
        _ label: OperationLabel,
        parameters: P.Type,
        body: B.Type,
        response: ResponseDeclaration,
        handler: @escaping @Sendable (P, B, OperationContext) async throws -> OperationResponse
    ) {
        self.label = label
        takesBody = true
        describe = { deriver in
            OperationShape(
                parameters: try ParameterDecoder<P>(path: label.path).declarations + label.headers.map(\.parameter),
                body: try deriver.schema(for: B.self),
                bodyName: (B.self as? any SchemaDescribing.Type)?.schemaName,
                responses: [response]
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<P>(path: label.path)
            let bodies = try BodyDecoder<B>()
            return { input, context in
                try context.checkHeaders(label.headers)
                let values = try parameters.decode(path: input.path, query: input.query)
                let body = try bodies.decode(input.body)
                return try await handler(values, body, context)
            }
        }
    }
}

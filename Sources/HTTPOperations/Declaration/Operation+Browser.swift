import Schema

extension Operation {
    /// Declares an operation that somebody sends browsers to, with query items of their own besides the declared ones.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - parameters: the parameters that are declared; others are not refused. A handler finds them in the context.
    ///   - response: the successful answer.
    ///   - handler: does it.
    public init<P: Decodable & Sendable>(
        raw label: OperationLabel,
        openParameters parameters: P.Type,
        response: ResponseDeclaration,
        handler: @escaping @Sendable (P, OperationContext) async throws -> OperationResponse
    ) {
        self.label = label
        takesBody = false
        describe = { _ in
            OperationShape(
                parameters: try ParameterDecoder<P>(path: label.path).declarations + label.headers.map(\.parameter),
                body: nil,
                responses: [response],
                refusesUnknownParameters: false
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<P>(path: label.path)
            return { input, context in
                try context.checkHeaders(label.headers)
                return try await handler(try parameters.decode(path: input.path, query: parameters.known(input.query)), context)
            }
        }
    }

    /// Declares an operation that a page's form is sent to (`application/x-www-form-urlencoded`), and that answers with a page.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - form: type of the form: texts only.
    ///   - response: the successful answer.
    ///   - handler: does it.
    public init<F: Decodable & Sendable>(
        raw label: OperationLabel,
        form: F.Type,
        response: ResponseDeclaration,
        handler: @escaping @Sendable (F, OperationContext) async throws -> OperationResponse
    ) {
        self.label = label
        takesBody = true
        takesForm = true
        describe = { deriver in
            OperationShape(
                parameters: label.headers.map(\.parameter),
                body: try deriver.schema(for: F.self),
                bodyName: (F.self as? any SchemaDescribing.Type)?.schemaName,
                bodyMediaType: "application/x-www-form-urlencoded",
                responses: [response]
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<NoParameters>(path: label.path)
            let bodies = try BodyDecoder<F>()
            return { input, context in
                try context.checkHeaders(label.headers)
                _ = try parameters.decode(path: input.path, query: input.query)
                return try await handler(try bodies.decode(input.body), context)
            }
        }
    }
}

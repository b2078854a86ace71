import HTTPTypes
import JSONValue
import Schema

extension Operation {
    /// Declares an operation with parameters and a body.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - parameters: path and query parameters: one property each, those named in the path stand there.
    ///   - body: type of the JSON body.
    ///   - answer: the successful answer.
    ///   - handler: does it.
    public init<P: Decodable & Sendable, B: Decodable & Sendable, R: Codable & Sendable>(
        _ label: OperationLabel,
        parameters: P.Type,
        body: B.Type,
        answer: Answer<R>,
        handler: @escaping @Sendable (P, B, OperationContext) async throws -> Reply<R>
    ) {
        self.init(label, parameters: parameters, body: body, isBodyRequired: true, answer: answer, handler: handler)
    }

    /// Declares an operation with parameters and no body.
    public init<P: Decodable & Sendable, R: Codable & Sendable>(
        _ label: OperationLabel,
        parameters: P.Type,
        answer: Answer<R>,
        handler: @escaping @Sendable (P, OperationContext) async throws -> Reply<R>
    ) {
        self.label = label
        takesBody = false
        describe = { deriver in
            OperationShape(
                parameters: try ParameterDecoder<P>(path: label.path).declarations + label.headers.map(\.parameter),
                body: nil,
                responses: try answer.declarations(&deriver)
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<P>(path: label.path)
            return { input, context in
                try context.checkHeaders(label.headers)
                let values = try parameters.decode(path: input.path, query: input.query)
                return try answer.response(try await handler(values, context))
            }
        }
    }

    /// Declares an operation with a body and no parameters.
    public init<B: Decodable & Sendable, R: Codable & Sendable>(
        _ label: OperationLabel,
        body: B.Type,
        answer: Answer<R>,
        handler: @escaping @Sendable (B, OperationContext) async throws -> Reply<R>
    ) {
        self.init(label, parameters: NoParameters.self, body: body, answer: answer) { _, body, context in
            try await handler(body, context)
        }
    }

    /// Declares an operation with neither parameters nor a body.
    public init<R: Codable & Sendable>(
        _ label: OperationLabel,
        answer: Answer<R>,
        handler: @escaping @Sendable (OperationContext) async throws -> Reply<R>
    ) {
        self.init(label, parameters: NoParameters.self, answer: answer) { _, context in try await handler(context) }
    }

    /// Declares an operation that writes its answer in bytes.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - response: the successful answer.
    ///   - handler: does it.
    public init(
        raw label: OperationLabel,
        response: ResponseDeclaration,
        handler: @escaping @Sendable (OperationContext) async throws -> OperationResponse
    ) {
        self.label = label
        takesBody = false
        describe = { _ in
            OperationShape(
                parameters: label.headers.map(\.parameter),
                body: nil,
                responses: [response],
                refusesUnknownParameters: false
            )
        }
        prepare = { { _, context in try await handler(context) } }
    }

    /// Declares an operation with parameters that writes its answer in bytes, such as a stream.
    ///
    /// - Parameters:
    ///   - label: method, path, id and the other parts that are not typed.
    ///   - parameters: path and query parameters: one property each, those named in the path stand there.
    ///   - response: the successful answer.
    ///   - alternatives: further answers that are no refusals, such as redirections; default none.
    ///   - handler: does it.
    public init<P: Decodable & Sendable>(
        raw label: OperationLabel,
        parameters: P.Type,
        response: ResponseDeclaration,
        alternatives: [ResponseDeclaration] = [],
        handler: @escaping @Sendable (P, OperationContext) async throws -> OperationResponse
    ) {
        self.label = label
        takesBody = false
        describe = { _ in
            OperationShape(
                parameters: try ParameterDecoder<P>(path: label.path).declarations + label.headers.map(\.parameter),
                body: nil,
                responses: [response] + alternatives
            )
        }
        prepare = {
            let parameters = try ParameterDecoder<P>(path: label.path)
            return { input, context in
                try context.checkHeaders(label.headers)
                return try await handler(try parameters.decode(path: input.path, query: input.query), context)
            }
        }
    }
}

extension Answer {
    func declarations(_ deriver: inout SchemaDeriver) throws -> [ResponseDeclaration] {
        let schema = Value.self == NoContent.self ? nil : try deriver.schema(for: Value.self)
        let others = alternatives.sorted { $0.key.code < $1.key.code }.map { status, description in
            ResponseDeclaration(status: status, description: description, schema: schema, headers: headers)
        }
        return [ResponseDeclaration(status: status, description: description, schema: schema, headers: headers)] + others
    }

    func response(_ reply: Reply<Value>) throws -> OperationResponse {
        let status = reply.status ?? status
        if Value.self == NoContent.self { return OperationResponse(status: status, headers: reply.headers) }
        return .json(try JSON(encoding: reply.value), status: status, headers: reply.headers)
    }
}

extension OperationContext {
    /// Throws 422 when a declared header is longer than declared.
    public func checkHeaders(_ declarations: [HeaderDeclaration]) throws(OperationError) {
        for declaration in declarations {
            if let value = header(declaration), value.utf8.count > declaration.maximumLength || value.isEmpty {
                throw .invalid(
                    declaration.name,
                    "must have 1 to \(declaration.maximumLength) bytes",
                    in: .header,
                    kind: value.isEmpty ? .stringTooShort : .stringTooLong
                )
            }
        }
    }
}

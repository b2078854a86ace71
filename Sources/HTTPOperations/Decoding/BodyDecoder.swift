import JSONValue
import Schema

/// Turns a JSON body into a value after its type's schema: unknown members refused, defaults filled, everything checked.
struct BodyDecoder<Value: Decodable & Sendable>: Sendable {
    private let validator: SchemaValidator

    init() throws {
        validator = try SchemaValidator(try JSONSchema.derived(from: Value.self))
    }

    /// Decodes a body.
    ///
    /// - Parameter body: the body; nil when the request had none.
    /// - Throws: ``OperationError``: 400 without a body, 422 when it breaks the schema.
    func decode(_ body: JSON?) throws -> Value {
        guard let body else { throw OperationError.malformed("This operation needs a JSON body.") }
        var problems = validator.unknownFields(in: body).map { path in
            FieldViolation(field: path.fieldPath, message: "is not a known field")
        }
        let filled = validator.defaulting(body)
        problems += validator.violations(in: filled).map(FieldViolation.init)
        guard problems.isEmpty else { throw OperationError.invalid(Array(Set(problems))) }
        do {
            return try filled.decode(Value.self)
        } catch let error as DecodingError {
            // The schema could not say everything the type checks.
            throw OperationError.invalid([FieldViolation(error)])
        }
    }
}

extension FieldViolation {
    /// What a decoder refused.
    init(_ error: DecodingError) {
        let (path, message): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(_, let context), .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            case .valueNotFound(_, let context): (context.codingPath, "must not be null")
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is required")
            @unknown default: ([], "cannot be read")
            }
        self.init(field: path.map(\.stringValue).joined(separator: "."), message: message)
    }
}

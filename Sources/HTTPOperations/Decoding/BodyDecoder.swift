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
        let unprintable = Self.nullCharacters(in: body)
        guard unprintable.isEmpty else {
            throw OperationError.invalid(
                unprintable.map { FieldViolation(field: $0.fieldPath, message: "must not hold the character U+0000") }
            )
        }
        let filled = validator.defaulting(body)
        // Defaulting drops nulls that the schema does not allow; here they are refused, as the caller meant something by them.
        let nulls = Self.nulls(in: body, droppedFrom: filled)
        var problems = validator.unknownFields(in: body).map { path in
            FieldViolation(field: path.fieldPath, message: "is not a known field")
        }
        problems += nulls.map { FieldViolation(field: $0.fieldPath, message: "must not be null") }
        problems += validator.violations(in: filled).filter { $0.kind != .unknownField && !nulls.contains($0.path) }.map(
            FieldViolation.init
        )
        guard problems.isEmpty else { throw OperationError.invalid(Array(Set(problems))) }
        do {
            return try filled.decode(Value.self)
        } catch let error as DecodingError {
            // The schema could not say everything the type checks.
            throw OperationError.invalid([FieldViolation(error)])
        }
    }

    /// Where a body has texts, or names of members, with the character U+0000, which no database keeps in a text.
    private static func nullCharacters(in body: JSON, at path: [PathElement] = []) -> [[PathElement]] {
        switch body {
        case .string(let text): text.utf8.contains(0) ? [path] : []
        case .array(let items): items.enumerated().flatMap { nullCharacters(in: $1, at: path + [.index($0)]) }
        case .object(let members):
            members.flatMap { name, value in
                name.utf8.contains(0) ? [path] : nullCharacters(in: value, at: path + [.key(name)])
            }
        default: []
        }
    }

    /// Where a body has nulls that defaulting took away without putting anything in their place.
    private static func nulls(in body: JSON, droppedFrom filled: JSON, at path: [PathElement] = []) -> [[PathElement]] {
        switch (body, filled) {
        case (.object(let before), .object(let after)):
            before.flatMap { name, value -> [[PathElement]] in
                let place = path + [.key(name)]
                guard let left = after[name] else { return value.isNull ? [place] : [] }
                return nulls(in: value, droppedFrom: left, at: place)
            }
        case (.array(let before), .array(let after)):
            zip(before, after).enumerated().flatMap { index, pair in
                nulls(in: pair.0, droppedFrom: pair.1, at: path + [.index(index)])
            }
        default: []
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

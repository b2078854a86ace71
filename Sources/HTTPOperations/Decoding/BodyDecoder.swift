import JSONValue
import Schema

/// Turns a JSON body into a value after its type's schema: unknown members refused, defaults filled, everything checked.
struct BodyDecoder<Value: Decodable & Sendable>: Sendable {
    private let schema: JSONSchema
    private let validator: SchemaValidator

    init() throws {
        schema = try JSONSchema.derived(from: Value.self)
        validator = try SchemaValidator(schema)
    }

    /// Throws ``DeclarationError`` when an absent body could not be read as an empty object.
    func requireDefaults(of operation: String) throws(DeclarationError) {
        guard let required = schema.required.sorted().first else { return }
        throw DeclarationError(message: "the body of \(operation) may be absent, and its member \(required) may not")
    }

    /// Decodes a body.
    ///
    /// - Parameter body: the body; nil when the request had none.
    /// - Throws: ``OperationError``: 400 without a body, 422 when it breaks the schema.
    func decode(_ body: JSON?) throws -> Value {
        guard let body else { throw OperationError.missingBody }
        let unprintable = Self.nullCharacters(in: body)
        guard unprintable.isEmpty else {
            throw OperationError.invalid(
                unprintable.map {
                    FieldViolation(path: $0, message: "must not hold the character U+0000", in: .body, kind: .valueError)
                }
            )
        }
        let filled = validator.defaulting(body)
        // Defaulting replaces or drops nulls that the schema does not allow; here they are refused, as the caller meant something by them.
        let nulls = Self.nulls(in: body, goneFrom: filled)
        var problems = validator.unknownFields(in: body).map { path in
            FieldViolation(path: path, message: "is not a known field", in: .body, kind: .extraForbidden)
        }
        problems += nulls.map { FieldViolation(path: $0, message: "must not be null", in: .body, kind: kindOfNull(at: $0)) }
        problems += validator.violations(in: filled).filter { $0.kind != .unknownField && !nulls.contains($0.path) }.map {
            FieldViolation($0, in: .body)
        }
        guard problems.isEmpty else { throw OperationError.invalid(Array(Set(problems))) }
        do {
            return try filled.decode(Value.self)
        } catch let error as DecodingError {
            // The schema could not say everything the type checks.
            throw OperationError.invalid([FieldViolation(error)])
        }
    }

    /// What a null is instead of what the schema asks for at its place.
    private func kindOfNull(at path: [PathElement]) -> ViolationKind {
        var place: JSONSchema? = schema
        for element in path {
            switch element {
            case .key(let name):
                if let property = place?.properties[name] {
                    place = property
                } else if case .schema(let values) = place?.additionalProperties {
                    place = values
                } else {
                    place = nil
                }
            case .index: place = place?.items
            }
        }
        guard let type = place?.type else { return .valueError }
        return .mistyped(expected: type.rawValue, isText: false)
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

    /// Where a body has nulls that defaulting took away.
    private static func nulls(in body: JSON, goneFrom filled: JSON, at path: [PathElement] = []) -> [[PathElement]] {
        switch (body, filled) {
        case (.null, .null): []
        case (.null, _): [path]
        case (.object(let before), .object(let after)):
            before.flatMap { name, value -> [[PathElement]] in
                let place = path + [.key(name)]
                guard let left = after[name] else { return value.isNull ? [place] : [] }
                return nulls(in: value, goneFrom: left, at: place)
            }
        case (.array(let before), .array(let after)):
            zip(before, after).enumerated().flatMap { index, pair in
                nulls(in: pair.0, goneFrom: pair.1, at: path + [.index(index)])
            }
        default: []
        }
    }
}

extension FieldViolation {
    /// What a decoder refused.
    init(_ error: DecodingError) {
        let (path, message, kind): ([any CodingKey], String, ViolationKind) =
            switch error {
            case .typeMismatch(_, let context), .dataCorrupted(let context):
                (context.codingPath, context.debugDescription, .valueError)
            case .valueNotFound(_, let context): (context.codingPath, "must not be null", .valueError)
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is required", .missing)
            @unknown default: ([], "cannot be read", .valueError)
            }
        let elements = path.map { key in key.intValue.map { PathElement.index($0) } ?? .key(key.stringValue) }
        self.init(path: elements, message: message, in: .body, kind: kind)
    }
}

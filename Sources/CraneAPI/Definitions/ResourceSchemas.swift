import JSONValue
import Schema

/// The schemas of the product's types, derived once.
enum ResourceSchemas {
    /// The schema of a type, everything in line.
    ///
    /// The types are part of the program: one that cannot be described is a mistake in it, found by the first test.
    static func schema<Value: Decodable>(of type: Value.Type) -> JSONSchema {
        do {
            return try JSONSchema.derived(from: type)
        } catch {
            preconditionFailure("The schema of \(type) cannot be derived: \(error)")
        }
    }

    /// The schema of a type, prepared for use.
    static func validator<Value: Decodable>(for type: Value.Type) -> SchemaValidator {
        do {
            return try SchemaValidator(schema(of: type))
        } catch {
            preconditionFailure("The schema of \(type) cannot be used: \(error)")
        }
    }
}

import HTTPTypes
import JSONValue
import Schema

/// Gathers the paths and components of a document from one or more surfaces.
struct OpenAPIBuilder {
    private(set) var paths: [String: JSON] = [:]
    private var deriver = SchemaDeriver()
    private var ids: Set<String> = []
    private var bodies = RequestSchemas()
    private var envelopes: [String: JSON] = [:]

    /// Adds the operations of a surface.
    ///
    /// - Parameters:
    ///   - surface: the surface.
    ///   - isPrimary: whether the document's server is its base path; else its paths are written whole.
    /// - Throws: ``SchemaError``, ``DeclarationError``.
    mutating func add(_ surface: Surface, isPrimary: Bool) throws {
        for operation in surface.operations {
            guard ids.insert(operation.label.id).inserted else {
                throw DeclarationError(message: "two operations have the id \(operation.label.id)")
            }
            let template = operation.label.path
            let path = (isPrimary ? template : template.prefixed(by: surface.basePath)).description
            let method = operation.label.method.rawValue.lowercased()
            guard paths[path]?[method] == nil else { throw DeclarationError(message: "two operations for \(method) \(path)") }
            let shape = try bodies.naming(operation.describe(&deriver))
            var item = paths[path] ?? .object([:])
            item[method] =
                OpenAPIOperation(
                    label: operation.label,
                    shape: shape,
                    envelope: surface.envelope,
                    bodyLimit: surface.bodyLimit,
                    credentials: surface.credentials,
                    surfaceErrors: surface.errors,
                    isCredentialCommon: isPrimary
                ).json
            if !isPrimary { item["servers"] = [["url": "/"]] }
            paths[path] = item
        }
        for (name, schema) in surface.envelope.components {
            guard envelopes.updateValue(schema, forKey: name).map({ $0 == schema }) ?? true else {
                throw DeclarationError(message: "two error schemas have the name \(name)")
            }
        }
    }

    /// The components of everything that was added.
    ///
    /// - Throws: ``DeclarationError``.
    func schemas() throws -> [String: JSON] {
        var schemas = try bodies.closing(deriver.components).mapValues { $0.json(.openAPI31) }
        for (name, envelope) in envelopes {
            guard schemas.updateValue(envelope, forKey: name) == nil else {
                throw DeclarationError(message: "a type has the name of the error schema \(name)")
            }
        }
        return schemas
    }
}

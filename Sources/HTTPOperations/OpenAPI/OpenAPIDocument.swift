import HTTPTypes
import JSONValue
import Schema

/// The OpenAPI 3.1 document of a surface, built from its operations. The same operations give the same bytes.
public struct OpenAPIDocument: Sendable {
    /// The document.
    public let json: JSON

    /// Builds the document.
    ///
    /// - Parameter surface: the surface.
    /// - Throws: ``SchemaError`` when a type has no schema, or an error that names two operations with one id or path.
    public init(surface: Surface) throws {
        var deriver = SchemaDeriver()
        var paths: [String: JSON] = [:]
        var ids: Set<String> = []
        var bodies = RequestSchemas()
        for operation in surface.operations {
            guard ids.insert(operation.label.id).inserted else {
                throw DeclarationError(message: "two operations have the id \(operation.label.id)")
            }
            let path = operation.label.path.description
            let method = operation.label.method.rawValue.lowercased()
            guard paths[path]?[method] == nil else { throw DeclarationError(message: "two operations for \(method) \(path)") }
            let shape = try bodies.naming(operation.describe(&deriver))
            paths[path, default: .object([:])][method] =
                OpenAPIOperation(
                    label: operation.label,
                    shape: shape,
                    envelope: surface.envelope,
                    bodyLimit: surface.bodyLimit
                ).json
        }
        var schemas = try bodies.closing(deriver.components).mapValues { $0.json(.openAPI31) }
        guard schemas.updateValue(surface.envelope.schema, forKey: surface.envelope.schemaName) == nil else {
            throw DeclarationError(message: "a type has the name of the error schema \(surface.envelope.schemaName)")
        }
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": .string(surface.title), "version": .string(surface.version), "description": .string(surface.description),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(surface.basePath.description)]],
            "tags": .array(Set(surface.operations.map(\.label.tag)).sorted().map { .object(["name": .string($0)]) }),
            "security": [["bearerAuth": []]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": [
                    "bearerAuth": [
                        "type": "http", "scheme": "bearer",
                        "description": "A bearer token in the Authorization header: Authorization: Bearer TOKEN.",
                    ]
                ],
            ],
        ]
    }

    /// The document as text, with sorted keys, indented, with a line feed at the end.
    public var text: String { json.text(pretty: true) + "\n" }
}

extension Surface {
    /// This surface with an open operation that serves the document of all its operations, itself included.
    ///
    /// - Parameters:
    ///   - path: where it is served.
    ///   - id: id of the operation.
    ///   - summary: what it does.
    ///   - tag: its group.
    /// - Throws: what ``OpenAPIDocument/init(surface:)`` throws.
    public func servingDocument(at path: PathTemplate, id: String, summary: String, tag: String) throws -> Surface {
        let label = OperationLabel(.get, path, id: id, summary: summary, tag: tag, access: .open)
        let response = ResponseDeclaration(
            status: .ok,
            description: "The OpenAPI 3.1 document of this API.",
            schema: JSONSchema.free,
            headers: ["ETag": "Version of the document."]
        )
        var whole = self
        whole.operations.append(Operation(raw: label, response: response) { _ in OperationResponse(status: .ok) })
        let bytes = try OpenAPIDocument(surface: whole).json.serialized()
        let tag = EntityTag(ContentDigest.hexadecimal(of: bytes, length: 32))
        whole.operations.removeLast()
        whole.operations.append(
            Operation(raw: label, response: response) { _ in
                OperationResponse(
                    status: .ok,
                    headers: [.contentType: "application/json", .eTag: tag.description, .cacheControl: "no-cache"],
                    body: bytes
                )
            }
        )
        return whole
    }
}

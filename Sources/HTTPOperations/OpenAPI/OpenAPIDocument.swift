import HTTPTypes
import JSONValue
import Schema

/// The OpenAPI 3.1 document of a surface, built from its operations. The same operations give the same bytes.
public struct OpenAPIDocument: Sendable {
    /// The document.
    public let json: JSON

    /// Builds the document.
    ///
    /// - Parameters:
    ///   - surface: the surface.
    ///   - others: further surfaces of the same server; their paths are written whole, with the server's root in place of the base path.
    /// - Throws: ``SchemaError`` when a type has no schema, or an error that names two operations with one id or path.
    public init(surface: Surface, others: [Surface] = []) throws {
        var builder = OpenAPIBuilder()
        try builder.add(surface, isPrimary: true)
        for other in others { try builder.add(other, isPrimary: false) }
        let surfaces = [surface] + others
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": .string(surface.title), "version": .string(surface.version), "description": .string(surface.description),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(surface.basePath.description)]],
            "tags": .array(Set(surfaces.flatMap(\.operations).map(\.label.tag)).sorted().map { .object(["name": .string($0)]) }),
            "security": .array(surface.credentials.map { .object([$0.name: []]) }),
            "paths": .object(builder.paths),
            "components": [
                "schemas": .object(try builder.schemas()),
                "securitySchemes": .object(
                    Dictionary(surfaces.flatMap(\.credentials).map { ($0.name, $0.json) }, uniquingKeysWith: { first, _ in first })
                ),
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
    ///   - others: further surfaces that the document shows; default none.
    /// - Throws: what ``OpenAPIDocument/init(surface:others:)`` throws.
    public func servingDocument(
        at path: PathTemplate,
        id: String,
        summary: String,
        tag: String,
        others: [Surface] = []
    ) throws -> Surface {
        let label = OperationLabel(.get, path, id: id, summary: summary, tag: tag, access: .open)
        let response = ResponseDeclaration(
            status: .ok,
            description: "The OpenAPI 3.1 document of this API.",
            schema: JSONSchema.free,
            headers: ["ETag": "Version of the document."]
        )
        var whole = self
        whole.operations.append(Operation(raw: label, response: response) { _ in OperationResponse(status: .ok) })
        let bytes = try OpenAPIDocument(surface: whole, others: others).json.serialized()
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

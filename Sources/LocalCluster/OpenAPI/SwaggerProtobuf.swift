import JSONValue

/// The OpenAPI 2.0 document in the binary form that older kubectl versions ask for: `openapi.v2.Document`.
enum SwaggerProtobuf {
    static let mediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    /// Whether an `Accept` header asks for it, in its present or its older spelling.
    static func isWanted(_ accept: String?) -> Bool {
        let type = MediaType((accept ?? "").split(separator: ",").first ?? "").type
        return type == mediaType || type == "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    }

    static func document(_ json: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.string(1, json["swagger"]?.stringValue ?? "2.0")
        writer.message(2) { info in
            info.string(1, json["info"]?["title"]?.stringValue ?? "")
            info.string(2, json["info"]?["version"]?.stringValue ?? "")
        }
        writer.message(8) { paths in
            for (path, item) in members(json["paths"]) {
                paths.message(2) { named in
                    named.string(1, path)
                    named.message(2) { writePathItem(item, to: &$0) }
                }
            }
        }
        writer.message(9) { writeNamedSchemas(json["definitions"], to: &$0) }
        return writer.bytes
    }

    private static func members(_ json: JSON?) -> [(key: String, value: JSON)] {
        (json?.objectValue ?? [:]).sorted { $0.key < $1.key }
    }

    private static func writePathItem(_ item: JSON, to writer: inout ProtobufWriter) {
        for (field, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] {
            guard let operation = item[method] else { continue }
            writer.message(field) { writer in
                for parameter in operation["parameters"]?.arrayValue ?? [] {
                    // ParametersItem.parameter → Parameter.non_body_parameter → NonBodyParameter.query_parameter_sub_schema.
                    writer.message(8) { item in
                        item.message(1) { parameterWriter in
                            parameterWriter.message(2) { nonBody in
                                nonBody.message(3) { query in
                                    query.string(2, "query")
                                    query.string(4, parameter["name"]?.stringValue ?? "")
                                    query.string(6, parameter["type"]?.stringValue ?? "string")
                                }
                            }
                        }
                    }
                }
                writeExtensions(operation, field: 13, to: &writer)
            }
        }
    }

    private static func writeNamedSchemas(_ schemas: JSON?, to writer: inout ProtobufWriter) {
        for (name, schema) in members(schemas) {
            writer.message(1) { named in
                named.string(1, name)
                named.message(2) { writeSchema(schema, to: &$0) }
            }
        }
    }

    private static func writeSchema(_ schema: JSON, to writer: inout ProtobufWriter) {
        for (field, key) in [(1, "$ref"), (2, "format"), (3, "title"), (4, "description"), (13, "pattern")] {
            if let text = schema[key]?.stringValue { writer.string(field, text) }
        }
        for (field, key) in [(6, "multipleOf"), (7, "maximum"), (9, "minimum")] {
            if let number = schema[key]?.numberValue { writer.double(field, number) }
        }
        for (field, key) in [(11, "maxLength"), (12, "minLength"), (14, "maxItems"), (15, "minItems"), (17, "maxProperties")] {
            if let number = schema[key]?.integerValue { writer.integer(field, number) }
        }
        for name in schema["required"]?.arrayValue ?? [] { writer.string(19, name.stringValue ?? "") }
        for value in schema["enum"]?.arrayValue ?? [] { writer.message(20) { $0.string(2, value.text()) } }
        switch schema["additionalProperties"] {
        case .bool(let isAllowed)?: writer.message(21) { $0.bool(2, isAllowed) }
        case .object(let members)?: writer.message(21) { item in item.message(1) { writeSchema(.object(members), to: &$0) } }
        default: break
        }
        if let type = schema["type"]?.stringValue { writer.message(22) { $0.string(1, type) } }
        if let items = schema["items"] { writer.message(23) { list in list.message(1) { writeSchema(items, to: &$0) } } }
        if let properties = schema["properties"] { writer.message(25) { writeNamedSchemas(properties, to: &$0) } }
        writeExtensions(schema, field: 31, to: &writer)
    }

    /// Members that begin with `x-`: JSON is YAML too.
    private static func writeExtensions(_ json: JSON, field: Int, to writer: inout ProtobufWriter) {
        for (key, value) in members(json) where key.hasPrefix("x-") {
            writer.message(field) { named in
                named.string(1, key)
                named.message(2) { $0.string(2, value.text() + "\n") }
            }
        }
    }
}

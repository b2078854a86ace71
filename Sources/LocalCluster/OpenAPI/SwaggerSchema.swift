import JSONValue

/// OpenAPI 2.0 knows less than the schemas of definitions: what it cannot say is left out, so that it says nothing wrong.
enum SwaggerSchema {
    private static let unknown = ["oneOf", "anyOf", "allOf", "not", "nullable", "default", "example", "x-kubernetes-validations"]

    /// - Parameter schema: An OpenAPI 3.0 schema without references.
    static func reduced(_ schema: JSON) -> JSON {
        guard case .object(var members) = schema else { return schema }
        for key in unknown { members[key] = nil }
        if members["x-kubernetes-int-or-string"] == true {
            members["type"] = nil
            return .object(members)
        }
        if members["x-kubernetes-preserve-unknown-fields"] == true {
            members["properties"] = nil
            members["required"] = nil
            members["additionalProperties"] = nil
        }
        if let properties = members["properties"]?.objectValue { members["properties"] = .object(properties.mapValues { reduced($0) }) }
        if let items = members["items"] { members["items"] = reduced(items) }
        if let additional = members["additionalProperties"], case .object = additional {
            members["additionalProperties"] = reduced(additional)
        }
        return .object(members)
    }
}

import JSONValue

/// The schemas of the built-in types, out of the table that also decodes them. References are component names.
enum BuiltinSchemas {
    static let prefix = "io.k8s.api."

    /// The component name of a type.
    static func name(_ type: String) -> String { prefix + type }

    /// A type and all that it refers to, by component name. References are written `#/REF/name`.
    static func closure(of types: some Sequence<String>) -> [String: JSON] {
        var found: [String: JSON] = [:]
        var open = Array(types)
        while let type = open.popLast() {
            let key = name(type)
            guard found[key] == nil else { continue }
            var references: [String] = []
            found[key] = schema(BuiltinTypes.type(type), &references)
            open += references
        }
        return found
    }

    private static func schema(_ type: BuiltinObjectType, _ references: inout [String]) -> JSON {
        var properties: [String: JSON] = [:]
        var required: [JSON] = []
        for field in type.fields.values.sorted(by: { $0.name < $1.name }) {
            properties[field.name] = schema(field.type, &references)
            if field.presence == .always { required.append(.string(field.name)) }
        }
        var schema: [String: JSON] = ["type": "object"]
        schema.setUnlessEmpty("properties", .object(properties))
        schema.setUnlessEmpty("required", .array(required))
        if type.isAtomic { schema["x-kubernetes-map-type"] = "atomic" }
        return .object(schema)
    }

    private static func schema(_ type: BuiltinType, _ references: inout [String]) -> JSON {
        switch type {
        case .string: return ["type": "string"]
        case .bool: return ["type": "boolean"]
        case .int: return ["type": "integer", "format": "int64"]
        case .number: return ["type": "number", "format": "double"]
        case .quantity: return ["type": "string"]
        case .intOrString: return ["type": "string", "format": "int-or-string"]
        case .time, .microTime: return ["type": "string", "format": "date-time"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .any: return ["type": "object"]
        case .map(let element, let isAtomic):
            var map: JSON = ["type": "object", "additionalProperties": schema(element, &references)]
            if isAtomic { map["x-kubernetes-map-type"] = "atomic" }
            return map
        case .named(let name):
            references.append(name)
            return ["$ref": .string("#/REF/" + self.name(name))]
        case .list(let element, let rule):
            var list: JSON = ["type": "array", "items": schema(element, &references)]
            switch rule {
            case .atomic: list["x-kubernetes-list-type"] = "atomic"
            case .set:
                list["x-kubernetes-list-type"] = "set"
                list["x-kubernetes-patch-strategy"] = "merge"
            case .keyed(let keys, _):
                list["x-kubernetes-list-type"] = "map"
                list["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
                list["x-kubernetes-patch-strategy"] = "merge"
                list["x-kubernetes-patch-merge-key"] = .string(keys.first ?? "")
            }
            return list
        }
    }
}

import JSONValue
import Schema

extension MergeSchema {
    /// How objects of a custom resource merge.
    ///
    /// - Parameter schema: the structural schema of the resource, its root.
    init(resource schema: JSONSchema) {
        guard case .map(var fields, let rest) = MergeSchema(schema) else {
            self = .untyped
            return
        }
        fields["apiVersion"] = .scalar
        fields["kind"] = .scalar
        fields["metadata"] = Self.metadata
        self = .map(fields: fields, element: rest)
    }

    /// Metadata; an owner reference is one value, as newer API servers have it.
    private static let metadata: MergeSchema = {
        let metadata = BuiltinTypes.mergeSchema("ObjectMeta")
        guard case .map(var fields, let rest) = metadata else { return metadata }
        fields["ownerReferences"] = .keyedList(keys: ["uid"], defaults: [:], element: .atomic)
        return .map(fields: fields, element: rest)
    }()

    private init(_ schema: JSONSchema) {
        if schema.intOrString {
            self = .scalar
            return
        }
        switch schema.type {
        case .object:
            if schema.mapType == .atomic {
                self = .atomic
                return
            }
            var element: MergeSchema?
            if case .schema(let values)? = schema.additionalProperties { element = MergeSchema(values) }
            var fields = schema.properties.mapValues { MergeSchema($0) }
            if schema.embeddedResource {
                fields["apiVersion"] = .scalar
                fields["kind"] = .scalar
                fields["metadata"] = Self.metadata
            }
            self = .map(fields: fields, element: element)
        case .array:
            let items = schema.items ?? JSONSchema()
            switch schema.listType {
            case .set: self = .set
            case .map where !schema.listMapKeys.isEmpty:
                var defaults: [String: JSON] = [:]
                for key in schema.listMapKeys { defaults[key] = items.properties[key]?.defaultValue }
                self = .keyedList(keys: schema.listMapKeys, defaults: defaults, element: MergeSchema(items))
            default: self = .atomic
            }
        case .string, .integer, .number, .boolean: self = .scalar
        case nil: self = .untyped
        }
    }
}

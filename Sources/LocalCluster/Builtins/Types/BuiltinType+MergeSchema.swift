import JSONValue

extension BuiltinTypes {
    /// How objects of a kind of the table merge, the type members included.
    static func mergeSchema(ofKind typeName: String) -> MergeSchema {
        guard case .map(var fields, let rest) = mergeSchema(typeName) else { return .untyped }
        fields["apiVersion"] = .scalar
        fields["kind"] = .scalar
        return .map(fields: fields, element: rest)
    }

    /// How the values of a named type merge.
    static func mergeSchema(_ typeName: String) -> MergeSchema {
        let type = type(typeName)
        return type.isAtomic ? .atomic : .map(fields: type.fields.mapValues(mergeSchema), element: nil)
    }

    private static func mergeSchema(_ field: BuiltinField) -> MergeSchema { field.isAtomic ? .atomic : mergeSchema(field.type) }

    private static func mergeSchema(_ type: BuiltinType) -> MergeSchema {
        switch type {
        case .string, .bool, .int, .number, .quantity, .intOrString, .time, .microTime, .bytes: .scalar
        case .any: .untyped
        case .named(let name): mergeSchema(name)
        case .map(let element, let isAtomic): isAtomic ? .atomic : .map(fields: [:], element: mergeSchema(element))
        case .list(_, .atomic): .atomic
        case .list(_, .set): .set
        case .list(let element, .keyed(let keys, let defaults)):
            .keyedList(keys: keys, defaults: defaults, element: mergeSchema(element))
        }
    }
}

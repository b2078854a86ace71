import JSONValue
import Schema

/// What a schema says about the size of its values, as the estimate of a rule's cost needs it.
///
/// Bounds that a schema leaves out follow from the size of a request, 3 MiB, and the smallest form of what it would be full of.
final class CELDeclaration: Sendable {
    /// The greatest number of characters, elements or members; 0 of numbers, truth values and objects with named members.
    let maxElements: UInt64
    /// The smallest number of bytes in JSON.
    let minBytes: UInt64
    /// Named members.
    let fields: [String: CELDeclaration]
    /// Elements of a list, values of a map.
    let element: CELDeclaration?
    /// Keys of a map.
    let key: CELDeclaration?

    private init(
        max: UInt64 = 0,
        bytes: UInt64,
        fields: [String: CELDeclaration] = [:],
        element: CELDeclaration? = nil,
        key: CELDeclaration? = nil
    ) {
        maxElements = max
        minBytes = bytes
        self.fields = fields
        self.element = element
        self.key = key
    }

    /// The greatest request.
    private static let requestBytes: UInt64 = 3 * 1024 * 1024
    private static let text = CELDeclaration(max: requestBytes - 2, bytes: 2)
    private static let mapKey = CELDeclaration(bytes: 2)

    /// How often a value can occur where nothing bounds it.
    var maxCardinality: UInt64 { Self.requestBytes / (minBytes + 1) }

    /// The declaration of a schema; `nil` when rules cannot see its values.
    static func make(_ schema: JSONSchema, isRoot: Bool = false) -> CELDeclaration? {
        if schema.intOrString { return CELDeclaration(max: textLength(schema), bytes: 1) }
        switch schema.type {
        case .boolean: return CELDeclaration(bytes: 4)
        case .integer, .number: return CELDeclaration(bytes: 1)
        case .string: return text(schema)
        case .array:
            guard let items = schema.items.flatMap({ make($0, isRoot: $0.embeddedResource) }) else { return nil }
            let max = schema.maxItems.map { UInt64(clamping: $0) } ?? (requestBytes - 2) / (items.minBytes + 1)
            return CELDeclaration(max: max, bytes: 2, element: items)
        case .object: return object(schema, isRoot: isRoot)
        case nil: return nil
        }
    }

    private static func object(_ schema: JSONSchema, isRoot: Bool) -> CELDeclaration? {
        if case .schema(let values)? = schema.additionalProperties {
            guard let values = make(values, isRoot: values.embeddedResource) else { return nil }
            let max = schema.maxProperties.map { UInt64(clamping: $0) } ?? (requestBytes - 2) / (values.minBytes + 6)
            return CELDeclaration(max: max, bytes: 2, element: values, key: mapKey)
        }
        var fields: [String: CELDeclaration] = [:]
        var bytes: UInt64 = 2
        for (name, property) in schema.properties {
            guard let field = make(property, isRoot: property.embeddedResource) else { continue }
            fields[CELSchema.escaped(name)] = field
            // Defaults are filled in, so they need not be sent.
            if schema.required.contains(name), property.defaultValue == nil { bytes += UInt64(name.utf8.count) + field.minBytes + 4 }
        }
        if isRoot || schema.embeddedResource {
            for name in ["kind", "apiVersion"] { fields[name] = text }
            fields["metadata"] = CELDeclaration(bytes: 2, fields: ["name": text, "generateName": text])
        }
        return CELDeclaration(bytes: bytes, fields: fields)
    }

    private static func text(_ schema: JSONSchema) -> CELDeclaration {
        switch schema.format {
        case "byte": return CELDeclaration(max: schema.maxLength.map { UInt64(clamping: $0) } ?? requestBytes - 2, bytes: 2)
        case "duration": return CELDeclaration(max: 32, bytes: 3)
        case "date": return CELDeclaration(max: 12, bytes: 12)
        case "date-time": return CELDeclaration(max: 32, bytes: 21)
        default: return CELDeclaration(max: textLength(schema), bytes: 2)
        }
    }

    /// A character takes up to four bytes; without a bound the longest of the allowed values counts, else the whole request.
    private static func textLength(_ schema: JSONSchema) -> UInt64 {
        if let length = schema.maxLength { return UInt64(clamping: length).capped(times: 4 as UInt64) }
        if !schema.intOrString, let values = schema.enumeration, !values.isEmpty {
            return UInt64(values.compactMap { $0.stringValue?.utf8.count }.max() ?? 0)
        }
        return requestBytes - 2
    }
}

import JSONValue

/// Why a schema is not structural (KEP-1693), in the words of kube-apiserver.
public struct StructuralProblem: Sendable, Hashable {
    /// What kind of problem it is.
    public enum Reason: String, Sendable, Hashable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case forbidden = "FieldValueForbidden"
    }

    /// Where in the schema, for instance `properties[spec].properties[size].type`.
    public let location: String
    /// What kind of problem it is.
    public let reason: Reason
    /// What is wrong, without the value.
    public let message: String
    /// The value that is wrong.
    public let badValue: JSON?

    /// The message of a cause: `Required value: …`, `Invalid value: …: …` or `Forbidden: …`.
    public var causeMessage: String {
        switch reason {
        case .required: "Required value: \(message)"
        case .invalid: "Invalid value: \(badValue?.text() ?? "null"): \(message)"
        case .forbidden: "Forbidden: \(message)"
        }
    }
}

extension JSONSchema {
    /// What keeps the schema from being the schema of a CustomResourceDefinition of version v1; empty when nothing does.
    ///
    /// CEL rules are not compiled here.
    public func structuralProblems() -> [StructuralProblem] {
        var check = StructuralCheck()
        check.visit(self, at: "", isRoot: true)
        return check.problems
    }
}

private struct StructuralCheck {
    var problems: [StructuralProblem] = []

    private mutating func report(_ location: String, _ reason: StructuralProblem.Reason, _ message: String, _ value: JSON? = nil) {
        problems.append(StructuralProblem(location: location, reason: reason, message: message, badValue: value))
    }

    mutating func visit(_ schema: JSONSchema, at location: String, isRoot: Bool = false) {
        func place(_ step: String) -> String { location.isEmpty ? step : "\(location).\(step)" }
        checkType(schema, place, isRoot: isRoot)
        checkPattern(schema, place)
        if schema.ref != nil { report(place("$ref"), .forbidden, "$ref is not supported") }
        if schema.uniqueItems {
            report(place("uniqueItems"), .forbidden, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic")
        }
        if schema.additionalProperties == .forbidden {
            report(place("additionalProperties"), .forbidden, "additionalProperties cannot be set to false")
        }
        if schema.additionalProperties != nil && !schema.properties.isEmpty {
            report(place("additionalProperties"), .forbidden, "additionalProperties and properties are mutual exclusive")
        }
        checkList(schema, place)
        for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
            visit(property, at: place("properties[\(name)]"))
        }
        if let items = schema.items { visit(items, at: place("items")) }
        if case .schema(let values)? = schema.additionalProperties { visit(values, at: place("additionalProperties")) }
    }

    private mutating func checkType(_ schema: JSONSchema, _ place: (String) -> String, isRoot: Bool) {
        if isRoot, let type = schema.type, type != .object {
            return report(place("type"), .invalid, "must be object at the root", .string(type.rawValue))
        }
        guard schema.type == nil, schema.ref == nil, !schema.intOrString, isRoot || !schema.preserveUnknownFields else { return }
        if isRoot {
            report(place("type"), .required, "must not be empty at the root")
        } else {
            let isElement = place("type").hasSuffix("items.type")
            report(place("type"), .required, "must not be empty for specified \(isElement ? "array items" : "object fields")")
        }
    }

    private mutating func checkPattern(_ schema: JSONSchema, _ place: (String) -> String) {
        guard let pattern = schema.pattern else { return }
        do throws(RegularExpressionError) {
            _ = try RegularExpression(pattern)
        } catch {
            report(place("pattern"), .invalid, "must be a valid regular expression, but isn't: \(error)", .string(pattern))
        }
    }

    private mutating func checkList(_ schema: JSONSchema, _ place: (String) -> String) {
        if schema.type == .array && schema.items == nil { report(place("items"), .required, "must be specified") }
        guard let listType = schema.listType else { return }
        if schema.type != .array {
            report(
                place("type"),
                .invalid,
                "must be array if x-kubernetes-list-type is specified",
                schema.type.map { .string($0.rawValue) }
            )
        }
        guard listType == .map else { return }
        if schema.listMapKeys.isEmpty {
            report(place("x-kubernetes-list-map-keys"), .required, "must not be empty if x-kubernetes-list-type is map")
        }
        for (index, key) in schema.listMapKeys.enumerated() {
            guard let item = schema.items, let property = item.properties[key] else {
                report(place("x-kubernetes-list-map-keys[\(index)]"), .invalid, "must be a defined property of items", .string(key))
                continue
            }
            if property.defaultValue == nil && !item.required.contains(key) {
                report(
                    place("items.properties[\(key)].default"),
                    .required,
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
                )
            }
        }
    }
}

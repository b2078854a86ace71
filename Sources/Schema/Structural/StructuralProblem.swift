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
        checkItems(schema, place)
        checkDefault(schema, place)
        checkRules(schema, place)
        for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
            if name == "metadata", isRoot || schema.embeddedResource { checkMetadata(property, place("properties[metadata]")) }
            visit(property, at: place("properties[\(name)]"))
        }
        checkCompositions(schema, place)
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

    /// Elements of sets and maps are told apart, so they are scalars, atomic, or objects with keys, and never null.
    private mutating func checkItems(_ schema: JSONSchema, _ place: (String) -> String) {
        if !schema.listMapKeys.isEmpty, schema.listType != .map {
            let message = "must be map if x-kubernetes-list-map-keys is non-empty"
            let given = schema.listType.map { JSON.string($0.rawValue) }
            report(place("x-kubernetes-list-type"), given == nil ? .required : .invalid, message, given)
        }
        guard let listType = schema.listType, listType != .atomic, let items = schema.items else { return }
        if items.nullable {
            report(place("items.nullable"), .forbidden, "cannot be nullable when x-kubernetes-list-type is \(listType.rawValue)")
        }
        switch listType {
        case .set where items.type == .object && items.mapType != .atomic:
            report(place("items.x-kubernetes-map-type"), .invalid, "must be atomic as item of a list with x-kubernetes-list-type=set")
        case .set where items.type == .array && items.listType != .atomic && items.listType != nil:
            report(place("items.x-kubernetes-list-type"), .invalid, "must be atomic as item of a list with x-kubernetes-list-type=set")
        case .map:
            if items.type != .object {
                let given = JSON.string(items.type?.rawValue ?? "")
                report(place("items.type"), .invalid, "must be object if parent array's x-kubernetes-list-type is map", given)
            }
            for key in schema.listMapKeys {
                guard let property = items.properties[key] else { continue }
                if property.type == .array || property.type == .object {
                    let message = "must be a scalar type if parent array's x-kubernetes-list-type is map"
                    report(place("items.properties[\(key)].type"), .invalid, message, property.type.map { .string($0.rawValue) })
                }
                if property.nullable {
                    let message = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"
                    report(place("items.properties[\(key)].nullable"), .forbidden, message)
                }
            }
            if Set(schema.listMapKeys).count < schema.listMapKeys.count {
                let keys = JSON.array(schema.listMapKeys.map { .string($0) })
                report(place("x-kubernetes-list-map-keys"), .invalid, "must not contain duplicate entries", keys)
            }
        default: break
        }
    }

    /// A default is a value of its schema.
    private mutating func checkDefault(_ schema: JSONSchema, _ place: (String) -> String) {
        guard let value = schema.defaultValue, let validator = try? SchemaValidator(schema) else { return }
        if value.isNull, !schema.nullable { return }
        if let violation = validator.violations(in: validator.defaulting(value), limit: 1).first {
            report(place("default"), .invalid, violation.fieldCause.message, value)
        }
    }

    private mutating func checkRules(_ schema: JSONSchema, _ place: (String) -> String) {
        for (index, rule) in schema.validations.enumerated() {
            let at = "x-kubernetes-validations[\(index)]"
            func isBlank(_ text: some StringProtocol) -> Bool { text.allSatisfy(\.isWhitespace) }
            // Line breaks at the ends are how YAML writes blocks.
            func isBroken(_ text: String) -> Bool { text.split(whereSeparator: \.isNewline).count { !isBlank($0) } > 1 }
            if isBlank(rule.rule) { report(place("\(at).rule"), .required, "rule is not specified") }
            if let message = rule.message, !message.isEmpty {
                if isBlank(message) {
                    report(place("\(at).message"), .invalid, "message must be non-empty if specified", .string(message))
                } else if isBroken(message) {
                    report(place("\(at).message"), .invalid, "message must not contain line breaks", .string(message))
                }
            } else if isBroken(rule.rule) {
                report(place("\(at).message"), .required, "message must be specified if rule contains line breaks")
            }
            if let path = rule.fieldPath, path.contains(where: \.isNewline) {
                report(place("\(at).fieldPath"), .invalid, "fieldPath must not contain line breaks", .string(path))
            } else if let path = rule.fieldPath, !path.isEmpty, !Self.isField(path, of: schema) {
                report(place("\(at).fieldPath"), .invalid, "fieldPath must be a valid path", .string(path))
            }
        }
    }

    /// Whether a path such as `.a.b['c']` names a member that the schema knows.
    private static func isField(_ path: String, of schema: JSONSchema) -> Bool {
        var rest = path[...]
        var place = schema
        while let first = rest.first {
            let name: Substring
            if first == "." {
                name = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(1 + name.count)
            } else if rest.hasPrefix("['"), let end = rest.firstRange(of: "']") {
                name = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
                rest = rest[end.upperBound...]
            } else {
                return false
            }
            if let property = place.properties[String(name)] {
                place = property
            } else if case .schema(let values)? = place.additionalProperties {
                place = values
            } else {
                return false
            }
        }
        return true
    }

    /// Of the metadata of an object only the names can be restricted.
    private mutating func checkMetadata(_ metadata: JSONSchema, _ location: String) {
        var rest = metadata
        (rest.type, rest.description, rest.title) = (nil, nil, nil)
        rest.properties = metadata.properties.filter { $0.key != "name" && $0.key != "generateName" }
        if rest != JSONSchema() {
            let message = "must not specify anything other than name and generateName, but metadata is implicitly specified"
            report(location, .forbidden, message)
        }
    }

    /// What the parts of a composition say only restricts values: types, defaults and merging are said once, outside.
    private mutating func checkCompositions(_ schema: JSONSchema, _ place: (String) -> String) {
        let parts = [("allOf", schema.allOf), ("anyOf", schema.anyOf), ("oneOf", schema.oneOf)]
        for (keyword, schemas) in parts {
            for (index, part) in schemas.enumerated() {
                // The one exception: a number or text, spelled out.
                let isIntOrString = schema.intOrString && keyword != "oneOf"
                checkRestriction(part, place("\(keyword)[\(index)]"), allowsType: isIntOrString)
            }
        }
        if let not = schema.not { checkRestriction(not, place("not"), allowsType: false) }
    }

    private mutating func checkRestriction(_ schema: JSONSchema, _ location: String, allowsType: Bool) {
        func forbid(_ isSet: Bool, _ member: String) {
            if isSet { report("\(location).\(member)", .forbidden, "must be empty to be structural") }
        }
        forbid(schema.type != nil && !allowsType, "type")
        forbid(schema.additionalProperties != nil, "additionalProperties")
        forbid(schema.defaultValue != nil, "default")
        forbid(schema.nullable, "nullable")
        forbid(schema.description != nil, "description")
        forbid(schema.title != nil, "title")
        forbid(schema.preserveUnknownFields, "x-kubernetes-preserve-unknown-fields")
        forbid(schema.embeddedResource, "x-kubernetes-embedded-resource")
        forbid(schema.intOrString, "x-kubernetes-int-or-string")
        forbid(schema.listType != nil, "x-kubernetes-list-type")
        forbid(!schema.listMapKeys.isEmpty, "x-kubernetes-list-map-keys")
        forbid(schema.mapType != nil, "x-kubernetes-map-type")
        forbid(!schema.validations.isEmpty, "x-kubernetes-validations")
        for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
            checkRestriction(property, "\(location).properties[\(name)]", allowsType: false)
        }
        if let items = schema.items { checkRestriction(items, "\(location).items", allowsType: false) }
        let nested = [("allOf", schema.allOf), ("anyOf", schema.anyOf), ("oneOf", schema.oneOf)]
        for (keyword, schemas) in nested {
            for (index, part) in schemas.enumerated() {
                checkRestriction(part, "\(location).\(keyword)[\(index)]", allowsType: allowsType)
            }
        }
        if let not = schema.not { checkRestriction(not, "\(location).not", allowsType: false) }
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

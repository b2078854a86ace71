import JSONValue

/// Applies a schema to JSON values: which of their parts are wrong, which defaults they lack, which members are unknown.
///
/// An API server prunes, fills defaults and then validates. A REST service refuses ``unknownFields(in:isResource:)``, fills defaults,
/// validates and decodes.
public struct SchemaValidator: Sendable {
    /// The schema applied.
    public let schema: JSONSchema
    let nodes: [SchemaNode]
    let root: Int

    /// Prepares a schema for use: resolves references and compiles patterns.
    ///
    /// - Parameters:
    ///   - schema: the schema to apply.
    ///   - components: what the schema's references name.
    /// - Throws: ``SchemaError`` for an unknown reference or a pattern that is not RE2.
    public init(_ schema: JSONSchema, components: [String: JSONSchema] = [:]) throws(SchemaError) {
        self.schema = schema
        (nodes, root) = try SchemaCompiler.table(for: schema, components: components)
    }

    /// What is wrong with a value, in the order of the schema's names.
    ///
    /// - Parameters:
    ///   - value: the value to check.
    ///   - path: where the value is within something larger.
    ///   - limit: stops after this many findings.
    public func violations(in value: JSON, at path: [PathElement] = [], limit: Int = 100) -> [SchemaViolation] {
        var run = ValidationRun(nodes: nodes, limit: limit)
        run.path = path
        run.check(value, root)
        return Array(run.violations.prefix(limit))
    }
}

/// One pass over a value.
struct ValidationRun {
    let nodes: [SchemaNode]
    let limit: Int
    var path: [PathElement] = []
    var violations: [SchemaViolation] = []

    private mutating func report(_ kind: SchemaViolation.Kind, _ value: JSON?) {
        violations.append(SchemaViolation(path: path, kind: kind, badValue: value))
    }

    mutating func check(_ value: JSON, _ place: Int) {
        guard violations.count < limit else { return }
        let node = nodes[place]
        let schema = node.schema
        if value.isNull && schema.nullable { return }
        guard checkType(value, schema) else { return }
        if let allowed = schema.enumeration, !allowed.contains(where: { Self.isSame($0, value) }) {
            report(.notSupported(allowed), value)
        }
        switch value {
        case .string(let text): checkText(text, value, node)
        case .integer, .number: checkNumber(value, schema)
        case .array(let elements): checkElements(elements, value, node)
        case .object(let members): checkMembers(members, value, node)
        case .null, .bool: break
        }
        checkCompositions(value, node)
    }

    /// Whether two values are the same; a whole number equals its form with a fraction.
    private static func isSame(_ left: JSON, _ right: JSON) -> Bool {
        if left == right { return true }
        guard let left = left.numberValue, let right = right.numberValue else { return false }
        return left == right
    }

    private mutating func checkType(_ value: JSON, _ schema: JSONSchema) -> Bool {
        if schema.intOrString {
            if value.stringValue != nil || value.integerValue != nil { return true }
            report(.type(expected: "integer,string"), value)
            return false
        }
        guard let type = schema.type else { return true }
        let fits =
            switch (type, value) {
            case (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool): true
            case (.number, .integer), (.number, .number), (.integer, .integer): true
            case (.integer, .number): value.integerValue != nil
            default: false
            }
        if !fits { report(.type(expected: type.rawValue), value) }
        return fits
    }

    private mutating func checkText(_ text: String, _ value: JSON, _ node: SchemaNode) {
        let schema = node.schema
        if schema.minLength != nil || schema.maxLength != nil {
            let count = text.unicodeScalars.count
            if let least = schema.minLength, count < least { report(.tooShort(least), value) }
            if let most = schema.maxLength, count > most {
                // The pattern is not tried on a text that is too long anyway.
                return report(.tooLong(most), value)
            }
        }
        if let pattern = node.pattern, !pattern.matches(text) { report(.pattern(pattern.pattern), value) }
        if let format = schema.format, StringFormat.isValid(text, format: format) == false { report(.format(format), value) }
    }

    private mutating func checkNumber(_ value: JSON, _ schema: JSONSchema) {
        guard let number = value.numberValue else { return }
        if let bound = schema.minimum, schema.exclusiveMinimum ? number <= bound : number < bound {
            report(.belowMinimum(bound, exclusive: schema.exclusiveMinimum), value)
        }
        if let bound = schema.maximum, schema.exclusiveMaximum ? number >= bound : number > bound {
            report(.aboveMaximum(bound, exclusive: schema.exclusiveMaximum), value)
        }
        if let factor = schema.multipleOf, factor > 0 {
            let quotient = number / factor
            if abs(quotient - quotient.rounded()) > 1e-9 * max(1, abs(quotient)) { report(.multipleOf(factor), value) }
        }
        if schema.format == "int32", Int32(exactly: number) == nil { report(.format("int32"), value) }
    }

    private mutating func checkElements(_ elements: [JSON], _ value: JSON, _ node: SchemaNode) {
        let schema = node.schema
        if let least = schema.minItems, elements.count < least { report(.tooFewItems(least), value) }
        if let most = schema.maxItems, elements.count > most { report(.tooManyItems(most, actual: elements.count), value) }
        if let items = node.items {
            for (index, element) in elements.enumerated() {
                path.append(.index(index))
                check(element, items)
                path.removeLast()
            }
        }
        if schema.listType == .map {
            checkKeys(of: elements, node)
        } else if schema.uniqueItems || schema.listType == .set {
            var seen: Set<JSON> = []
            for (index, element) in elements.enumerated() where !seen.insert(element).inserted {
                path.append(.index(index))
                report(.duplicate, element)
                path.removeLast()
            }
        }
    }

    /// Elements of a list of type `map` differ in their keys; a key that is absent counts with its default.
    private mutating func checkKeys(of elements: [JSON], _ node: SchemaNode) {
        let itemProperties = node.items.map { nodes[$0].schema.properties } ?? [:]
        var seen: Set<JSON> = []
        for (index, element) in elements.enumerated() {
            var key: JSON = [:]
            for name in node.schema.listMapKeys { key[name] = element[name] ?? itemProperties[name]?.defaultValue }
            if seen.insert(key).inserted { continue }
            path.append(.index(index))
            report(.duplicate, key)
            path.removeLast()
        }
    }

    private mutating func checkMembers(_ members: [String: JSON], _ value: JSON, _ node: SchemaNode) {
        let schema = node.schema
        if let least = schema.minProperties, members.count < least { report(.tooFewProperties(least), value) }
        if let most = schema.maxProperties, members.count > most {
            report(.tooManyProperties(most, actual: members.count), value)
        }
        for name in schema.required where members[name] == nil {
            path.append(.key(name))
            report(.required, nil)
            path.removeLast()
        }
        if schema.embeddedResource {
            for name in ["apiVersion", "kind"] where (members[name]?.stringValue ?? "").isEmpty && !schema.required.contains(name) {
                path.append(.key(name))
                report(.required, nil)
                path.removeLast()
            }
        }
        for (name, place) in node.properties {
            guard let member = members[name] else { continue }
            path.append(.key(name))
            check(member, place)
            path.removeLast()
        }
        guard node.additional != nil || schema.additionalProperties == .forbidden else { return }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) where node.propertyNodes[name] == nil {
            path.append(.key(name))
            if let place = node.additional { check(member, place) } else { report(.unknownField, member) }
            path.removeLast()
        }
    }

    private mutating func checkCompositions(_ value: JSON, _ node: SchemaNode) {
        for place in node.allOf where !fits(value, place) {
            report(.composition("must validate all the schemas (allOf)"), value)
            check(value, place)
        }
        if !node.anyOf.isEmpty, !node.anyOf.contains(where: { fits(value, $0) }) {
            report(.composition("must validate at least one schema (anyOf)"), value)
        }
        if !node.oneOf.isEmpty {
            let count = node.oneOf.count(where: { fits(value, $0) })
            if count == 0 { report(.composition("must validate one and only one schema (oneOf). Found none valid"), value) }
            if count > 1 {
                report(.composition("must validate one and only one schema (oneOf). Found \(count) valid alternatives"), value)
            }
        }
        if let place = node.not, fits(value, place) { report(.composition("must not validate the schema (not)"), value) }
    }

    private func fits(_ value: JSON, _ place: Int) -> Bool {
        var run = ValidationRun(nodes: nodes, limit: 1)
        run.check(value, place)
        return run.violations.isEmpty
    }
}

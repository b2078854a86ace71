import JSONValue
import Schema

/// All rules of a schema, compiled once.
struct CELRuleSet: Sendable {
    /// The steps that all rules together may take for one object.
    static let objectBudget = 10_000_000

    /// What does not compile, and where in the schema.
    struct Problem: Sendable, Hashable {
        /// As in `properties[spec].x-kubernetes-validations[0].rule`.
        var location: String
        /// The message of the cause.
        var message: String
        /// Whether it is too expensive, rather than wrong.
        var isForbidden = false
    }

    /// Where a schema stands, as far as its rules care.
    private struct Place {
        var location = ""
        var isRoot = false
        /// How often its values can occur in one object; `nil` when nothing bounds it.
        var cardinality: UInt64? = 1
        /// The list whose elements before and after a change cannot be told to be the same.
        var uncorrelatable: String?

        func step(_ step: String) -> Place {
            Place(location: location.isEmpty ? step : "\(location).\(step)", cardinality: cardinality, uncorrelatable: uncorrelatable)
        }

        func elements(_ step: String, atMost count: Int?) -> Place {
            var place = self.step(step)
            place.cardinality = cardinality.flatMap { outer in count.map { outer.capped(times: UInt64(clamping: $0)) } }
            return place
        }
    }

    private indirect enum Node: Sendable {
        case node(rules: [CELRule], schema: JSONSchema, properties: [String: Node], items: Node?, values: Node?)
    }

    private let root: Node?
    /// What did not compile; those rules are left out.
    let problems: [Problem]

    /// Compiles the rules of the schema of a resource.
    init(schema: JSONSchema) {
        var budget = CELCostBudget()
        root = Self.compile(schema, at: Place(isRoot: true), &budget)
        problems = budget.result
    }

    /// Whether there are no rules.
    var isEmpty: Bool { root == nil }

    /// The rules of a schema and below it; `nil` when there are none.
    private static func compile(_ schema: JSONSchema, at place: Place, _ budget: inout CELCostBudget) -> Node? {
        var rules: [CELRule] = []
        for (index, rule) in schema.validations.enumerated() {
            let location = place.step("x-kubernetes-validations[\(index)]").location
            do {
                let compiled = try CELRule(rule, schema: schema, isRoot: place.isRoot)
                rules.append(compiled)
                let occurrences = place.cardinality ?? CELDeclaration.make(schema, isRoot: place.isRoot)?.maxCardinality ?? 1
                budget.observe(compiled, occurrences: occurrences, at: location)
                budget.checkTransition(compiled, uncorrelatable: place.uncorrelatable, at: location)
            } catch {
                budget.problems.append(Problem(location: "\(location).\(error.member)", message: error.message))
            }
        }
        var properties: [String: Node] = [:]
        for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
            properties[name] = compile(property, at: place.step("properties[\(name)]"), &budget)
        }
        let items = schema.items.flatMap { items in
            var element = place.elements("items", atMost: schema.maxItems)
            if schema.listType != .map, element.uncorrelatable == nil { element.uncorrelatable = place.location }
            return compile(items, at: element, &budget)
        }
        var values: Node?
        if case .schema(let element)? = schema.additionalProperties {
            values = compile(element, at: place.elements("additionalProperties", atMost: schema.maxProperties), &budget)
        }
        if rules.isEmpty, properties.isEmpty, items == nil, values == nil { return nil }
        return .node(rules: rules, schema: schema, properties: properties, items: items, values: values)
    }

    /// What is wrong with an object.
    ///
    /// - Parameters:
    ///   - new: the object, valid for its schema.
    ///   - old: the object before; `nil` on creation.
    func violations(new: JSON, old: JSON?) -> [FieldError] {
        guard let root else { return [] }
        var errors: [FieldError] = []
        var budget = Self.objectBudget
        visit(root, new, old, field: "", isRoot: true, &errors, &budget)
        return errors
    }

    private func visit(
        _ node: Node,
        _ value: JSON,
        _ old: JSON?,
        field: String,
        isRoot: Bool,
        _ errors: inout [FieldError],
        _ budget: inout Int
    ) {
        guard case .node(let rules, let schema, let properties, let items, let values) = node, !value.isNull || schema.nullable else {
            return
        }
        if !rules.isEmpty {
            let now = CELSchema.value(value, of: schema, isRoot: isRoot)
            let before = old.map { CELSchema.value($0, of: schema, isRoot: isRoot) }
            // What a change does not touch was judged when it was written (KEP-4008); rules may have become stricter since.
            let isUnchanged = old == value
            for rule in rules where !(isUnchanged && !rule.isTransition) {
                if let error = rule.violation(now, old: before, field: field, type: schema.type?.rawValue ?? "object", budget: &budget) {
                    errors.append(error)
                }
            }
        }
        switch value {
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if let child = properties[name] {
                    visit(child, member, old?[name], field: field.isEmpty ? name : "\(field).\(name)", isRoot: false, &errors, &budget)
                } else if let values {
                    visit(values, member, old?[name], field: "\(field)[\(name)]", isRoot: false, &errors, &budget)
                }
            }
        case .array(let elements):
            guard let items else { return }
            for (index, element) in elements.enumerated() {
                visit(
                    items,
                    element,
                    Self.counterpart(of: element, in: old?.arrayValue ?? [], schema),
                    field: "\(field)[\(index)]",
                    isRoot: false,
                    &errors,
                    &budget
                )
            }
        default: return
        }
    }

    /// The element before the change: only keyed lists say which that is.
    private static func counterpart(of element: JSON, in old: [JSON], _ schema: JSONSchema) -> JSON? {
        guard schema.listType == .map, !schema.listMapKeys.isEmpty else { return nil }
        func key(_ item: JSON, _ name: String) -> JSON? { item[name] ?? schema.items?.properties[name]?.defaultValue }
        return old.first { candidate in schema.listMapKeys.allSatisfy { key(candidate, $0) == key(element, $0) } }
    }
}

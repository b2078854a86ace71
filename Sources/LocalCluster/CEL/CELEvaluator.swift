/// Evaluates expressions, within a bound of steps.
struct CELEvaluator {
    /// How many steps are left; each node of the expression and each element of a list or map that is looked at counts one.
    private(set) var budget: Int
    private var scope: [String: CELValue]

    init(variables: [String: CELValue], budget: Int) {
        scope = variables
        self.budget = budget
    }

    /// Counts steps.
    mutating func spend(_ steps: Int) throws(CELError) {
        budget -= max(steps, 1)
        if budget < 0 { throw CELError(.budget, "operation cancelled: actual cost limit exceeded") }
    }

    /// The value of an expression.
    mutating func value(of expression: CELExpression) throws(CELError) -> CELValue {
        try spend(1)
        switch expression {
        case .literal(let value, _): return value
        case .name(let name, _):
            if let value = scope[name] { return value }
            if ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"].contains(name) {
                return .type(name)
            }
            throw CELError(.evaluation, "no such attribute(s): \(name)")
        case .select(let operand, let field, let test, let optional, _):
            return try select(try value(of: operand), field, test: test, optional: optional)
        case .index(let operand, let index, let optional, _):
            let base = try value(of: operand)
            let key = try value(of: index)
            guard optional || base.isOptional else { return try element(base, key) }
            guard let plain = base.unwrapped else { return .optional(nil) }
            return .optional(try? element(plain, key))
        case .call(let name, let target, let arguments, _): return try call(name, target, arguments)
        case .list(let items, _):
            var result: [CELValue] = []
            for item in items { result.append(try value(of: item)) }
            return .list(result)
        case .map(let entries, _):
            var result: [CELValue: CELValue] = [:]
            for entry in entries {
                let key = try value(of: entry.key)
                guard result.updateValue(try value(of: entry.value), forKey: key) == nil else {
                    throw CELError(.evaluation, "Failed with repeated key")
                }
            }
            return .map(result)
        case .macro(let macro, let operand, let variable, let arguments, _):
            return try self.macro(macro, try value(of: operand), variable, arguments)
        case .bind(let variable, let value, let body, _):
            let bound = try self.value(of: value)
            return try within(variable, bound) { (evaluator) throws(CELError) in try evaluator.value(of: body) }
        }
    }

    private mutating func within<R>(
        _ variable: String,
        _ value: CELValue,
        _ body: (inout CELEvaluator) throws(CELError) -> R
    ) throws(CELError) -> R {
        let outer = scope[variable]
        scope[variable] = value
        defer { scope[variable] = outer }
        return try body(&self)
    }

    private func select(_ base: CELValue, _ field: String, test: Bool, optional: Bool) throws(CELError) -> CELValue {
        if base.isOptional {
            let found = base.unwrapped.flatMap { plain -> CELValue? in
                if case .map(let members) = plain { members[.string(field)] } else { nil }
            }
            return test ? .bool(found != nil) : .optional(found)
        }
        guard case .map(let members) = base else {
            throw CELError(.evaluation, "no such overload: \(base.typeName).\(field)")
        }
        let found = members[.string(field)]
        if test { return .bool(found != nil) }
        if optional { return .optional(found) }
        guard let found else { throw CELError(.evaluation, "no such key: \(field)") }
        return found
    }

    private func element(_ base: CELValue, _ key: CELValue) throws(CELError) -> CELValue {
        switch base {
        case .map(let members):
            if let found = members[key] { return found }
            throw CELError(.evaluation, "no such key: \(CELText.string(key) ?? "?")")
        case .list(let items):
            guard let index = CELText.index(key) else { throw CELError(.evaluation, "unsupported index type '\(key.typeName)' in list") }
            guard items.indices.contains(index) else { throw CELError(.evaluation, "index out of bounds: \(index)") }
            return items[index]
        default: throw CELError(.evaluation, "no such overload")
        }
    }

    private mutating func call(_ name: String, _ target: CELExpression?, _ arguments: [CELExpression]) throws(CELError) -> CELValue {
        switch (name, arguments.count) {
        case ("_&&_", 2): return try logic(arguments, decisive: false)
        case ("_||_", 2): return try logic(arguments, decisive: true)
        case ("_?_:_", 3):
            guard case .bool(let condition) = try value(of: arguments[0]) else { throw CELError(.evaluation, "no such overload") }
            return try value(of: arguments[condition ? 1 : 2])
        default: break
        }
        if case .name("optional", _)? = target, scope["optional"] == nil {
            guard let first = arguments.first else { return .optional(nil) }
            let value = try value(of: first)
            return .optional(name == "ofNonZeroValue" && CELText.isZero(value) ? nil : value)
        }
        if name == "orValue" || name == "or", let target, arguments.count == 1 {
            let base = try value(of: target)
            if let plain = base.unwrapped { return name == "or" ? base : plain }
            return try value(of: arguments[0])
        }
        var values: [CELValue] = []
        if let target { values.append(try value(of: target)) }
        for argument in arguments { values.append(try value(of: argument)) }
        return try apply(name, values, isMember: target != nil)
    }

    /// A side that decides makes an error of the other side irrelevant, in whichever order they stand.
    private mutating func logic(_ sides: [CELExpression], decisive: Bool) throws(CELError) -> CELValue {
        var failure: CELError?
        for side in sides {
            do throws(CELError) {
                guard case .bool(let truth) = try value(of: side) else { throw CELError(.evaluation, "no such overload") }
                if truth == decisive { return .bool(decisive) }
            } catch {
                if error.code == .budget { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    private mutating func macro(
        _ macro: CELExpression.Macro,
        _ range: CELValue,
        _ variable: String,
        _ arguments: [CELExpression]
    ) throws(CELError) -> CELValue {
        let items: [CELValue]
        switch range {
        case .list(let list): items = list
        // A map is gone through by its keys, in an order that is the same each time.
        case .map(let members): items = members.keys.sorted { (CELText.string($0) ?? "") < (CELText.string($1) ?? "") }
        default: throw CELError(.evaluation, "no such overload")
        }
        return try within(variable, .null) { (evaluator) throws(CELError) in
            switch macro {
            case .all: return try evaluator.quantified(items, variable, arguments[0], decisive: false)
            case .exists: return try evaluator.quantified(items, variable, arguments[0], decisive: true)
            case .existsOne:
                return .bool(try evaluator.matching(items, variable, arguments[0]).count == 1)
            case .filter: return .list(try evaluator.matching(items, variable, arguments[0]))
            case .map:
                let kept = arguments.count == 2 ? try evaluator.matching(items, variable, arguments[0]) : items
                var result: [CELValue] = []
                for item in kept {
                    evaluator.scope[variable] = item
                    result.append(try evaluator.value(of: arguments[arguments.count - 1]))
                }
                return .list(result)
            }
        }
    }

    private mutating func matching(_ items: [CELValue], _ variable: String, _ condition: CELExpression) throws(CELError) -> [CELValue] {
        var result: [CELValue] = []
        for item in items {
            scope[variable] = item
            guard case .bool(let truth) = try value(of: condition) else { throw CELError(.evaluation, "no such overload") }
            if truth { result.append(item) }
        }
        return result
    }

    private mutating func quantified(
        _ items: [CELValue],
        _ variable: String,
        _ condition: CELExpression,
        decisive: Bool
    ) throws(CELError) -> CELValue {
        var failure: CELError?
        for item in items {
            scope[variable] = item
            do throws(CELError) {
                guard case .bool(let truth) = try value(of: condition) else { throw CELError(.evaluation, "no such overload") }
                if truth == decisive { return .bool(decisive) }
            } catch {
                if error.code == .budget { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }
}

extension CELValue {
    /// Whether it is an optional value.
    var isOptional: Bool { if case .optional = self { true } else { false } }

    /// The value itself, or what an optional one holds.
    var unwrapped: CELValue? { if case .optional(let value) = self { value } else { self } }
}

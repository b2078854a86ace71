/// Estimates what an expression costs at most, in the units of Kubernetes (KEP-2876): before a definition is accepted, not when it runs.
///
/// An access costs 1, a list 10, a map 30, text a tenth per character; a macro costs its body once per element the schema allows.
struct CELCost {
    /// What is known of an expression.
    struct Estimate {
        var cost: UInt64
        var type: CELType
        /// Where the value stands in the schema; `nil` for values that the expression makes.
        var declaration: CELDeclaration?
        /// Known from the expression itself.
        var ownSize: CELSize?

        /// The size of the value: from the expression, the schema, or the type.
        var size: CELSize {
            if let ownSize { return ownSize }
            if let declaration { return CELSize(min: 0, max: declaration.maxElements) }
            return switch type {
            case .bool, .int, .uint, .double, .timestamp, .duration: CELSize(1)
            default: .unknown
            }
        }
    }

    /// The value the rule is about, from which `self` and `oldSelf` start.
    private let root: CELDeclaration
    private var checker: CELChecker
    private var scope: [String: CELDeclaration?] = [:]

    /// The greatest cost of an expression that has been checked.
    static func maximum(of program: CELProgram, variables: [String: CELType], root: CELDeclaration) -> UInt64 {
        var estimator = CELCost(root: root, checker: CELChecker(scope: variables))
        return (try? estimator.estimate(program.expression).cost) ?? .max
    }

    private init(root: CELDeclaration, checker: CELChecker) {
        self.root = root
        self.checker = checker
    }

    mutating func estimate(_ expression: CELExpression) throws(CELError) -> Estimate {
        let type = try checker.type(of: expression)
        switch expression {
        case .literal(let value, _): return Estimate(cost: 0, type: type, ownSize: Self.size(of: value))
        case .name(let name, _):
            return Estimate(cost: 1, type: type, declaration: scope[name].map { $0 } ?? root)
        case .select(let operand, let field, let test, let optional, _):
            let operand = try estimate(operand)
            if test { return Estimate(cost: operand.cost, type: type) }
            let isAccess = optional || Self.hasMembers(operand.type)
            return Estimate(
                cost: operand.cost.capped(adding: isAccess ? 1 : 0),
                type: type,
                declaration: operand.declaration?.fields[field]
            )
        case .index(let operand, let index, _, _):
            let operand = try estimate(operand)
            let index = try estimate(index)
            return Estimate(
                cost: operand.cost.capped(adding: index.cost).capped(adding: 1),
                type: type,
                declaration: operand.declaration?.element
            )
        case .list(let items, _):
            var cost: UInt64 = 10
            for item in items { cost = cost.capped(adding: try estimate(item).cost) }
            return Estimate(cost: cost, type: type, ownSize: CELSize(items.count))
        case .map(let entries, _):
            var cost: UInt64 = 30
            for entry in entries {
                cost = cost.capped(adding: try estimate(entry.key).cost).capped(adding: try estimate(entry.value).cost)
            }
            return Estimate(cost: cost, type: type, ownSize: CELSize(entries.count))
        case .macro(let macro, let operand, let variable, let arguments, _):
            return try self.macro(macro, operand, variable, arguments, type)
        case .bind(let variable, let value, let body, _):
            let value = try estimate(value)
            let result = try within(variable, value.type, value.declaration) { (cost) throws(CELError) in try cost.estimate(body) }
            let total = UInt64(10).capped(adding: value.cost).capped(adding: result.cost)
            return Estimate(cost: total, type: type, declaration: result.declaration, ownSize: result.ownSize)
        case .call(let name, let target, let arguments, _): return try call(name, target, arguments, type)
        }
    }

    private static func size(of literal: CELValue) -> CELSize? {
        switch literal {
        case .string(let text): CELSize(text.unicodeScalars.count)
        case .bytes(let bytes): CELSize(bytes.count)
        case .null, .bool, .int, .uint, .double, .timestamp, .duration: CELSize(1)
        default: nil
        }
    }

    private static func hasMembers(_ type: CELType) -> Bool {
        switch type {
        case .map, .object: true
        default: false
        }
    }

    private mutating func within<R>(
        _ variable: String,
        _ type: CELType,
        _ declaration: CELDeclaration?,
        _ body: (inout CELCost) throws(CELError) -> R
    ) throws(CELError) -> R {
        let outer = self
        scope[variable] = .some(declaration)
        checker = checker.adding(variable, type)
        defer { self = outer }
        return try body(&self)
    }

    private mutating func macro(
        _ macro: CELExpression.Macro,
        _ operand: CELExpression,
        _ variable: String,
        _ arguments: [CELExpression],
        _ type: CELType
    ) throws(CELError) -> Estimate {
        let range = try estimate(operand)
        var element = CELType.dyn
        var declaration: CELDeclaration?
        switch range.type {
        case .list(let item):
            element = item
            declaration = range.declaration?.element
        case .map(let key, _):
            element = key
            declaration = range.declaration?.key
        default: break
        }
        // What is not from the schema counts as the value itself does.
        if range.declaration == nil { declaration = root }
        let costs = try within(variable, element, declaration) { (cost) throws(CELError) in
            var costs: UInt64 = 0
            for argument in arguments { costs = costs.capped(adding: try cost.estimate(argument).cost) }
            return costs
        }
        // Condition and step of the loop that the macro stands for, what it starts from, and its result.
        let (each, once): (UInt64, UInt64) =
            switch macro {
            case .all: (3, 1)
            case .exists: (4, 1)
            case .existsOne: (2, 2)
            case .filter: (13, 11)
            case .map: (12, 11)
            }
        let loop = range.size.max.capped(times: costs.capped(adding: each))
        let isCollection = macro == .filter || macro == .map
        return Estimate(
            cost: range.cost.capped(adding: once).capped(adding: loop),
            type: type,
            ownSize: isCollection ? range.size : CELSize(1)
        )
    }
}

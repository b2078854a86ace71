/// Finds the type of an expression, or what does not fit.
struct CELChecker {
    /// The types of the names in scope.
    private var scope: [String: CELType]

    /// - Parameter scope: the types of the names that may be used.
    init(scope: [String: CELType]) {
        self.scope = scope
    }

    /// The same with one more name.
    func adding(_ name: String, _ type: CELType) -> CELChecker { CELChecker(scope: scope.merging([name: type]) { $1 }) }

    /// Checks an expression.
    ///
    /// - Parameter variables: the types of the names it may use.
    /// - Returns: the type of its result.
    static func check(_ expression: CELExpression, variables: [String: CELType]) throws(CELError) -> CELType {
        var checker = CELChecker(scope: variables)
        return try checker.type(of: expression)
    }

    private static let typeNames: Set<String> = ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"]

    /// The type of an expression.
    mutating func type(of expression: CELExpression) throws(CELError) -> CELType {
        switch expression {
        case .literal(let value, _): return Self.type(of: value)
        case .name(let name, let offset):
            if let type = scope[name] { return type }
            if Self.typeNames.contains(name) { return .type }
            throw CELError(.types, "undeclared reference to '\(name)' (in container '')", at: offset)
        case .select(let operand, let field, let test, let optional, let offset):
            let type = try member(field, of: try self.type(of: operand), at: offset)
            if test { return .bool }
            return optional ? .optional(Self.unwrapped(type)) : type
        case .index(let operand, let index, let optional, let offset):
            let type = try element(of: try self.type(of: operand), by: try self.type(of: index), at: offset)
            return optional ? .optional(Self.unwrapped(type)) : type
        case .call(let name, let target, let arguments, let offset): return try call(name, target, arguments, at: offset)
        case .list(let items, _):
            var element: CELType?
            for item in items {
                let type = try type(of: item)
                element = element.map { $0.joined(type) } ?? type
            }
            return .list(element ?? .dyn)
        case .map(let entries, _):
            var key: CELType?
            var value: CELType?
            for entry in entries {
                let keyType = try type(of: entry.key)
                let valueType = try type(of: entry.value)
                key = key.map { $0.joined(keyType) } ?? keyType
                value = value.map { $0.joined(valueType) } ?? valueType
            }
            return .map(key ?? .dyn, value ?? .dyn)
        case .macro(let macro, let operand, let variable, let arguments, let offset):
            return try self.macro(macro, operand, variable, arguments, at: offset)
        case .bind(let variable, let value, let body, _):
            let type = try type(of: value)
            return try within(variable, type) { (checker) throws(CELError) in try checker.type(of: body) }
        }
    }

    private static func type(of literal: CELValue) -> CELType {
        switch literal {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }

    private static func unwrapped(_ type: CELType) -> CELType {
        if case .optional(let wrapped) = type { wrapped } else { type }
    }

    private mutating func within<R>(
        _ variable: String,
        _ type: CELType,
        _ body: (inout CELChecker) throws(CELError) -> R
    ) throws(CELError) -> R {
        let outer = scope[variable]
        scope[variable] = type
        defer { scope[variable] = outer }
        return try body(&self)
    }

    private func member(_ field: String, of type: CELType, at offset: Int) throws(CELError) -> CELType {
        switch type {
        case .dyn: return .dyn
        case .object(let fields):
            if let type = fields[field] { return type }
            throw CELError(.types, "undefined field '\(field)'", at: offset)
        case .map(_, let value): return value
        case .optional(let wrapped): return .optional(Self.unwrapped(try member(field, of: wrapped, at: offset)))
        default: throw CELError(.types, "type '\(type.name)' does not support field selection", at: offset)
        }
    }

    private func element(of type: CELType, by index: CELType, at offset: Int) throws(CELError) -> CELType {
        switch type {
        case .dyn: return .dyn
        case .list(let element) where CELType.int.accepts(index) || index == .uint || index == .double: return element
        case .map(let key, let value) where key.accepts(index): return value
        case .optional(let wrapped): return .optional(Self.unwrapped(try element(of: wrapped, by: index, at: offset)))
        default: throw noOverload("_[_]", [type, index], isMember: false, at: offset)
        }
    }

    private mutating func macro(
        _ macro: CELExpression.Macro,
        _ operand: CELExpression,
        _ variable: String,
        _ arguments: [CELExpression],
        at offset: Int
    ) throws(CELError) -> CELType {
        let range = try type(of: operand)
        let element: CELType
        switch range {
        case .dyn: element = .dyn
        case .list(let type): element = type
        case .map(let key, _): element = key
        default: throw CELError(.types, "expression of type '\(range.name)' cannot be range of a comprehension", at: operand.offset)
        }
        return try within(variable, element) { (checker) throws(CELError) in
            var types: [CELType] = []
            for argument in arguments { types.append(try checker.type(of: argument)) }
            let isMap = macro == .map
            // All but the last argument of map() are conditions.
            for (index, type) in types.enumerated() where !isMap || index < types.count - 1 {
                if !CELType.bool.accepts(type) {
                    throw CELError(.types, "found no matching overload for '\(macro.rawValue)' applied to '\(type.name)'", at: offset)
                }
            }
            switch macro {
            case .all, .exists, .existsOne: return .bool
            case .filter: return .list(element)
            case .map: return .list(types.last ?? .dyn)
            }
        }
    }

    private mutating func call(
        _ name: String,
        _ target: CELExpression?,
        _ arguments: [CELExpression],
        at offset: Int
    ) throws(CELError) -> CELType {
        if case .name("optional", _)? = target, scope["optional"] == nil {
            guard let first = arguments.first else { return .optional(.dyn) }
            return .optional(try type(of: first))
        }
        var types: [CELType] = []
        if let target { types.append(try type(of: target)) }
        for argument in arguments { types.append(try type(of: argument)) }
        switch (name, types.count) {
        case ("_?_:_", 3):
            if !CELType.bool.accepts(types[0]) { throw noOverload(name, types, isMember: false, at: offset) }
            if !types[1].accepts(types[2]) { throw noOverload(name, types, isMember: false, at: offset) }
            return types[1].joined(types[2])
        case ("_==_", 2), ("_!=_", 2):
            if types[0].accepts(types[1]) { return .bool }
            throw noOverload(name, types, isMember: false, at: offset)
        case ("@in", 2):
            let isFitting =
                switch types[1] {
                case .list(let element), .map(let element, _): element.accepts(types[0])
                default: true
                }
            if !isFitting { throw noOverload(name, types, isMember: false, at: offset) }
        default: break
        }
        guard let overloads = (target == nil ? CELFunctions.global : CELFunctions.member)[name] else {
            throw CELError(.types, "undeclared reference to '\(name)' (in container '')", at: offset)
        }
        let fitting = overloads.filter { overload in
            overload.parameters.count == types.count && zip(overload.parameters, types).allSatisfy { $0.accepts($1) }
        }
        guard let first = fitting.first else { throw noOverload(name, types, isMember: target != nil, at: offset) }
        // What depends on a value known only later has a type known only later.
        let results = fitting.map { $0.result(types) }
        return results.allSatisfy { $0 == results[0] } ? first.result(types) : .dyn
    }

    private func noOverload(_ name: String, _ types: [CELType], isMember: Bool, at offset: Int) -> CELError {
        let texts = types.map(\.name)
        let applied =
            isMember ? "'\(texts.first ?? "").(\(texts.dropFirst().joined(separator: ", ")))'" : "'(\(texts.joined(separator: ", ")))'"
        return CELError(.types, "found no matching overload for '\(name)' applied to \(applied)", at: offset)
    }
}

/// Parses expressions (language definition of CEL, section Syntax); macros are recognised here.
struct CELParser {
    private static let depthLimit = 250
    private static let lengthLimit = 64 * 1024

    private var tokens: [(token: CELLexer.Token, offset: Int)]
    private var position = 0
    private var depth = 0

    /// Parses a whole text.
    static func parse(_ text: String) throws(CELError) -> CELExpression {
        if text.utf8.count > lengthLimit { throw CELError(.budget, "expression is longer than \(lengthLimit) bytes", at: 0) }
        var lexer = CELLexer(text)
        var parser = CELParser(tokens: try lexer.tokens())
        let result = try parser.expression()
        guard parser.token == .end else { throw parser.unexpected() }
        return result
    }

    private init(tokens: [(token: CELLexer.Token, offset: Int)]) { self.tokens = tokens }

    private var token: CELLexer.Token { tokens[min(position, tokens.count - 1)].token }
    private var offset: Int { tokens[min(position, tokens.count - 1)].offset }

    private func unexpected() -> CELError {
        let found: String =
            switch token {
            case .end: "<EOF>"
            case .symbol(let text), .name(let text): text
            case .string(let text): "\"\(text)\""
            case .int(let value): String(value)
            case .uint(let value): "\(value)u"
            case .double(let value): String(value)
            case .bytes: "b\"\""
            }
        return CELError(.syntax, "Syntax error: mismatched input '\(found)'", at: offset)
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard token == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(CELError) {
        if !take(symbol) { throw unexpected() }
    }

    private mutating func nested<R>(_ body: (inout CELParser) throws(CELError) -> R) throws(CELError) -> R {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw CELError(.budget, "expression recursion limit exceeded: \(Self.depthLimit)", at: offset) }
        return try body(&self)
    }

    private mutating func expression() throws(CELError) -> CELExpression {
        try nested { (parser) throws(CELError) in
            let condition = try parser.binary(0)
            let at = parser.offset
            guard parser.take("?") else { return condition }
            let yes = try parser.binary(0)
            try parser.expect(":")
            return .call("_?_:_", on: nil, [condition, yes, try parser.expression()], offset: at)
        }
    }

    private static let levels: [[String]] = [["||"], ["&&"], ["<", "<=", ">=", ">", "==", "!=", "in"], ["+", "-"], ["*", "/", "%"]]

    private mutating func binary(_ level: Int) throws(CELError) -> CELExpression {
        if level == Self.levels.count { return try unary() }
        var left = try binary(level + 1)
        while true {
            let at = offset
            let found: String? =
                switch token {
                case .symbol(let symbol) where Self.levels[level].contains(symbol): symbol
                case .name("in") where Self.levels[level].contains("in"): "in"
                default: nil
                }
            guard let found else { return left }
            position += 1
            left = .call(found == "in" ? "@in" : "_\(found)_", on: nil, [left, try binary(level + 1)], offset: at)
        }
    }

    private mutating func unary() throws(CELError) -> CELExpression {
        let at = offset
        if take("!") { return try nested { (parser) throws(CELError) in .call("!_", on: nil, [try parser.unary()], offset: at) } }
        if take("-") {
            switch token {
            case .int(let value):
                tokens[position].token = .int(0 &- value)
                return try member()
            case .double(let value):
                tokens[position].token = .double(-value)
                return try member()
            default: return try nested { (parser) throws(CELError) in .call("-_", on: nil, [try parser.unary()], offset: at) }
            }
        }
        return try member()
    }

    private mutating func member() throws(CELError) -> CELExpression {
        var operand = try primary()
        while true {
            let at = offset
            if take(".") {
                let optional = take("?")
                guard case .name(let name) = token else { throw unexpected() }
                position += 1
                let callAt = offset
                if !optional, take("(") {
                    operand = try call(name, on: operand, try arguments(until: ")"), at: callAt)
                } else {
                    operand = .select(operand, name, test: false, optional: optional, offset: at)
                }
            } else if take("[") {
                let optional = take("?")
                let index = try expression()
                try expect("]")
                operand = .index(operand, index, optional: optional, offset: at)
            } else {
                return operand
            }
        }
    }

    private mutating func arguments(until end: String) throws(CELError) -> [CELExpression] {
        var result: [CELExpression] = []
        if take(end) { return result }
        repeat {
            if token == .symbol(end) { break }
            result.append(try expression())
        } while take(",")
        try expect(end)
        return result
    }

    private mutating func primary() throws(CELError) -> CELExpression {
        let at = offset
        let current = token
        switch current {
        case .int(let value): return literal(.int(value), at)
        case .uint(let value): return literal(.uint(value), at)
        case .double(let value): return literal(.double(value), at)
        case .string(let value): return literal(.string(value), at)
        case .bytes(let value): return literal(.bytes(value), at)
        case .name("true"): return literal(.bool(true), at)
        case .name("false"): return literal(.bool(false), at)
        case .name("null"): return literal(.null, at)
        case .name(let name): return try named(name, at)
        case .symbol("."):
            position += 1
            guard case .name(let name) = token else { throw unexpected() }
            return try named(name, at)
        case .symbol("("):
            position += 1
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["):
            position += 1
            return .list(try arguments(until: "]"), offset: at)
        case .symbol("{"):
            position += 1
            return try map(at)
        default: throw unexpected()
        }
    }

    private mutating func literal(_ value: CELValue, _ at: Int) -> CELExpression {
        position += 1
        return .literal(value, offset: at)
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
        "var",
        "void", "while", "in",
    ]

    private mutating func named(_ name: String, _ at: Int) throws(CELError) -> CELExpression {
        if Self.reserved.contains(name) { throw CELError(.syntax, "reserved identifier: \(name)", at: at) }
        position += 1
        let callAt = offset
        guard take("(") else { return .name(name, offset: at) }
        let arguments = try arguments(until: ")")
        guard name == "has" else { return .call(name, on: nil, arguments, offset: callAt) }
        guard arguments.count == 1, case .select(let operand, let field, false, false, let dot) = arguments[0] else {
            throw CELError(.syntax, "invalid argument to has() macro", at: callAt)
        }
        return .select(operand, field, test: true, optional: false, offset: dot)
    }

    private mutating func map(_ at: Int) throws(CELError) -> CELExpression {
        var entries: [CELExpression.Entry] = []
        while !take("}") {
            let key = try expression()
            try expect(":")
            entries.append(CELExpression.Entry(key: key, value: try expression()))
            if !take(",") {
                try expect("}")
                break
            }
        }
        return .map(entries, offset: at)
    }

    private func call(_ name: String, on target: CELExpression, _ arguments: [CELExpression], at: Int) throws(CELError) -> CELExpression {
        if case .name("cel", _) = target, name == "bind", arguments.count == 3 {
            guard case .name(let variable, _) = arguments[0] else {
                throw CELError(.syntax, "cel.bind() variable names must be simple identifiers", at: at)
            }
            return .bind(variable, arguments[1], arguments[2], offset: at)
        }
        // A library's name before a function is no value.
        if case .name("sets", _) = target, CELSets.names.contains("sets.\(name)") {
            return .call("sets.\(name)", on: nil, arguments, offset: at)
        }
        let isMacro: Bool =
            switch name {
            case "all", "exists", "exists_one", "filter": arguments.count == 2
            case "map": arguments.count == 2 || arguments.count == 3
            default: false
            }
        guard isMacro, let macro = CELExpression.Macro(rawValue: name) else { return .call(name, on: target, arguments, offset: at) }
        guard case .name(let variable, _) = arguments[0] else {
            throw CELError(.syntax, "argument must be a simple name", at: arguments[0].offset)
        }
        return .macro(macro, on: target, variable: variable, Array(arguments.dropFirst()), offset: at)
    }
}

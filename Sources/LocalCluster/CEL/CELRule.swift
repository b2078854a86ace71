import JSONValue
import Schema

/// A compiled entry of `x-kubernetes-validations`.
struct CELRule: Sendable {
    /// Why an entry cannot be compiled.
    struct Problem: Error {
        /// The member at fault: `rule`, `messageExpression`, `fieldPath`, `reason`.
        var member: String
        /// The message of the cause.
        var message: String
    }

    /// The entry.
    let rule: ValidationRule
    private let program: CELProgram
    private let messageProgram: CELProgram?
    /// What one evaluation costs at most.
    let cost: UInt64
    /// What the message costs at most; `nil` when it is no expression.
    let messageCost: UInt64?

    /// Compiles an entry for values of a schema.
    init(_ rule: ValidationRule, schema: JSONSchema, isRoot: Bool) throws(Problem) {
        self.rule = rule
        let type = CELSchema.type(of: schema, isRoot: isRoot) ?? .dyn
        let old = rule.optionalOldSelf == true ? CELType.optional(type) : type
        program = try Self.compile(rule.rule, ["self": type, "oldSelf": old], .bool, rule, "rule")
        messageProgram =
            if let expression = rule.messageExpression {
                try Self.compile(expression, ["self": type, "oldSelf": old], .string, rule, "messageExpression")
            } else {
                nil
            }
        let root = CELDeclaration.make(schema, isRoot: isRoot)
        let (program, messageProgram) = (program, messageProgram)
        let estimate = { (program: CELProgram) in
            root.map { CELCost.maximum(of: program, variables: ["self": type, "oldSelf": old], root: $0) } ?? 0
        }
        cost = estimate(program)
        messageCost = messageProgram.map(estimate)
        if let reason = rule.reason, Self.kinds[reason] == nil {
            throw Problem(
                member: "reason",
                message: "Unsupported value: \(JSON.string(reason).text()): supported values: "
                    + Self.kinds.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            )
        }
    }

    private static func compile(
        _ source: String,
        _ variables: [String: CELType],
        _ result: CELType,
        _ rule: ValidationRule,
        _ member: String
    ) throws(Problem) -> CELProgram {
        do {
            return try CELProgram(parsing: source, variables: variables, result: result)
        } catch {
            throw Problem(
                member: member,
                message: "Invalid value: \(described(rule)): compilation failed: \(error.rendered(source: source))"
            )
        }
    }

    /// The entry as it is printed in causes.
    private static func described(_ rule: ValidationRule) -> String {
        func text(_ value: String?) -> String {
            // As Go's encoder writes it: what could close a script is escaped.
            JSON.string(value ?? "").text().replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
        }
        let reason = rule.reason.map { text($0) } ?? "null"
        let optional = rule.optionalOldSelf.map { String($0) } ?? "null"
        return "{\"Rule\":\(text(rule.rule)),\"Message\":\(text(rule.message)),\"MessageExpression\":\(text(rule.messageExpression)),"
            + "\"Reason\":\(reason),\"FieldPath\":\(text(rule.fieldPath)),\"OptionalOldSelf\":\(optional)}"
    }

    /// Whether the rule is about changes.
    var isTransition: Bool { program.expression.mentions("oldSelf") }

    private static let kinds: [String: FieldError.Kind] = [
        "FieldValueInvalid": .invalid, "FieldValueForbidden": .forbidden, "FieldValueRequired": .required,
        "FieldValueDuplicate": .duplicate,
    ]

    /// What is wrong; `nil` when the rule holds or does not apply.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - old: the value before; `nil` when there was none.
    ///   - field: the path of the value.
    ///   - type: the type of the value as it is printed, as in `object`.
    ///   - budget: the steps left for the whole object.
    func violation(_ value: CELValue, old: CELValue?, field: String, type: String, budget: inout Int) -> FieldError? {
        var variables = ["self": value]
        if isTransition {
            if rule.optionalOldSelf == true {
                variables["oldSelf"] = .optional(old)
            } else if let old {
                variables["oldSelf"] = old
            } else {
                return nil
            }
        }
        do {
            if try program.evaluate(variables, budget: &budget) == .bool(true) { return nil }
        } catch {
            let subject = error.code == .budget ? "rule" : "\(error.message) evaluating rule"
            let reason =
                error.code == .budget ? "\(error.message): \(rule.message ?? rule.rule)" : "\(subject): \(rule.message ?? rule.rule)"
            return FieldError(.invalid, shown(field), message: "Invalid value: \"\(type)\": \(reason)")
        }
        let kind = Self.kinds[rule.reason ?? ""] ?? .invalid
        let message = message(variables, budget: &budget)
        let at = rule.fieldPath.map { $0.hasPrefix(".") && field.isEmpty ? String($0.dropFirst()) : field + $0 } ?? field
        let words =
            switch kind {
            case .forbidden: "Forbidden"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            default: "Invalid value"
            }
        return FieldError(kind, shown(at), message: "\(words): \(message)")
    }

    private func shown(_ field: String) -> String { field.isEmpty ? "<nil>" : field }

    /// What the rule says of its failure; an expression that gives no line of text counts as none.
    private func message(_ variables: [String: CELValue], budget: inout Int) -> String {
        if let messageProgram, case .string(let text)? = try? messageProgram.evaluate(variables, budget: &budget),
            !text.contains(where: \.isNewline), !text.allSatisfy(\.isWhitespace)
        {
            return text
        }
        if let message = rule.message, !message.isEmpty { return message }
        return "failed rule: \(rule.rule)"
    }
}

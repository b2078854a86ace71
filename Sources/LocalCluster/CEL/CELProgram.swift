/// A compiled expression of the Common Expression Language (CEL, as KEP-2876 uses it).
struct CELProgram: Sendable {
    /// The steps that one evaluation may take unless the caller says otherwise.
    static let defaultBudget = 1_000_000

    /// The text it was compiled from.
    let source: String
    /// The parsed expression.
    let expression: CELExpression
    /// The type of the result.
    let type: CELType

    /// Parses and checks an expression.
    ///
    /// - Parameters:
    ///   - source: the text.
    ///   - variables: the types of the names it may use.
    ///   - result: the type it must have; `nil` for any.
    /// - Throws: ``CELError`` of code syntax or types.
    init(parsing source: String, variables: [String: CELType], result: CELType? = nil) throws(CELError) {
        self.source = source
        expression = try CELParser.parse(source)
        type = try CELChecker.check(expression, variables: variables)
        if let result, !result.accepts(type) { throw CELError(.types, "must evaluate to a \(result.name)") }
    }

    /// Evaluates.
    ///
    /// - Parameters:
    ///   - variables: the values of the names.
    ///   - budget: how many steps it may take; what is left afterwards.
    /// - Throws: ``CELError`` of code evaluation or budget.
    func evaluate(_ variables: [String: CELValue], budget: inout Int) throws(CELError) -> CELValue {
        var evaluator = CELEvaluator(variables: variables, budget: min(budget, Self.defaultBudget))
        let before = evaluator.budget
        defer { budget -= before - evaluator.budget }
        return try evaluator.value(of: expression)
    }
}

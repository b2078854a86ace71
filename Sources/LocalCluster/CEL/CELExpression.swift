/// A parsed expression.
indirect enum CELExpression: Sendable, Hashable {
    /// A value in the text.
    case literal(CELValue, offset: Int)
    /// A name.
    case name(String, offset: Int)
    /// `a.b`; the offset is that of the dot. `test`: whether it is there, as in `has(a.b)`. `optional`: `a.?b`.
    case select(CELExpression, String, test: Bool, optional: Bool, offset: Int)
    /// `a[b]` and `a[?b]`.
    case index(CELExpression, CELExpression, optional: Bool, offset: Int)
    /// A function or operator, with what it is called on if it is called on something.
    case call(String, on: CELExpression?, [CELExpression], offset: Int)
    /// `[a, b]`.
    case list([CELExpression], offset: Int)
    /// `{a: b}`.
    case map([Entry], offset: Int)
    /// `a.all(x, p)` and its kin.
    case macro(Macro, on: CELExpression, variable: String, [CELExpression], offset: Int)
    /// `cel.bind(x, a, b)`.
    case bind(String, CELExpression, CELExpression, offset: Int)

    /// An entry of a map.
    struct Entry: Sendable, Hashable {
        var key: CELExpression
        var value: CELExpression
    }

    /// The macros over lists and maps.
    enum Macro: String, Sendable, Hashable {
        case all, exists, filter, map
        case existsOne = "exists_one"
    }

    /// Where it stands in the text.
    var offset: Int {
        switch self {
        case .literal(_, let offset), .name(_, let offset), .select(_, _, _, _, let offset), .index(_, _, _, let offset),
            .call(_, _, _, let offset), .list(_, let offset), .map(_, let offset), .macro(_, _, _, _, let offset),
            .bind(_, _, _, let offset):
            offset
        }
    }

    /// Whether a name occurs that is no variable of a macro.
    func mentions(_ wanted: String) -> Bool {
        switch self {
        case .literal: false
        case .name(let name, _): name == wanted
        case .select(let operand, _, _, _, _): operand.mentions(wanted)
        case .index(let operand, let index, _, _): operand.mentions(wanted) || index.mentions(wanted)
        case .call(_, let target, let arguments, _):
            target?.mentions(wanted) == true || arguments.contains { $0.mentions(wanted) }
        case .list(let items, _): items.contains { $0.mentions(wanted) }
        case .map(let entries, _): entries.contains { $0.key.mentions(wanted) || $0.value.mentions(wanted) }
        case .macro(_, let operand, let variable, let arguments, _):
            operand.mentions(wanted) || (variable != wanted && arguments.contains { $0.mentions(wanted) })
        case .bind(let variable, let value, let body, _):
            value.mentions(wanted) || (variable != wanted && body.mentions(wanted))
        }
    }
}

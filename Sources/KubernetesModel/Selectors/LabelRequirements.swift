/// A label selector of a query string: `a=1,b!=2,c in (x,y),!d`. All requirements must hold.
public struct LabelRequirements: Sendable, Hashable {
    /// How a label is compared.
    public enum Operator: Sendable, Hashable {
        /// There with one of the values.
        case `in`(Set<String>)
        /// Not there, or with none of the values.
        case notIn(Set<String>)
        /// There.
        case exists
        /// Not there.
        case doesNotExist
        /// There with a whole number greater than this.
        case greaterThan(Int64)
        /// There with a whole number less than this.
        case lessThan(Int64)
    }

    /// One requirement.
    public struct Requirement: Sendable, Hashable {
        /// The label.
        public var key: String
        /// What must hold for it.
        public var `operator`: Operator
    }

    /// All requirements.
    public var requirements: [Requirement]

    /// Reads the text of a `labelSelector` parameter; empty text selects everything.
    ///
    /// - Throws: ``SelectorError`` when it is malformed, or a key or a value is no label.
    public init(parsing text: String) throws(SelectorError) {
        var parser = LabelRequirementsParser(text)
        requirements = try parser.parse()
    }

    /// Whether an object with these labels is selected.
    public func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            let value = labels[requirement.key]
            return switch requirement.operator {
            case .in(let values): value.map(values.contains) ?? false
            case .notIn(let values): !(value.map(values.contains) ?? false)
            case .exists: value != nil
            case .doesNotExist: value == nil
            case .greaterThan(let bound): value.flatMap { Int64($0) }.map { $0 > bound } ?? false
            case .lessThan(let bound): value.flatMap { Int64($0) }.map { $0 < bound } ?? false
            }
        }
    }
}

/// Reads label selectors: words, and the marks `= == != < > ! ( ) ,`.
struct LabelRequirementsParser {
    private enum Token: Equatable {
        case word(String)
        case mark(String)
    }

    private let text: String
    private var tokens: [Token] = []
    private var position = 0

    init(_ text: String) {
        self.text = text
        tokens = Self.tokens(text)
    }

    private static func tokens(_ text: String) -> [Token] {
        var result: [Token] = []
        var word = ""
        func flush() {
            if !word.isEmpty { result.append(.word(word)) }
            word = ""
        }
        for character in text {
            switch character {
            case " ", "\t", "\n", "\r": flush()
            case "=":
                flush()
                if case .mark(let mark)? = result.last, mark == "!" || mark == "=" {
                    result[result.count - 1] = .mark(mark + "=")
                } else {
                    result.append(.mark("="))
                }
            case "!", "<", ">", "(", ")", ",":
                flush()
                result.append(.mark(String(character)))
            default: word.append(character)
            }
        }
        flush()
        return result
    }

    private func fail(_ what: String) -> SelectorError { SelectorError("unable to parse requirement: \(what)") }

    private var next: Token? { position < tokens.count ? tokens[position] : nil }

    private mutating func take(_ mark: String) -> Bool {
        guard next == .mark(mark) else { return false }
        position += 1
        return true
    }

    private mutating func word() throws(SelectorError) -> String {
        guard case .word(let word)? = next else {
            throw fail("found '\(found)', expected: identifier")
        }
        position += 1
        return word
    }

    private var found: String {
        switch next {
        case .word(let text), .mark(let text): text
        case nil: ""
        }
    }

    mutating func parse() throws(SelectorError) -> [LabelRequirements.Requirement] {
        var result: [LabelRequirements.Requirement] = []
        guard next != nil else { return result }
        while true {
            result.append(try requirement())
            if next == nil { return result }
            guard take(",") else { throw fail("found '\(found)', expected: ',' or 'end of string'") }
        }
    }

    private mutating func requirement() throws(SelectorError) -> LabelRequirements.Requirement {
        if take("!") {
            let key = try key()
            return .init(key: key, operator: .doesNotExist)
        }
        let key = try key()
        switch next {
        case nil, .mark(","): return .init(key: key, operator: .exists)
        case .mark("="), .mark("=="):
            position += 1
            return .init(key: key, operator: .in([try value()]))
        case .mark("!="):
            position += 1
            return .init(key: key, operator: .notIn([try value()]))
        case .mark(">"):
            position += 1
            return .init(key: key, operator: .greaterThan(try number()))
        case .mark("<"):
            position += 1
            return .init(key: key, operator: .lessThan(try number()))
        case .word("in"):
            position += 1
            return .init(key: key, operator: .in(try values()))
        case .word("notin"):
            position += 1
            return .init(key: key, operator: .notIn(try values()))
        default: throw fail("found '\(found)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    private mutating func key() throws(SelectorError) -> String {
        let key = try word()
        guard Names.isQualifiedName(key) else { throw fail("<nil>: Invalid value: \"\(key)\": not a label key") }
        return key
    }

    private mutating func number() throws(SelectorError) -> Int64 {
        let text = try word()
        guard let number = Int64(text) else { throw fail("'\(text)' must be an integer") }
        return number
    }

    /// A value may be empty: `a=` asks for an empty label.
    private mutating func value() throws(SelectorError) -> String {
        guard case .word(let word)? = next else { return "" }
        position += 1
        guard Names.isLabelValue(word) else { throw fail("<nil>: Invalid value: \"\(word)\": not a label value") }
        return word
    }

    private mutating func values() throws(SelectorError) -> Set<String> {
        guard take("(") else { throw fail("found '\(found)', expected: '('") }
        var result: Set<String> = []
        while true {
            result.insert(try value())
            if take(")") { return result }
            guard take(",") else { throw fail("found '\(found)', expected: ',' or ')'") }
        }
    }
}

/// A regular expression in RE2 syntax, as Kubernetes compiles the patterns of a schema.
///
/// Matching takes time linear in the text: the expression runs as a set of simultaneous states, never by backtracking. What such a machine
/// cannot do (look-around, back references) is refused when the expression is made, as Go's `regexp` refuses it.
public struct RegularExpression: Sendable, Hashable {
    /// The expression as given.
    public let pattern: String
    private let program: RegularExpressionProgram

    /// Compiles an expression.
    ///
    /// - Parameter pattern: RE2 syntax (https://github.com/google/re2/wiki/Syntax), case-sensitive, `.` without line breaks.
    /// - Throws: ``RegularExpressionError`` worded as Go words it.
    public init(_ pattern: String) throws(RegularExpressionError) {
        self.pattern = pattern
        var parser = RegularExpressionParser(pattern)
        let node = try parser.parse()
        program = try RegularExpressionProgram(node, pattern: pattern)
    }

    /// Whether the expression matches anywhere in the text.
    public func matches(_ text: String) -> Bool {
        program.matches(Array(text.unicodeScalars))
    }

    /// Two expressions are equal when their patterns are.
    public static func == (left: RegularExpression, right: RegularExpression) -> Bool { left.pattern == right.pattern }

    /// Hashes the pattern.
    public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

/// Why a pattern is no RE2 expression.
public struct RegularExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as Go words it, for instance ``invalid or unsupported Perl syntax: `(?=` ``.
    public let message: String

    /// The message as Go prefixes it.
    public var description: String { "error parsing regexp: \(message)" }

    init(_ problem: String, _ excerpt: some StringProtocol) {
        message = "\(problem): `\(excerpt)`"
    }
}

/// The parsed form of an expression.
indirect enum RegularExpressionNode: Sendable {
    /// Matches the empty text.
    case empty
    /// One scalar out of a set.
    case scalars(ScalarSet)
    /// A position.
    case assertion(Assertion)
    /// One after the other.
    case sequence([RegularExpressionNode])
    /// One of several.
    case choice([RegularExpressionNode])
    /// `minimum` to `maximum` times; no maximum is no bound.
    case repeated(RegularExpressionNode, minimum: Int, maximum: Int?)

    /// A position in the text.
    enum Assertion: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
    }
}

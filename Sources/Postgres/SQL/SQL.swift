/// A statement with its parameters, written as a string literal in which every interpolated value becomes a parameter.
///
/// ```swift
/// let sql: SQL = "select email from tenants where name = \(name) and team = any(\(teams))"
/// ```
/// No interpolated value ever becomes part of the text; identifiers and other SQL have labels of their own.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    enum Piece: Sendable, Hashable {
        case text(String)
        case parameter(PostgresValue)
    }

    var pieces: [Piece]

    /// A statement, or a part of one, without parameters.
    public init(stringLiteral value: String) { pieces = [.text(value)] }

    /// The statement of an interpolated string literal.
    public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

    /// A statement from text that was made at run time. The text must not hold anything a caller supplied.
    public init(unescaped text: String) { pieces = [.text(text)] }

    init(pieces: [Piece]) { self.pieces = pieces }

    /// One statement after the other, as they stand.
    public static func + (left: SQL, right: SQL) -> SQL { SQL(pieces: left.pieces + right.pieces) }

    /// Appends a part.
    public static func += (left: inout SQL, right: SQL) { left.pieces += right.pieces }

    /// Joins parts with a separator between them.
    public static func joined(_ parts: [SQL], separator: SQL = ", ") -> SQL {
        var result = SQL(pieces: [])
        for (index, part) in parts.enumerated() {
            if index > 0 { result += separator }
            result += part
        }
        return result
    }

    /// Quotes an identifier (PostgreSQL documentation, section 4.1.1).
    public static func quoted(identifier: String) -> String {
        "\"" + identifier.replacing("\"", with: "\"\"") + "\""
    }

    /// The text with `$1`, `$2` … in place of the parameters, and the parameters.
    public var rendered: (text: String, parameters: [PostgresValue]) {
        var text = ""
        var parameters: [PostgresValue] = []
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .parameter(let value):
                parameters.append(value)
                text += "$\(parameters.count)"
            }
        }
        return (text, parameters)
    }

    /// Collects the pieces of an interpolated string literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        /// Prepares for the given number of interpolations.
        public init(literalCapacity: Int, interpolationCount: Int) { pieces.reserveCapacity(interpolationCount * 2 + 1) }

        /// Text of the statement itself.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { pieces.append(.text(literal)) }
        }

        /// A parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) { pieces.append(.parameter(value.postgresValue)) }

        /// A parameter that may be NULL.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            pieces.append(.parameter(value.postgresValue))
        }

        /// A part of a statement, with its parameters.
        public mutating func appendInterpolation(_ sql: SQL) { pieces += sql.pieces }

        /// The name of a table, column or the like, quoted.
        public mutating func appendInterpolation(identifier: String) { pieces.append(.text(SQL.quoted(identifier: identifier))) }

        /// Text that becomes part of the statement as it is. It must not hold anything a caller supplied.
        public mutating func appendInterpolation(unescaped text: String) { pieces.append(.text(text)) }
    }
}

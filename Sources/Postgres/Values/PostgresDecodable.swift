import Foundation
import JSONValue

/// A Swift type that a column can be read as.
public protocol PostgresDecodable {
    /// Reads a value from PostgreSQL's text form.
    ///
    /// - Parameter text: the text form; `nil` is NULL.
    /// - Returns: `nil` when the text is not a value of this type.
    static func decode(postgresText text: String?) -> Self?
}

extension String: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> String? { text }
}

extension Bool: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Bool? {
        switch text {
        case "t", "true": true
        case "f", "false": false
        default: nil
        }
    }
}

extension Int: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Int? { text.flatMap { Int($0) } }
}

extension Int64: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Int64? { text.flatMap { Int64($0) } }
}

extension Int32: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Int32? { text.flatMap { Int32($0) } }
}

extension Double: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Double? {
        switch text {
        case nil: nil
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        case let text?: Double(text)
        }
    }
}

extension UUID: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> UUID? { text.flatMap { UUID(uuidString: $0) } }
}

extension Date: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Date? { text.flatMap(PostgresTimestamp.date(from:)) }
}

extension JSON: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> JSON? { text.flatMap { try? JSON(parsing: $0) } }
}

extension PostgresBytes: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> PostgresBytes? {
        guard let text, text.hasPrefix("\\x") else { return nil }
        let digits = text.utf8.dropFirst(2).map(value(ofHexDigit:))
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return PostgresBytes(bytes)
    }

    private static func value(ofHexDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> [Element]? {
        guard let text, let elements = PostgresArray.elements(of: text) else { return nil }
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = Element.decode(postgresText: element) else { return nil }
            values.append(value)
        }
        return values
    }
}

/// NULL is `nil`.
extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Wrapped?? {
        guard let text else { return .some(.none) }
        return Wrapped.decode(postgresText: text).map { .some($0) }
    }
}

/// An enumeration of strings is read from its raw value; another value is a decoding error.
extension PostgresDecodable where Self: RawRepresentable, RawValue == String {
    /// Reads PostgreSQL's text form.
    public static func decode(postgresText text: String?) -> Self? { text.flatMap { Self(rawValue: $0) } }
}

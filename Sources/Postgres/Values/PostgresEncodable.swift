import Foundation
import JSONValue

/// A Swift value that can be bound to a parameter of a statement.
public protocol PostgresEncodable: Sendable {
    /// The type values are declared as; `.inferred` lets the server decide.
    static var postgresType: PostgresValue.TypeID { get }
    /// The text form; `nil` is NULL.
    var postgresText: String? { get }
}

extension PostgresEncodable {
    /// The parameter to send.
    public var postgresValue: PostgresValue { PostgresValue(text: postgresText, type: Self.postgresType) }
}

/// Strings are declared with no type, so that they fit `text`, `uuid`, enumerations and the like; cast where nothing says which.
extension String: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .inferred }
    /// The text form.
    public var postgresText: String? { self }
}

extension Substring: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .inferred }
    /// The text form.
    public var postgresText: String? { String(self) }
}

extension Bool: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .bool }
    /// The text form.
    public var postgresText: String? { self ? "t" : "f" }
}

extension Int: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .int8 }
    /// The text form.
    public var postgresText: String? { String(self) }
}

extension Int64: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .int8 }
    /// The text form.
    public var postgresText: String? { String(self) }
}

extension Int32: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .int8 }
    /// The text form.
    public var postgresText: String? { String(self) }
}

extension Double: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .float8 }
    /// The text form.
    public var postgresText: String? {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        return String(self)
    }
}

extension UUID: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .uuid }
    /// The text form.
    public var postgresText: String? { uuidString }
}

/// Bound as `timestamp with time zone`, to the microsecond.
extension Date: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .timestamptz }
    /// The text form.
    public var postgresText: String? { PostgresTimestamp.text(of: self) }
}

/// Bound as `jsonb`. A JSON `null` is the JSON value, not NULL: use an optional for NULL.
extension JSON: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .jsonb }
    /// The text form.
    public var postgresText: String? { text() }
}

/// An array is bound as an array of its element's type; bytes for `bytea` are a `PostgresBytes`.
extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { Element.postgresType.array }
    /// The text form.
    public var postgresText: String? { PostgresArray.text(of: map(\.postgresText)) }
}

/// `nil` is NULL.
extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { Wrapped.postgresType }
    /// The text form.
    public var postgresText: String? { flatMap(\.postgresText) }
}

/// An enumeration of strings is bound as its raw value.
extension PostgresEncodable where Self: RawRepresentable, RawValue == String {
    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .inferred }
    /// The text form.
    public var postgresText: String? { rawValue }
}

/// Bytes for a `bytea` parameter or from a `bytea` column.
public struct PostgresBytes: Sendable, Hashable, PostgresEncodable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Wraps bytes.
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// The type values are declared as.
    public static var postgresType: PostgresValue.TypeID { .bytea }
    /// The text form.
    public var postgresText: String? {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = Array("\\x".utf8)
        text.reserveCapacity(2 + bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

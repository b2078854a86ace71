import Foundation

/// `'%s is %d'.format([a, b])`: the extension library's formatting of text.
enum CELFormat {
    private static let greatestPrecision = 100

    /// The text with each verb replaced by its argument.
    ///
    /// - Throws: for an unknown verb, an argument too few, and a value that a verb does not take.
    static func apply(_ format: String, _ arguments: [CELValue]) throws(CELError) -> String {
        var result = ""
        var rest = Substring(format)
        var position = 0
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            if rest.first == "%" {
                rest.removeFirst()
                result.append("%")
                continue
            }
            let precision = try self.precision(&rest)
            guard let verb = rest.popFirst() else { throw CELError(.evaluation, "unexpected end of format string") }
            guard position < arguments.count else { throw CELError(.evaluation, "index \(position) out of range") }
            result += try clause(verb, precision, arguments[position])
            position += 1
        }
        return result
    }

    private static func precision(_ rest: inout Substring) throws(CELError) -> Int? {
        guard rest.first == "." else { return nil }
        rest.removeFirst()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest.removeFirst(digits.count)
        guard let number = Int(digits), number <= greatestPrecision else { throw CELError(.evaluation, "could not parse precision") }
        return number
    }

    private static func clause(_ verb: Character, _ precision: Int?, _ value: CELValue) throws(CELError) -> String {
        switch (verb, value) {
        case ("s", _): return try text(value)
        case ("d", .int), ("d", .uint): return CELText.string(value) ?? ""
        case ("f", .double(let number)): return try real("%.\(precision ?? 6)f", number)
        case ("f", .int(let number)): return try real("%.\(precision ?? 6)f", Double(number))
        case ("e", .double(let number)): return try real("%.\(precision ?? 6)e", number)
        case ("e", .int(let number)): return try real("%.\(precision ?? 6)e", Double(number))
        case ("b", .int(let number)): return String(number, radix: 2)
        case ("b", .uint(let number)): return String(number, radix: 2)
        case ("b", .bool(let truth)): return truth ? "1" : "0"
        case ("o", .int(let number)): return String(number, radix: 8)
        case ("o", .uint(let number)): return String(number, radix: 8)
        case ("x", .int(let number)), ("X", .int(let number)): return String(number, radix: 16, uppercase: verb == "X")
        case ("x", .uint(let number)), ("X", .uint(let number)): return String(number, radix: 16, uppercase: verb == "X")
        case ("x", .string(let text)), ("X", .string(let text)): return hexadecimal(Array(text.utf8), uppercase: verb == "X")
        case ("x", .bytes(let bytes)), ("X", .bytes(let bytes)): return hexadecimal(bytes, uppercase: verb == "X")
        case ("d", _), ("f", _), ("e", _), ("b", _), ("o", _), ("x", _), ("X", _):
            throw CELError(.evaluation, "error during formatting: %\(verb) does not take a value of type \(value.typeName)")
        default: throw CELError(.evaluation, "could not parse formatting clause: unrecognized formatting clause \"\(verb)\"")
        }
    }

    private static func real(_ format: String, _ number: Double) throws(CELError) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return String(format: format, number)
    }

    private static func hexadecimal(_ bytes: [UInt8], uppercase: Bool) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: uppercase) }.joined()
    }

    /// Text as it is, lists and maps with their parts.
    private static func text(_ value: CELValue) throws(CELError) -> String {
        switch value {
        case .null: return "null"
        case .type(let name): return name
        case .list(let items):
            var parts: [String] = []
            for item in items { parts.append(try text(item)) }
            return "[\(parts.joined(separator: ", "))]"
        case .map(let members):
            var parts: [String] = []
            for (key, member) in members { parts.append("\(try text(key)): \(try text(member))") }
            return "{\(parts.sorted().joined(separator: ", "))}"
        default:
            guard let text = CELText.string(value) else {
                throw CELError(.evaluation, "error during formatting: %s does not take a value of type \(value.typeName)")
            }
            return text
        }
    }
}

/// `sets.contains(a, b)` and its kin: lists whose order and repetitions do not count.
enum CELSets {
    /// The names, as global functions.
    static let names = ["sets.contains", "sets.equivalent", "sets.intersects"]

    static func apply(_ name: String, _ first: [CELValue], _ second: [CELValue]) -> Bool {
        func isWithin(_ part: [CELValue], _ whole: [CELValue]) -> Bool { part.allSatisfy { item in whole.contains { $0.equals(item) } } }
        return switch name {
        case "sets.contains": isWithin(second, first)
        case "sets.equivalent": isWithin(first, second) && isWithin(second, first)
        default: first.contains { item in second.contains { $0.equals(item) } }
        }
    }
}

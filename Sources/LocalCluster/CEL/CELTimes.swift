/// Timestamps and durations.
enum CELTimes {
    private static let second: Int128 = 1_000_000_000

    /// Reads an RFC 3339 time; `nil` when the text is none.
    static func timestamp(_ text: String) -> Int128? {
        TimeText.parse(text).map { Int128($0.seconds) * second + Int128($0.nanos) }
    }

    /// Reads a duration as Go writes them: `1h30m`, `1.5s`, `-2ms`; `nil` when the text is none.
    static func duration(_ text: String) -> Int128? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        if rest == "0" { return 0 }
        if rest.isEmpty { return nil }
        let units: [(String, Int128)] = [
            ("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", second), ("m", 60 * second), ("h", 3600 * second),
        ]
        var total: Int128 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(whole.count)
            var fraction: Substring = ""
            if rest.first == "." {
                fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(1 + fraction.count)
            }
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            guard !(whole.isEmpty && fraction.isEmpty), whole.count <= 18, let size = units.first(where: { $0.0 == unit })?.1 else {
                return nil
            }
            rest = rest.dropFirst(unit.count)
            total += (Int128(whole) ?? 0) * size
            var scale = size
            for digit in fraction.prefix(18) {
                scale /= 10
                total += Int128(digit.wholeNumberValue ?? 0) * scale
            }
        }
        return isNegative ? -total : total
    }

    /// As the conversion to a string gives it.
    static func text(ofTimestamp nanos: Int128) -> String {
        let (seconds, rest) = split(nanos)
        var fraction = rest == 0 ? "" : "." + TimeText.padded(rest, 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(TimeText.format(seconds))\(fraction)Z"
    }

    /// As the conversion to a string gives it: seconds.
    static func text(ofDuration nanos: Int128) -> String {
        let magnitude = nanos < 0 ? -nanos : nanos
        var fraction = magnitude % second == 0 ? "" : "." + TimeText.padded(Int(magnitude % second), 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(nanos < 0 ? "-" : "")\(magnitude / second)\(fraction)s"
    }

    private static func split(_ nanos: Int128) -> (seconds: Int64, nanos: Int) {
        let rest = ((nanos % second) + second) % second
        return (Int64(clamping: (nanos - rest) / second), Int(rest))
    }

    /// A part of a time in UTC.
    static func part(_ name: String, ofTimestamp nanos: Int128) throws(CELError) -> CELValue {
        let (seconds, rest) = split(nanos)
        let text = Array(TimeText.format(seconds))
        func number(_ range: Range<Int>) -> Int64 { Int64(String(text[range])) ?? 0 }
        let days = (seconds - ((seconds % 86400) + 86400) % 86400) / 86400
        switch name {
        case "getFullYear": return .int(number(0..<4))
        case "getMonth": return .int(number(5..<7) - 1)
        case "getDate": return .int(number(8..<10))
        case "getDayOfMonth": return .int(number(8..<10) - 1)
        case "getDayOfWeek": return .int(((days + 4) % 7 + 7) % 7)
        case "getDayOfYear":
            let first = TimeText.parse("\(String(text[0..<4]))-01-01T00:00:00Z")?.seconds ?? 0
            return .int((days * 86400 - first) / 86400)
        case "getHours": return .int(number(11..<13))
        case "getMinutes": return .int(number(14..<16))
        case "getSeconds": return .int(number(17..<19))
        case "getMilliseconds": return .int(Int64(rest / 1_000_000))
        default: throw CELError(.evaluation, "no such overload")
        }
    }

    /// A duration in a unit.
    static func part(_ name: String, ofDuration nanos: Int128) throws(CELError) -> CELValue {
        switch name {
        case "getHours": return .int(Int64(clamping: nanos / (3600 * second)))
        case "getMinutes": return .int(Int64(clamping: nanos / (60 * second)))
        case "getSeconds": return .int(Int64(clamping: nanos / second))
        case "getMilliseconds": return .int(Int64(clamping: nanos / 1_000_000 % 1000))
        default: throw CELError(.evaluation, "no such overload")
        }
    }
}

/// Conversions between types.
enum CELConversion {
    static func apply(_ name: String, _ value: CELValue) throws(CELError) -> CELValue {
        let result: CELValue? =
            switch name {
            case "int": int(value)
            case "uint": uint(value)
            case "double": double(value)
            case "string": CELText.string(value).map { .string($0) }
            case "bool": bool(value)
            case "bytes": bytes(value)
            case "duration": duration(value)
            default: timestamp(value)
            }
        guard let result else {
            throw CELError(.evaluation, "type conversion error from '\(value.typeName)' to '\(name)'")
        }
        return result
    }

    private static func int(_ value: CELValue) -> CELValue? {
        switch value {
        case .int: value
        case .uint(let number): Int64(exactly: number).map { .int($0) }
        case .double(let number): Int64(exactly: number.rounded(.towardZero)).map { .int($0) }
        case .string(let text): Int64(text).map { .int($0) }
        case .timestamp(let nanos): .int(Int64(clamping: nanos / 1_000_000_000))
        case .bool(let truth): .int(truth ? 1 : 0)
        default: nil
        }
    }

    private static func uint(_ value: CELValue) -> CELValue? {
        switch value {
        case .uint: value
        case .int(let number): UInt64(exactly: number).map { .uint($0) }
        case .double(let number): UInt64(exactly: number.rounded(.towardZero)).map { .uint($0) }
        case .string(let text): UInt64(text).map { .uint($0) }
        default: nil
        }
    }

    private static func double(_ value: CELValue) -> CELValue? {
        switch value {
        case .double: value
        case .int(let number): .double(Double(number))
        case .uint(let number): .double(Double(number))
        case .string(let text): Double(text).map { .double($0) }
        default: nil
        }
    }

    private static func bool(_ value: CELValue) -> CELValue? {
        switch value {
        case .bool: value
        case .string("true"), .string("True"), .string("TRUE"), .string("t"), .string("1"): .bool(true)
        case .string("false"), .string("False"), .string("FALSE"), .string("f"), .string("0"): .bool(false)
        default: nil
        }
    }

    private static func bytes(_ value: CELValue) -> CELValue? {
        switch value {
        case .bytes: value
        case .string(let text): .bytes(Array(text.utf8))
        default: nil
        }
    }

    private static func duration(_ value: CELValue) -> CELValue? {
        switch value {
        case .duration: value
        case .string(let text): CELTimes.duration(text).map { .duration($0) }
        default: nil
        }
    }

    private static func timestamp(_ value: CELValue) -> CELValue? {
        switch value {
        case .timestamp: value
        case .int(let seconds): .timestamp(Int128(seconds) * 1_000_000_000)
        case .string(let text): CELTimes.timestamp(text).map { .timestamp($0) }
        default: nil
        }
    }
}

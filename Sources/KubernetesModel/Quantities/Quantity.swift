/// An amount of a resource (`resource.Quantity`): a decimal number with a binary (`Ki`…), decimal (`k`, `m`…) or exponent suffix.
///
/// It is kept exactly, in thousandths of a millionth (10⁻⁹); what is finer is rounded up, as the API server does. Values up to ±1.7·10²⁹ fit.
public struct Quantity: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Which suffixes the text is written with.
    public enum Format: Sendable, Hashable {
        /// `Ki`, `Mi`, `Gi`…
        case binary
        /// `n`, `u`, `m`, `k`, `M`, `G`…
        case decimal
        /// `e3`, `e6`…
        case exponent
    }

    /// The amount in 10⁻⁹.
    public var nanos: Int128
    /// How it was written.
    public var format: Format

    private static let one: Int128 = 1_000_000_000

    /// A whole amount.
    public init(_ value: Int64, format: Format = .decimal) {
        nanos = Int128(value) * Self.one
        self.format = format
    }

    /// Thousandths, as CPU is counted.
    public init(milli: Int64) {
        nanos = Int128(milli) * 1_000_000
        format = .decimal
    }

    /// Reads the text of a quantity.
    ///
    /// - Throws: ``QuantityError`` when it is none, or out of range.
    public init(parsing text: String) throws(QuantityError) {
        var rest = Substring(text)
        let negative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction: Substring = ""
        if rest.first == "." {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty, let suffix = Self.suffix(rest) else { throw QuantityError(text: text) }
        guard let magnitude = Self.nanos(whole: whole, fraction: fraction, suffix: suffix) else { throw QuantityError(text: text) }
        nanos = negative ? -magnitude : magnitude
        format = suffix.format
    }

    private struct Suffix {
        var format: Format
        /// The power of two or of ten.
        var power: Int
    }

    private static func suffix(_ text: Substring) -> Suffix? {
        switch text {
        case "": return Suffix(format: .decimal, power: 0)
        case "Ki": return Suffix(format: .binary, power: 10)
        case "Mi": return Suffix(format: .binary, power: 20)
        case "Gi": return Suffix(format: .binary, power: 30)
        case "Ti": return Suffix(format: .binary, power: 40)
        case "Pi": return Suffix(format: .binary, power: 50)
        case "Ei": return Suffix(format: .binary, power: 60)
        case "n": return Suffix(format: .decimal, power: -9)
        case "u": return Suffix(format: .decimal, power: -6)
        case "m": return Suffix(format: .decimal, power: -3)
        case "k": return Suffix(format: .decimal, power: 3)
        case "M": return Suffix(format: .decimal, power: 6)
        case "G": return Suffix(format: .decimal, power: 9)
        case "T": return Suffix(format: .decimal, power: 12)
        case "P": return Suffix(format: .decimal, power: 15)
        case "E": return Suffix(format: .decimal, power: 18)
        default:
            guard text.first == "e" || text.first == "E", let power = Int(text.dropFirst()), (-30...30).contains(power) else { return nil }
            return Suffix(format: .exponent, power: power)
        }
    }

    /// The magnitude in 10⁻⁹, rounded up; `nil` when it does not fit.
    private static func nanos(whole: Substring, fraction: Substring, suffix: Suffix) -> Int128? {
        guard whole.count + fraction.count <= 36, let digits = Int128(whole + fraction) else { return nil }
        // digits · 10^(9 − fraction digits + power) or digits · 2^power · 10^(9 − fraction digits)
        var value = digits
        var tens = 9 - fraction.count
        if suffix.format == .binary {
            let (product, overflow) = value.multipliedReportingOverflow(by: Int128(1) << Int128(suffix.power))
            if overflow { return nil }
            value = product
        } else {
            tens += suffix.power
        }
        while tens > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
            tens -= 1
        }
        var lost = false
        while tens < 0 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            value = quotient
            lost = lost || remainder != 0
            tens += 1
        }
        return lost ? value + 1 : value
    }

    /// The canonical text: no fraction, and the largest suffix that keeps it exact (`1.5Gi` → `1536Mi`, `1000m` → `1`).
    public var description: String {
        if nanos == 0 { return "0" }
        if format == .binary, nanos % Self.one == 0, abs(nanos / Self.one) >= 1024 { return binaryText }
        let names = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
        let exponents = ["e-9", "e-6", "e-3", "", "e3", "e6", "e9", "e12", "e15", "e18"]
        var value = nanos
        var step = 0
        while step < names.count - 1, value % 1000 == 0 {
            value /= 1000
            step += 1
        }
        return "\(value)\(format == .exponent ? exponents[step] : names[step])"
    }

    private var binaryText: String {
        var value = nanos / Self.one
        let names = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        var step = 0
        while step < names.count - 1, value % 1024 == 0 {
            value /= 1024
            step += 1
        }
        return "\(value)\(names[step])"
    }

    /// The amount as a floating-point number.
    public var doubleValue: Double { Double(nanos) / 1e9 }

    /// The amount rounded up to a whole number; clamped to 64 bits.
    public var roundedUp: Int64 {
        let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: Self.one)
        return Int64(clamping: remainder > 0 ? quotient + 1 : quotient)
    }

    /// Compares amounts, however they are written.
    public static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }

    /// Equal amounts are equal, however they are written.
    public static func == (left: Quantity, right: Quantity) -> Bool { left.nanos == right.nanos }

    /// Hashes the amount.
    public func hash(into hasher: inout Hasher) { hasher.combine(nanos) }

    /// Reads a text, or a bare number, which YAML makes of `cpu: 1`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text =
            if let number = try? container.decode(Int64.self) { String(number) } else if let number = try? container.decode(Double.self) {
                "\(number)"
            } else { try container.decode(String.self) }
        do { try self.init(parsing: text) } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Writes the canonical text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A text that is no quantity.
public struct QuantityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    public var text: String

    /// A sentence for people.
    public var description: String {
        "'\(text)' is not a quantity: write a number with an optional suffix, such as 500m, 2, 1.5Gi or 1e3"
    }
}

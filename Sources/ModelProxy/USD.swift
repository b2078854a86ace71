import JSONValue

/// An amount of US dollars in millionths: sums are exact, and prices of single tokens are not lost.
public struct USD: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Millionths of a dollar.
    public let micros: Int64

    /// Nothing.
    public static let zero = USD(micros: 0)
    /// The most that is told apart: a billion dollars.
    public static let most = USD(micros: 1_000_000_000_000_000)

    /// An amount in millionths of a dollar.
    public init(micros: Int64) { self.micros = micros }

    /// An amount from a number, to the nearest millionth; what is beyond ``most`` counts as that, what is no number as nothing.
    public init(_ dollars: Double) {
        let scaled = (dollars * 1_000_000).rounded()
        let most = Double(Self.most.micros)
        micros = scaled.isNaN ? 0 : Int64(min(max(scaled, -most), most))
    }

    /// As a number, for JSON.
    public var dollars: Double { Double(micros) / 1_000_000 }

    /// As JSON.
    public var json: JSON { micros % 1_000_000 == 0 ? .integer(micros / 1_000_000) : .number(dollars) }

    public var description: String { "\(dollars) USD" }

    public static func < (left: USD, right: USD) -> Bool { left.micros < right.micros }

    /// The sum, at most ``most``.
    public static func + (left: USD, right: USD) -> USD {
        let (sum, overflow) = left.micros.addingReportingOverflow(right.micros)
        return USD(micros: overflow ? most.micros : min(sum, most.micros))
    }
}

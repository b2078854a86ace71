/// How large a value may be: characters of text, bytes, elements or members. Sums and products end at the greatest number.
struct CELSize: Sendable, Hashable {
    var min: UInt64
    var max: UInt64

    /// Nothing is known.
    static let unknown = CELSize(min: 0, max: .max)

    init(min: UInt64, max: UInt64) {
        self.min = min
        self.max = max
    }

    init(_ exact: Int) { self.init(min: UInt64(clamping: exact), max: UInt64(clamping: exact)) }

    static func + (left: CELSize, right: CELSize) -> CELSize {
        CELSize(min: left.min.capped(adding: right.min), max: left.max.capped(adding: right.max))
    }

    static func * (left: CELSize, right: CELSize) -> CELSize {
        CELSize(min: left.min.capped(times: right.min), max: left.max.capped(times: right.max))
    }

    /// A size that covers both.
    func union(_ other: CELSize) -> CELSize { CELSize(min: Swift.min(min, other.min), max: Swift.max(max, other.max)) }
}

extension UInt64 {
    /// The sum, or the greatest number.
    func capped(adding other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product, or the greatest number.
    func capped(times other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    /// The product with a fraction, rounded up, or the greatest number.
    func capped(times factor: Double) -> UInt64 {
        let product = (Double(self) * factor).rounded(.up)
        return product >= 18_446_744_073_709_551_616 ? .max : UInt64(product)
    }
}

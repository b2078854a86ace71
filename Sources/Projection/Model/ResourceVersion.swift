/// A resource version as a number. Versions of one kind of resource may be compared as integers (KEP-5504).
struct ResourceVersion: Sendable, Hashable, Comparable {
    /// The digits without leading zeros; empty for zero and for text that is no number.
    private let digits: Substring

    init(_ text: String) {
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        digits = isNumber ? text.drop { $0 == "0" } : ""
    }

    /// Whether nothing can be said about the order of this version and others.
    var isUnknown: Bool { digits.isEmpty }

    static func < (left: ResourceVersion, right: ResourceVersion) -> Bool {
        let (one, other) = (left.digits.utf8.count, right.digits.utf8.count)
        return one == other ? left.digits < right.digits : one < other
    }
}

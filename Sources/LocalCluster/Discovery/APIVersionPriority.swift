/// The order of versions by stability: v2, v1, v1beta2, v1beta1, v1alpha1, then all others by their names.
struct APIVersionPriority: Sendable, Hashable, Comparable {
    private let rank: Int
    private let major: Int
    private let minor: Int
    private let text: String

    init(_ version: String) {
        text = version
        var rest = version[...]
        func number() -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }
        guard rest.popFirst() == "v", let major = number(), major > 0 else {
            (rank, self.major, minor) = (3, 0, 0)
            return
        }
        self.major = major
        if rest.isEmpty {
            (rank, minor) = (0, 0)
            return
        }
        let stage = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(stage.count)
        guard stage == "beta" || stage == "alpha", let minor = number(), rest.isEmpty else {
            (rank, self.minor) = (3, 0)
            return
        }
        self.rank = stage == "beta" ? 1 : 2
        self.minor = minor
    }

    static func < (left: APIVersionPriority, right: APIVersionPriority) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        if left.major != right.major { return left.major > right.major }
        if left.minor != right.minor { return left.minor > right.minor }
        return left.text < right.text
    }
}

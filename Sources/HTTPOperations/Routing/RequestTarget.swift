/// The target of a request taken apart: decoded path parts and query items.
public struct RequestTarget: Sendable, Hashable {
    /// Parts of the path between slashes, percent-decoded. A trailing slash leaves an empty last part.
    public let parts: [String]
    /// Query items in their order, percent-decoded, `+` being a space.
    public let query: [(name: String, value: String)]

    /// Takes a target apart.
    ///
    /// - Parameter text: path and query as on the request line.
    /// - Returns: nil when a percent escape is broken, does not decode to UTF-8 or holds a NUL.
    public init?(parsing text: String) {
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = halves.first ?? ""
        if path.hasPrefix("/") { path = path.dropFirst() }
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = Self.decode(part, plusIsSpace: false) else { return nil }
            parts.append(decoded)
        }
        var query: [(name: String, value: String)] = []
        for item in halves.count > 1 ? halves[1].split(separator: "&") : [] {
            let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(sides.first ?? "", plusIsSpace: true),
                let value = Self.decode(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else { return nil }
            query.append((name, value))
        }
        self.parts = parts
        self.query = query
    }

    /// The parts of a path that may be broken, up to the first that cannot be read.
    ///
    /// - Parameter path: the path as on the request line, without the query.
    static func readableParts(of path: String) -> [String] {
        var parts: [String] = []
        for part in path.drop(while: { $0 == "/" }).split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = decode(part, plusIsSpace: false) else { break }
            parts.append(decoded)
        }
        return parts
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    public static func == (lhs: RequestTarget, rhs: RequestTarget) -> Bool {
        lhs.parts == rhs.parts && lhs.query.elementsEqual(rhs.query) { $0.name == $1.name && $0.value == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(parts)
        for item in query {
            hasher.combine(item.name)
            hasher.combine(item.value)
        }
    }
}

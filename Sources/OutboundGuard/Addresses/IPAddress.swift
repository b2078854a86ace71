/// An address of the internet protocol, as a number.
public enum IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// Version 4.
    case v4(UInt32)
    /// Version 6.
    case v6(UInt128)

    /// Reads four decimal numbers without leading zeros (RFC 6943 section 3.1.1 calls it the strict form), or an IPv6 address after RFC 4291
    /// section 2.2 without brackets and zone; nothing else.
    public init?(_ text: some StringProtocol) {
        if let number = Self.parseV4(text.utf8) {
            self = .v4(number)
        } else if let number = Self.parseV6(String(text)) {
            self = .v6(number)
        } else {
            return nil
        }
    }

    /// Four decimal numbers, or the text of RFC 5952.
    public var description: String {
        switch self {
        case .v4(let number): return (0..<4).map { String((number >> UInt32(24 - 8 * $0)) & 0xFF) }.joined(separator: ".")
        case .v6(let number): return Self.text(number)
        }
    }

    private static func parseV4(_ text: some Collection<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }), part.count == 1 || part.first != 0x30
            else {
                return nil
            }
            let value = part.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }
            guard value <= 255 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func parseV6(_ text: String) -> UInt128? {
        let groups: [UInt16]
        if let gap = text.firstRange(of: "::") {
            guard let head = Self.groups(text[..<gap.lowerBound], mayEndInV4: false),
                let tail = Self.groups(text[gap.upperBound...], mayEndInV4: true), head.count + tail.count <= 7
            else { return nil }
            groups = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
        } else {
            guard let all = Self.groups(text[...], mayEndInV4: true), all.count == 8 else { return nil }
            groups = all
        }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func groups(_ text: Substring, mayEndInV4: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains(".") {
                guard mayEndInV4, index == parts.count - 1, let number = parseV4(part.utf8) else { return nil }
                groups += [UInt16(number >> 16), UInt16(number & 0xFFFF)]
            } else {
                let isHexadecimal = part.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
                    default: false
                    }
                }
                guard (1...4).contains(part.utf8.count), isHexadecimal, let group = UInt16(part, radix: 16) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func text(_ number: UInt128) -> String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: number >> UInt128(112 - 16 * $0)) }
        var longest = 0..<0
        var index = 0
        while index < 8 {
            var end = index
            while end < 8, groups[end] == 0 { end += 1 }
            if end - index > longest.count, end - index > 1 { longest = index..<end }
            index = max(end, index + 1)
        }
        let words = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return words.joined(separator: ":") }
        return words[..<longest.lowerBound].joined(separator: ":") + "::" + words[longest.upperBound...].joined(separator: ":")
    }
}

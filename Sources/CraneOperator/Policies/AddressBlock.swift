/// A block of IPv4 addresses in CIDR notation (RFC 4632).
public struct AddressBlock: Sendable, Hashable, CustomStringConvertible {
    /// Lowest address.
    public var base: UInt32
    /// Number of leading bits that all addresses share, 0 to 32.
    public var prefix: Int

    /// The address under which clouds serve credentials to machines. No tenant may reach it.
    public static let metadata = AddressBlock(base: 0xA9FE_A9FE, prefix: 32)
    /// Link-local addresses, which hold the metadata service of every large cloud (RFC 3927).
    public static let linkLocal = AddressBlock(base: 0xA9FE_0000, prefix: 16)
    /// Addresses of clouds outside the link-local block that serve credentials or control machines: Azure's, Alibaba's, Oracle's.
    public static let cloudServices = [
        AddressBlock(base: 0xA83F_8110, prefix: 32), AddressBlock(base: 0x6464_64C8, prefix: 32),
        AddressBlock(base: 0xC000_00C0, prefix: 32),
    ]
    /// Addresses of carriers (RFC 6598), which clouds also give to pods, Services and their own services.
    public static let shared = AddressBlock(base: 0x6440_0000, prefix: 10)
    /// All addresses.
    public static let everything = AddressBlock(base: 0, prefix: 0)
    /// The private ranges of RFC 1918.
    public static let privateRanges = [
        AddressBlock(base: 0x0A00_0000, prefix: 8), AddressBlock(base: 0xAC10_0000, prefix: 12),
        AddressBlock(base: 0xC0A8_0000, prefix: 16),
    ]

    /// Makes a block; bits after the prefix are cleared.
    public init(base: UInt32, prefix: Int) {
        self.prefix = min(max(prefix, 0), 32)
        self.base = base & Self.mask(self.prefix)
    }

    /// Reads `a.b.c.d/n`; `nil` when a number is out of range.
    public init?(parsing text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let length = Self.number(halves[1], limit: 32) else { return nil }
        let octets = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var address: UInt32 = 0
        for octet in octets {
            guard let value = Self.number(octet, limit: 255) else { return nil }
            address = address << 8 | UInt32(value)
        }
        self.init(base: address, prefix: length)
    }

    /// Whether every address of the other block is in this one.
    public func contains(_ other: AddressBlock) -> Bool {
        prefix <= other.prefix && other.base & Self.mask(prefix) == base
    }

    /// `a.b.c.d/n` of the lowest address.
    public var description: String {
        "\(base >> 24).\(base >> 16 & 255).\(base >> 8 & 255).\(base & 255)/\(prefix)"
    }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix) }

    private static func number(_ text: some StringProtocol, limit: Int) -> Int? {
        guard (1...3).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(text), value <= limit else {
            return nil
        }
        return value
    }
}

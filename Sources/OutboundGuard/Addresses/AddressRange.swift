/// A block of addresses with a common prefix, such as `10.0.0.0/8`.
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address.
    public let first: IPAddress
    /// Length of the common prefix in bits.
    public let prefix: Int

    /// Reads `address/prefix`, or an address alone for a block of one.
    ///
    /// - Returns: `nil` when the text is something else, or has bits set behind the prefix.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        let width =
            switch address {
            case .v4: 32
            case .v6: 128
            }
        var length = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(parts[1]), number <= width else { return nil }
            length = number
        }
        self.init(address, prefix: length)
        guard first == address else { return nil }
    }

    init(_ address: IPAddress, prefix: Int) {
        self.prefix = prefix
        first =
            switch address {
            case .v4(let number): .v4(prefix == 0 ? 0 : number & (UInt32.max << UInt32(32 - prefix)))
            case .v6(let number): .v6(prefix == 0 ? 0 : number & (UInt128.max << UInt128(128 - prefix)))
            }
    }

    /// Whether an address is of the block. Addresses of the other version never are.
    public func contains(_ address: IPAddress) -> Bool {
        switch (first, address) {
        case (.v4, .v4), (.v6, .v6): AddressRange(address, prefix: prefix).first == first
        default: false
        }
    }

    /// `address/prefix`.
    public var description: String { "\(first)/\(prefix)" }
}

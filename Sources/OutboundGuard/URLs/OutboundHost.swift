/// The host of a URL: an address, or a name to be resolved.
public enum OutboundHost: Sendable, Hashable, CustomStringConvertible {
    /// An address that the URL names itself.
    case address(IPAddress)
    /// A name in lower case, without a final dot.
    case name(String)

    /// Reads a host as it stands in a URL.
    ///
    /// Programs disagree about many spellings of addresses (`127.1`, `0x7f000001`, `017700000001`, `2130706433`); they are refused, as is
    /// everything that is not letters, digits, hyphens and dots. Write international names in their `xn--` form.
    ///
    /// - Throws: ``OutboundError`` with `ambiguousAddress` or `invalidURL`.
    public init(parsing text: some StringProtocol) throws(OutboundError) {
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = IPAddress(text.dropFirst().dropLast()), case .v6 = address else {
                throw OutboundError(.invalidURL, "What stands in brackets is not an IPv6 address.")
            }
            self = .address(address)
            return
        }
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard plain, !text.isEmpty, text.utf8.count <= 253 else {
            throw OutboundError(.invalidURL, "A host has 1 to 253 letters, digits, hyphens and dots; write other letters in the xn-- form.")
        }
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let wellFormed = labels.allSatisfy { (1...63).contains($0.utf8.count) && !$0.hasPrefix("-") && !$0.hasSuffix("-") }
        guard wellFormed, let last = labels.last else {
            throw OutboundError(.invalidURL, "A part of the host is empty, longer than 63 characters, or begins or ends with a hyphen.")
        }
        guard Self.isNumeric(last) else {
            self = .name(name)
            return
        }
        guard let address = IPAddress(name) else {
            throw OutboundError(.ambiguousAddress, "Write an IPv4 address as four decimal numbers without leading zeros.")
        }
        self = .address(address)
    }

    /// As it stands in a URL: IPv6 in brackets.
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(.v6(let number)): "[\(IPAddress.v6(number))]"
        case .address(let address): address.description
        }
    }

    /// Whether resolvers would take a host that ends so for an address (as in the URL standard's "ends in a number").
    private static func isNumeric(_ label: Substring) -> Bool {
        if label.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        guard label.hasPrefix("0x") else { return false }
        return label.dropFirst(2).utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

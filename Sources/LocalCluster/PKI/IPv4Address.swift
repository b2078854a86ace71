/// An IPv4 address in dotted form.
struct IPv4Address: Sendable, Hashable, CustomStringConvertible {
    let octets: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { UInt8($0) }
        guard parts.count == 4, octets.count == 4 else { return nil }
        self.octets = octets
    }

    init(_ value: UInt32) {
        octets = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    var value: UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }
    var description: String { octets.map(String.init).joined(separator: ".") }
}

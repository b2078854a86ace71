import Foundation
import JSONValue

/// Blocks of IP addresses (RFC 4632): `10.0.0.0/8`, `fd00::/8`.
struct AddressBlock: Sendable, Hashable {
    /// The bytes of the address: 4 or 16.
    var bytes: [UInt8]
    /// How many leading bits count.
    var prefix: Int

    /// Reads a block; `nil` when the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Self.address(String(parts[0])), let prefix = Int(parts[1]),
            parts[1].allSatisfy(\.isNumber), (0...bytes.count * 8).contains(prefix)
        else { return nil }
        self.bytes = bytes
        self.prefix = prefix
    }

    /// The bytes of an address of version 4 or 6; `nil` when the text is none.
    static func address(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }

    /// Whether another block lies within this one and is smaller.
    func strictlyContains(_ other: AddressBlock) -> Bool {
        guard bytes.count == other.bytes.count, prefix < other.prefix else { return false }
        return (0..<prefix).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return bytes[bit / 8] & mask == other.bytes[bit / 8] & mask
        }
    }

    /// What is wrong with an `ipBlock`.
    static func errors(_ block: JSON, field: String) -> [FieldError] {
        let text = block.text(at: "cidr")
        if text.isEmpty { return [FieldError(.required, "\(field).cidr")] }
        guard let whole = AddressBlock(text) else {
            return [FieldError(.invalid, "\(field).cidr", "not a valid CIDR", badValue: .string(text))]
        }
        return block.list(at: "except").enumerated().compactMap { index, except in
            let at = "\(field).except[\(index)]"
            guard let hole = AddressBlock(except.stringValue ?? "") else {
                return FieldError(.invalid, at, "not a valid CIDR", badValue: except)
            }
            if whole.strictlyContains(hole) { return nil }
            return FieldError(.invalid, at, "must be a strict subset of `cidr`", badValue: except)
        }
    }
}

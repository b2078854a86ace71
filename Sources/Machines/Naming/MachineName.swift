import Crypto

/// Names of machines: at most 63 characters of the form `[a-z]([-a-z0-9]*[a-z0-9])?`.
///
/// Two owners never get one name (but for a SHA-256 whose first 40 bits collide, which the owner's label then catches): whatever cannot be
/// kept as it is ends with a hash of the original, and what looks as if it ended with one counts as not to be kept.
public enum MachineName {
    /// The longest name.
    public static let maximumLength = 63
    private static let hashLength = 10

    /// The name of the machine of a tenant id, as in `tenant_acme_01`: the id itself when it is a legal name; otherwise what can be kept of
    /// it (`_` and other characters become `-`) and a hash.
    public static func forTenantID(_ id: String) -> String {
        isLegal(id) && !endsWithHash(id) ? id : withHash(kept(of: id), of: id)
    }

    /// The name of the machine of an object in a namespace, where one namespace of machines serves them all.
    public static func forObject(namespace: String, name: String) -> String { withHash(kept(of: name), of: "\(namespace)/\(name)") }

    /// Whether a text is a name that every provider takes.
    public static func isLegal(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength, let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isLetter(first) && last != UInt8(ascii: "-")
            && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func withHash(_ core: String, of original: String) -> String {
        var head = String(core.prefix(maximumLength - hashLength - 1))
        while head.hasSuffix("-") { head.removeLast() }
        return "\(head.isEmpty ? "m" : head)-\(Digests.hexadecimal(of: original, length: hashLength))"
    }

    private static func kept(of text: String) -> String {
        var bytes = text.lowercased().utf8.map { isLetter($0) || isDigit($0) ? $0 : UInt8(ascii: "-") }
        bytes.removeFirst(bytes.firstIndex(where: isLetter) ?? bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func endsWithHash(_ text: String) -> Bool {
        let tail = text.utf8.suffix(hashLength + 1)
        guard tail.count == hashLength + 1, tail.first == UInt8(ascii: "-") else { return false }
        return tail.dropFirst().allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// Hashes as text.
enum Digests {
    /// The first digits of the SHA-256 of a text, in lower-case hexadecimal.
    static func hexadecimal(of text: String, length: Int) -> String {
        let digits = Array("0123456789abcdef")
        let hash = SHA256.hash(data: Array(text.utf8))
        return String(hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }.prefix(length))
    }
}

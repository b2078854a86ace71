/// The short code that a person carries from a command line to a browser (RFC 8628 section 6.1): eight symbols without those that look
/// alike.
struct UserCode: Sendable, Hashable {
    /// What codes are made of: 32 symbols, so that eight of them are 40 bits.
    static let symbols = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)
    private static let length = 8

    /// The eight symbols.
    let symbols: String

    /// Reads a code as people write it: in any case, with or without dash and blanks.
    ///
    /// - Returns: nil when it cannot be one.
    init?(_ text: String) {
        guard text.utf8.count <= 32 else { return nil }
        let bytes = text.uppercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        guard bytes.count == Self.length, bytes.allSatisfy(Self.symbols.contains) else { return nil }
        symbols = String(decoding: bytes, as: UTF8.self)
    }

    /// Makes a code of eight random bytes.
    init(random bytes: [UInt8]) {
        symbols = String(decoding: bytes.prefix(Self.length).map { Self.symbols[Int($0) % Self.symbols.count] }, as: UTF8.self)
    }

    /// `ABCD-2345`.
    var text: String { "\(symbols.prefix(4))-\(symbols.suffix(4))" }
}

/// Ids of requests: the caller's when it is harmless, else one of ours.
public enum RequestID {
    /// Longest id taken from a caller, in characters.
    public static let maximumLength = 128

    /// Whether a caller's id may be used: 1 to 128 ASCII letters, digits, `.`, `_`, `-`.
    public static func isAcceptable(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumLength
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// A new id: 128 random bits in hexadecimal.
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// A new id from the given source of random numbers.
    public static func random(using generator: inout some RandomNumberGenerator) -> String {
        hexadecimal(generator.next()) + hexadecimal(generator.next())
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

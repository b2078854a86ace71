import Foundation
import HTTPOperations

/// A random text that proves something by being known: of sessions, tokens, grants. Only its SHA-256 is kept.
enum OpaqueSecret {
    /// How much randomness each has, in bytes.
    static let entropy = 32
    /// How long each is: base64url without padding.
    static let length = 43

    /// Makes a secret.
    ///
    /// - Parameter bytes: ``entropy`` random bytes.
    static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Whether a text could be one.
    static func isPlausible(_ text: some StringProtocol) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Its SHA-256 in hexadecimal. A secret is random enough that nothing slower is needed, and finding it by its hash tells nobody
    /// anything.
    static func hash(_ text: String) -> String { ContentDigest.hexadecimal(of: Array(text.utf8)) }

    /// Random bytes.
    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()  // edge: new secrets
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

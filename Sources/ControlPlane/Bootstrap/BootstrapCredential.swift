import CraneAPI
import Crypto
import HTTPOperations

/// The credential of a machine at its first start: `ocb_<uid of the Tenant>_<random, base64url>`.
struct BootstrapCredential: Sendable, Hashable {
    /// The whole text.
    let text: String
    /// The unique id of the Tenant it is for.
    let uid: String

    /// Reads a credential.
    ///
    /// - Returns: nil when the text cannot be one.
    init?(_ text: String) {
        guard text.utf8.count <= 256, text.hasPrefix(BootstrapSecret.credentialPrefix) else { return nil }
        let parts = text.dropFirst(BootstrapSecret.credentialPrefix.count).split(
            separator: "_",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), parts[1].utf8.count >= 22 else { return nil }
        guard parts[0].utf8.allSatisfy(Self.isOfID), parts[1].utf8.allSatisfy({ Self.isOfID($0) || $0 == UInt8(ascii: "_") }) else {
            return nil
        }
        self.text = text
        uid = String(parts[0])
    }

    /// Its SHA-256 in hexadecimal.
    var hash: String { ContentDigest.hexadecimal(of: Array(text.utf8)) }

    /// Whether it is the same as a stored one, in a time that says nothing of where they differ.
    func matches(_ stored: String) -> Bool { SHA256.hash(data: Array(text.utf8)) == SHA256.hash(data: Array(stored.utf8)) }

    private static func isOfID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

import Foundation
import HTTPOperations

/// Names conversations in paths. A gateway's own key is the name where a path can hold it; others get one made from a digest of the key.
enum ConversationID {
    /// What a name looks like.
    static let pattern = "^[A-Za-z0-9:_-]{1,128}$"

    private static let prefix = "x-"

    /// The name of a conversation.
    static func text(of key: String) -> String {
        if isPlain(key), !key.hasPrefix(prefix) { return key }
        return prefix + ContentDigest.hexadecimal(of: Array(key.utf8), length: 40)
    }

    private static func isPlain(_ key: String) -> Bool {
        (1...128).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

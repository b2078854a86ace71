import Foundation

/// Base 64, as Secrets have it.
enum Base64 {
    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

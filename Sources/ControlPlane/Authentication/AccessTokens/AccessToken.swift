import Foundation

/// A token that stands for somebody: `ocp_` and 32 random bytes in base64url. Its description does not show it.
struct AccessToken: Sendable, Hashable, CustomStringConvertible {
    /// What every token begins with.
    static let prefix = "ocp_"

    /// The whole text, to be shown once and never kept.
    let text: String

    /// Reads a token.
    ///
    /// - Returns: nil when the text cannot be one.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), OpaqueSecret.isPlausible(text.dropFirst(Self.prefix.utf8.count)) else { return nil }
        self.text = text
    }

    /// Makes a token of 32 random bytes.
    init(secret: [UInt8]) { text = Self.prefix + OpaqueSecret.text(secret) }

    /// Its SHA-256: all that is kept of it.
    var hash: String { OpaqueSecret.hash(text) }

    var description: String { "access token" }
}

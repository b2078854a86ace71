/// Decides which metadata of a log line is hidden, by its key.
public struct LogRedaction: Sendable {
    /// Key endings that mark a value as secret, in lower case without `-`, `_` and `.`.
    public var endings: [String]

    /// Hides the values of keys that end in one of the given words.
    ///
    /// - Parameter endings: compared without case, `-`, `_` and `.`; so `token` also hides `access_token` and `bearerToken`, but not
    ///   `token_id`.
    public init(endings: [String]) { self.endings = endings.map(Self.normalise) }

    /// The words that mark credentials: tokens, passwords, secrets, keys, cookies, `Authorization`.
    public static let standard = LogRedaction(endings: [
        "authorization", "token", "password", "passwd", "passphrase", "secret", "apikey", "privatekey", "encryptionkey", "cookie",
        "credential", "credentials", "connectionstring",
    ])

    /// Whether the value of a key is to be hidden.
    public func hides(_ key: String) -> Bool {
        let name = Self.normalise(key)
        return endings.contains { name.hasSuffix($0) }
    }

    private static func normalise(_ key: String) -> String {
        String(key.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." && $0 != " " })
    }
}

import NIOHTTP1

/// Somebody else in whose name requests are made, where the client's own credentials allow it (`as` in a kubeconfig).
public struct Impersonation: Sendable, Hashable {
    /// The user's name.
    public var user: String
    /// The user's identity; empty for none.
    public var uid: String
    /// The user's groups.
    public var groups: [String]
    /// Further attributes of the user, each with its values.
    public var extra: [String: [String]]

    /// Names somebody. Default: a name alone.
    public init(user: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    /// The headers that the API server reads it from.
    var headers: [(String, String)] {
        var result = [("Impersonate-User", user)]
        if !uid.isEmpty { result.append(("Impersonate-Uid", uid)) }
        result += groups.map { ("Impersonate-Group", $0) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            result += values.map { ("Impersonate-Extra-\(Self.encode(key))", $0) }
        }
        return result
    }

    /// Percent-encodes what no header name may hold (RFC 9110 section 5.6.2), and the percent sign. The server decodes it again.
    private static func encode(_ key: String) -> String {
        let marks = Set("!#$&'*+-.^_`|~".utf8)
        return key.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(Unicode.Scalar(byte))
            case _ where marks.contains(byte): String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

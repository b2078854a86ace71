import HTTPOperations
import HTTPTypes

/// The cookies of a browser that is logged in, or is about to be (RFC 6265bis).
///
/// With https their names begin with `__Host-`: then browsers take them from this host alone, over https, for the whole host. Plain http is
/// for loopback addresses, where some browsers refuse the prefix.
struct SessionCookie: Sendable, Hashable {
    /// Whole name.
    let name: String
    /// Whether it is sent over https alone.
    let isSecure: Bool

    /// Describes a cookie.
    ///
    /// - Parameters:
    ///   - name: its name without the prefix.
    ///   - origin: where our pages are.
    init(name: String, origin: String) {
        isSecure = origin.hasPrefix("https:")
        self.name = (isSecure ? "__Host-" : "") + name
    }

    /// Which bytes its configured name may have.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The secret in a request.
    ///
    /// - Returns: nil when there is none, when it cannot be one of ours, or when there are two, of which one is somebody else's doing.
    func find(in headers: HTTPFields) -> String? {
        let values = headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair -> Substring? in
            let trimmed = pair.drop { $0 == " " }
            guard trimmed.hasPrefix(name + "=") else { return nil }
            return trimmed.dropFirst(name.utf8.count + 1)
        }
        guard values.count == 1, let value = values.first, OpaqueSecret.isPlausible(value) else { return nil }
        return String(value)
    }

    /// The header that sets it.
    ///
    /// - Parameters:
    ///   - value: the secret; empty to remove the cookie.
    ///   - seconds: how long browsers keep it; 0 to remove it.
    func setting(_ value: String, for seconds: Int64) -> HTTPField {
        HTTPField(
            name: .setCookie,
            value: "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(seconds)" + (isSecure ? "; Secure" : "")
        )
    }
}

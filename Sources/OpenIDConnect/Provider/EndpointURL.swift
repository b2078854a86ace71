import Foundation

/// Which URLs of a provider are used.
enum EndpointURL {
    /// Whether a text is an absolute https URL without user, fragment and stray characters. Plain http counts on loopback addresses, and
    /// elsewhere when allowed.
    static func isUsable(_ text: String, plainHTTP: Bool) -> Bool {
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x22 }),
            let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil,
            parts.fragment == nil
        else { return false }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return plainHTTP || ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        default: return false
        }
    }
}

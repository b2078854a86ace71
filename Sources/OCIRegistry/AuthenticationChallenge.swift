/// What a registry asks for when it answers 401 (RFC 9110 section 11.6.1, and the token specification of the distribution project).
enum AuthenticationChallenge: Sendable, Hashable {
    /// A name and a password.
    case basic
    /// A token from somewhere.
    case bearer(realm: String, service: String?, scope: String?)

    /// Reads a `WWW-Authenticate` header; nil when it asks for something else.
    init?(_ header: String) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first?.lowercased() else { return nil }
        if scheme == "basic" {
            self = .basic
            return
        }
        guard scheme == "bearer", parts.count == 2 else { return nil }
        let values = Self.parameters(parts[1])
        guard let realm = values["realm"], realm.hasPrefix("https://") || realm.hasPrefix("http://") else { return nil }
        self = .bearer(realm: realm, service: values["service"], scope: values["scope"])
    }

    private static func parameters(_ text: Substring) -> [String: String] {
        var values: [String: String] = [:]
        var rest = text
        while let sign = rest.firstIndex(of: "=") {
            let name = rest[..<sign].filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[rest.index(after: sign)...]
            var value = ""
            if rest.first == "\"" {
                rest.removeFirst()
                while let next = rest.popFirst(), next != "\"" {
                    value.append(next == "\\" ? rest.popFirst() ?? next : next)
                }
            } else {
                while let next = rest.first, next != "," && next != " " { value.append(rest.removeFirst()) }
            }
            values[name] = value
        }
        return values
    }
}

/// An absolute URL with a host, read so strictly that every program understands it the same way.
///
/// It is put together anew from its parts before it is used, so that no other parser sees the text a caller sent.
public struct OutboundURL: Sendable, Hashable, CustomStringConvertible {
    /// `https` or another scheme, in lower case.
    public let scheme: String
    /// The host.
    public let host: OutboundHost
    /// The port, given or the scheme's own.
    public let port: Int
    /// Path and query, beginning with `/`.
    public let target: String

    init(scheme: String, host: OutboundHost, port: Int, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    /// Reads a URL. A fragment is dropped.
    ///
    /// - Parameters:
    ///   - text: what a caller sent.
    ///   - longest: most bytes. Default: 2048.
    /// - Throws: ``OutboundError`` with `invalidURL`, `credentialsInURL` or `ambiguousAddress`.
    public init(parsing text: String, longest: Int = 2048) throws(OutboundError) {
        try Self.checkCharacters(text, longest: longest)
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw OutboundError(.invalidURL, "The URL must be absolute: scheme://host/path.")
        }
        let scheme = text[..<colon].lowercased()
        guard Self.isScheme(scheme) else { throw OutboundError(.invalidURL, "The URL does not begin with a scheme.") }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else {
            throw OutboundError(.credentialsInURL, "The URL carries a user or a password; give credentials apart from it.")
        }
        let (host, port) = try Self.split(authority)
        self.host = try OutboundHost(parsing: host)
        self.scheme = scheme
        if let port {
            self.port = port
        } else {
            guard let standard = Self.standardPort(scheme) else {
                throw OutboundError(.schemeNotAllowed, "The scheme of the URL is not one that is fetched.")
            }
            self.port = standard
        }
        let target = rest[end...].prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// The URL that is used.
    public var description: String { "\(scheme)://\(authority)\(target)" }

    /// Host, and the port unless it is the scheme's own: what the `Host` header says.
    public var authority: String { port == Self.standardPort(scheme) ? host.description : "\(host):\(port)" }

    /// Whether another URL has the same scheme, host and port.
    public func hasSameOrigin(as other: OutboundURL) -> Bool { scheme == other.scheme && host == other.host && port == other.port }

    /// The URL that a `Location` header means (RFC 3986 section 5.2).
    ///
    /// - Throws: as ``init(parsing:longest:)``.
    public func resolving(_ reference: String, longest: Int = 2048) throws(OutboundError) -> OutboundURL {
        try Self.checkCharacters(reference, longest: longest)
        let bare = reference.prefix { $0 != "#" }
        if bare.hasPrefix("//") { return try OutboundURL(parsing: "\(scheme):\(bare)", longest: longest) }
        if let colon = bare.firstIndex(of: ":"), !bare[..<colon].contains(where: { "/?".contains($0) }) {
            return try OutboundURL(parsing: String(bare), longest: longest)
        }
        let path = target.prefix { $0 != "?" }
        let merged: String
        if bare.isEmpty {
            merged = target
        } else if bare.hasPrefix("?") {
            merged = String(path + bare)
        } else if bare.hasPrefix("/") {
            merged = Self.withoutDots(String(bare))
        } else {
            let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
            merged = Self.withoutDots(String(folder + bare))
        }
        return OutboundURL(scheme: scheme, host: host, port: port, target: merged)
    }

    static func standardPort(_ scheme: String) -> Int? {
        switch scheme {
        case "https": 443
        case "http": 80
        default: nil
        }
    }

    private static func split(_ authority: Substring) throws(OutboundError) -> (host: Substring, port: Int?) {
        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else {
                throw OutboundError(.invalidURL, "The bracket before the host is not closed.")
            }
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let rest = authority[hostEnd...]
        if rest.isEmpty { return (authority[..<hostEnd], nil) }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            !digits.hasPrefix("0"), let port = Int(digits), port <= 65535
        else { throw OutboundError(.invalidURL, "The port is not a number from 1 to 65535.") }
        return (authority[..<hostEnd], port)
    }

    private static func isScheme(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E].contains($0) }
    }

    /// Only what RFC 3986 allows: no white space, control characters, backslashes or letters beyond ASCII, which parsers treat differently.
    private static func checkCharacters(_ text: String, longest: Int) throws(OutboundError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= longest else { throw OutboundError(.invalidURL, "The URL is longer than \(longest) bytes.") }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "%"):
                let digits = bytes[(index + 1)...].prefix(2)
                let hexadecimal = digits.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0)
                }
                guard digits.count == 2, hexadecimal else {
                    throw OutboundError(.invalidURL, "A percent sign in the URL is not followed by two hexadecimal digits.")
                }
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
            default:
                guard "-._~:/?#[]@!$&'()*+,;=".utf8.contains(byte) else {
                    throw OutboundError(.invalidURL, "The URL has a character that must be percent-encoded (byte \(index + 1)).")
                }
            }
        }
    }

    private static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }
}

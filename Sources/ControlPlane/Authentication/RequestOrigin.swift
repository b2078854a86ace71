import HTTPTypes

/// Tells requests of our own pages from requests that another site makes a browser send. Pure.
///
/// `Sec-Fetch-Site` is set by browsers alone and cannot be changed by pages (W3C Fetch Metadata); `Origin` likewise (RFC 6454). A request
/// with neither comes from no browser of this decade and is refused, as its cookie should be in one.
struct RequestOrigin: Sendable, Hashable {
    /// Header that repeats the session's token.
    static let tokenHeader = "X-CSRF-Token"

    /// Scheme, host and port of our own pages.
    let own: String

    /// Whether a request comes from one of our own pages.
    func isOwn(_ headers: HTTPFields) -> Bool {
        let site = Self.name("Sec-Fetch-Site").flatMap { headers[$0] }
        if let site, site != "same-origin" { return false }
        let origins = Self.name("Origin").map { headers[values: $0] } ?? []
        guard origins.count <= 1 else { return false }
        if let origin = origins.first { return origin.lowercased() == own }
        return site != nil
    }

    /// Whether a request repeats the session's token.
    ///
    /// - Parameter token: the session's.
    static func repeats(_ token: String, in headers: HTTPFields) -> Bool {
        guard let sent = name(tokenHeader).flatMap({ headers[$0] }) else { return false }
        return APIKey.isSame(sent, token)
    }

    private static func name(_ text: String) -> HTTPField.Name? { HTTPField.Name(text) }
}

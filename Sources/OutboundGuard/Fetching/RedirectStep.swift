/// What to do with an answer: hand it over, or ask elsewhere.
enum RedirectStep: Equatable {
    case deliver
    case follow(OutboundURL)

    /// - Parameters:
    ///   - count: redirects followed so far.
    static func decide(
        status: Int,
        location: String?,
        from url: OutboundURL,
        method: OutboundRequest.Method,
        followed count: Int,
        policy: OutboundPolicy
    ) throws(OutboundError) -> RedirectStep {
        guard [301, 302, 303, 307, 308].contains(status) else { return .deliver }
        guard let location else { throw OutboundError(.redirectNotAllowed, "The server redirects without saying where to.") }
        guard method != .post else { throw OutboundError(.redirectNotAllowed, "The server redirects a request with a body.") }
        guard count < policy.redirects else {
            throw OutboundError(.tooManyRedirects, "The server redirects more than \(policy.redirects) times.")
        }
        let next = try url.resolving(location, longest: policy.longestURL)
        guard url.scheme != "https" || next.scheme == "https" else {
            throw OutboundError(.redirectNotAllowed, "The server redirects from https to \(next.scheme).")
        }
        return .follow(next)
    }
}

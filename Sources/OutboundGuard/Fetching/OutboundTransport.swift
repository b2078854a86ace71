/// Carries one exchange to a pinned address; follows nothing.
public protocol OutboundTransport: Sendable {
    /// Sends a request and reads the whole answer.
    ///
    /// - Parameters:
    ///   - request: its URL is not looked at.
    ///   - destination: the URL and the address to connect to.
    ///   - largest: most bytes of the body.
    ///   - limit: the longest time.
    /// - Throws: ``OutboundError`` with `unreachable`, `tooLarge` or `timedOut`.
    func exchange(
        _ request: OutboundRequest,
        to destination: PinnedDestination,
        largest: Int,
        within limit: Duration
    ) async throws(OutboundError) -> OutboundResponse
}

/// Fetches URLs that callers supply, by the rules of an ``OutboundGuard``: each hop is checked, looked up and pinned anew.
public struct OutboundFetcher: Sendable {
    private let gate: OutboundGuard
    private let transport: any OutboundTransport

    /// A fetcher.
    ///
    /// - Parameters:
    ///   - gate: decides.
    ///   - transport: carries. Default: HTTP/1.1 with the system's trust roots.
    public init(gate: OutboundGuard, transport: any OutboundTransport = PinnedHTTPTransport()) {
        self.gate = gate
        self.transport = transport
    }

    /// Fetches, following redirects of GET and HEAD. Any status counts as an answer.
    ///
    /// - Throws: ``OutboundError``.
    public func fetch(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
        try request.checkHeaders()
        let policy = gate.policy
        let end = ContinuousClock.now + policy.timeLimit
        var request = request
        var url = try gate.check(request.url)
        var followed = 0
        while true {
            let destination = try await gate.destination(of: url, within: Self.left(until: end))
            let answer = try await transport.exchange(
                request,
                to: destination,
                largest: policy.largestAnswer,
                within: Self.left(until: end)
            )
            let step = try RedirectStep.decide(
                status: answer.status,
                location: answer.header("Location"),
                from: url,
                method: request.method,
                followed: followed,
                policy: policy
            )
            guard case .follow(let next) = step else { return answer }
            if !next.hasSameOrigin(as: url) {
                request.headers.removeAll { !OutboundRequest.harmless.contains($0.name.lowercased()) }
            }
            url = next
            followed += 1
        }
    }

    private static func left(until end: ContinuousClock.Instant) throws(OutboundError) -> Duration {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero else { throw OutboundError(.timedOut, "The server gave no complete answer in time.") }
        return left
    }
}

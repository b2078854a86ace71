/// Looks names up.
public protocol HostResolver: Sendable {
    /// All addresses of a name.
    ///
    /// - Parameters:
    ///   - name: in lower case, without a final dot; never an address.
    ///   - limit: the longest time; return or throw by then.
    /// - Throws: ``OutboundError`` with `nameNotFound`, `timedOut` or `busy`.
    func addresses(of name: String, within limit: Duration) async throws(OutboundError) -> [IPAddress]
}

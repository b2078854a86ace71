/// Decides whether a URL that a caller supplied may be used, and to which address.
///
/// ``check(_:)`` needs no network: use it when a URL is stored, to refuse it early. ``destination(of:)`` is for the moment of use: names may
/// lead elsewhere by then.
public struct OutboundGuard: Sendable {
    /// The rules.
    public let policy: OutboundPolicy
    private let resolver: any HostResolver

    /// A guard.
    ///
    /// - Parameters:
    ///   - policy: the rules. Default: the strict ones.
    ///   - resolver: looks names up. Default: the system's.
    public init(policy: OutboundPolicy = OutboundPolicy(), resolver: any HostResolver = SystemHostResolver.shared) {
        self.policy = policy
        self.resolver = resolver
    }

    /// Reads a URL and checks everything that needs no look-up.
    ///
    /// - Throws: ``OutboundError``.
    public func check(_ text: String) throws(OutboundError) -> OutboundURL {
        let url = try OutboundURL(parsing: text, longest: policy.longestURL)
        try check(url)
        return url
    }

    /// Checks everything of a URL that needs no look-up.
    ///
    /// - Throws: ``OutboundError``.
    public func check(_ url: OutboundURL) throws(OutboundError) {
        guard policy.schemes.contains(url.scheme) else {
            throw OutboundError(.schemeNotAllowed, "The scheme must be \(policy.schemes.sorted().joined(separator: " or ")).")
        }
        guard policy.ports.contains(url.port) else {
            let ports = policy.ports.sorted().map(String.init).joined(separator: ", ")
            throw OutboundError(.portNotAllowed, "Port \(url.port) is not allowed; allowed: \(ports).")
        }
        guard policy.lists(url.host.description) else {
            throw OutboundError(.hostNotAllowed, "The host is not on the list of hosts that may be asked.")
        }
        switch url.host {
        case .address(let address): try permit(address)
        case .name(let name):
            guard policy.allowsSingleLabels || name.contains(".") else {
                throw OutboundError(.hostNotAllowed, "The host must be a full name with a domain.")
            }
            guard !policy.refuses(name) else { throw OutboundError(.hostNotAllowed, "The host is a name of an internal network.") }
        }
    }

    /// Chooses the address to connect to.
    ///
    /// One address that is not permitted refuses the name: a name that leads inside and outside is an attack or a mistake. IPv4 is
    /// preferred, because clusters without IPv6 are common and only one address is tried.
    ///
    /// - Parameters:
    ///   - url: what ``check(_:)`` let pass.
    ///   - addresses: what its name leads to.
    /// - Throws: ``OutboundError`` with `addressNotAllowed` or `nameNotFound`.
    public func admit(_ url: OutboundURL, addresses: [IPAddress]) throws(OutboundError) -> PinnedDestination {
        for address in addresses { try permit(address) }
        let v4 = addresses.first { address in
            if case .v4 = address { true } else { false }
        }
        guard let address = v4 ?? addresses.first else { throw OutboundError(.nameNotFound, "The host of the URL was not found.") }
        return PinnedDestination(url: url, address: address)
    }

    /// Checks a URL, looks its host up, and pins the address.
    ///
    /// - Parameter limit: the longest time of the look-up, if shorter than the policy's.
    /// - Throws: ``OutboundError``.
    public func destination(of url: OutboundURL, within limit: Duration? = nil) async throws(OutboundError) -> PinnedDestination {
        try check(url)
        switch url.host {
        case .address(let address): return try admit(url, addresses: [address])
        case .name(let name):
            let limit = limit.map { min($0, policy.lookUpLimit) } ?? policy.lookUpLimit
            return try admit(url, addresses: await resolver.addresses(of: name, within: limit))
        }
    }

    /// Reads and checks a URL, looks its host up, and pins the address.
    ///
    /// - Throws: ``OutboundError``.
    public func destination(of text: String) async throws(OutboundError) -> PinnedDestination { try await destination(of: check(text)) }

    private func permit(_ address: IPAddress) throws(OutboundError) {
        let kind = AddressKind(of: address)
        let refusal = OutboundError(.addressNotAllowed, "The host leads to an address that is not a public one.")
        if kind.isNeverPermitted || policy.refusedRanges.contains(where: { $0.contains(address) }) { throw refusal }
        if kind != .global, !policy.permittedRanges.contains(where: { $0.contains(address) }) { throw refusal }
    }
}

/// What a session is narrowed to: one payload at a scope.
public struct ScopeSelector: Sendable, Hashable, Codable {
    /// How wide.
    public var scope: GrantScope
    /// Which payload.
    public var payloadID: String

    /// A selector.
    public init(scope: GrantScope, payloadID: String) {
        self.scope = scope
        self.payloadID = payloadID
    }

    private enum CodingKeys: String, CodingKey {
        case scope
        case payloadID = "payloadId"
    }

    /// What of a request is given, and what is not.
    public struct Intersection: Sendable, Hashable {
        /// What is given, each at the scope that its grant has.
        public var granted: [ScopeSelector]
        /// What is not, as it was asked for.
        public var rejected: [ScopeSelector]
    }

    /// Intersects a request with what somebody is entitled to. The order of the request stays; of a payload named twice the last counts.
    public static func intersect(_ wanted: [ScopeSelector], with entitlements: [Entitlement]) -> Intersection {
        var scopes: [String: GrantScope] = [:]
        for entitlement in entitlements where entitlement.isAllowed { scopes[entitlement.payloadID] = entitlement.grant.scope }
        var seen: Set<String> = []
        let unique = Array(wanted.reversed().filter { seen.insert($0.payloadID).inserted }.reversed())
        return Intersection(
            granted: unique.compactMap { selector in
                scopes[selector.payloadID].map { ScopeSelector(scope: $0, payloadID: selector.payloadID) }
            },
            rejected: unique.filter { scopes[$0.payloadID] == nil }
        )
    }
}

/// What became of the grants that concern one payload: the one that decides.
public struct Entitlement: Sendable, Hashable {
    /// The grant that decides.
    public var grant: Grant

    /// Which payload.
    public var payloadID: String { grant.payloadID }
    /// Whether it may be used.
    public var isAllowed: Bool { grant.access == .allow }

    /// Decides for one principal and one type of payload.
    ///
    /// A payload without a grant is not listed: it may not be used. A deny outranks every allow. Among several that say the same the most
    /// specific scope decides, then the highest priority, then the newest, then the greatest id: the order of `grants` never counts.
    ///
    /// - Parameters:
    ///   - type: the type of payload; grants of others are passed over.
    ///   - grants: all that may concern the principal.
    ///   - standing: who the principal is.
    /// - Returns: one entitlement a payload, by the payload's id.
    public static func compile(_ type: PayloadType, from grants: some Sequence<Grant>, for standing: Standing) -> [Entitlement] {
        var winners: [String: Grant] = [:]
        for grant in grants where grant.payloadType == type && standing.subjects.contains(grant.subject) {
            guard let winner = winners[grant.payloadID] else {
                winners[grant.payloadID] = grant
                continue
            }
            if outranks(grant, winner) { winners[grant.payloadID] = grant }
        }
        return winners.values.sorted { $0.payloadID < $1.payloadID }.map(Entitlement.init)
    }

    private static func outranks(_ left: Grant, _ right: Grant) -> Bool {
        if left.access != right.access { return left.access == .deny }
        if left.scope != right.scope { return left.scope > right.scope }
        if left.priority != right.priority { return left.priority > right.priority }
        if left.createdAt != right.createdAt { return left.createdAt > right.createdAt }
        return left.id > right.id
    }
}

/// Who somebody is, as far as grants are concerned.
public struct Standing: Sendable, Hashable {
    /// Every subject by which a grant reaches the principal.
    public private(set) var subjects: Set<Subject>

    /// The standing of a tenant or a person.
    ///
    /// - Parameters:
    ///   - tenant: the tenant's name; nil for a person alone.
    ///   - department: the department, a tenant's `spec.team`.
    ///   - users: the stable names of the person, all of which the identity provider vouches for.
    ///   - groups: the groups there are, or those that may matter.
    public init(tenant: String? = nil, department: String? = nil, users: [String] = [], groups: some Sequence<Group> = []) {
        subjects = [.everyone]
        if let tenant { subjects.insert(.tenant(tenant)) }
        if let department, !department.isEmpty { subjects.insert(.department(department)) }
        for user in users where !user.isEmpty { subjects.insert(.user(user)) }
        let known = subjects
        for group in groups where group.members.contains(where: { $0.isAmong(known) }) { subjects.insert(.group(group.id)) }
    }

    /// A group and its members; groups have no groups among them.
    public struct Group: Sendable, Hashable {
        /// Its id.
        public var id: String
        /// Its members.
        public var members: [GroupMember]

        /// A group.
        public init(id: String, members: [GroupMember]) {
            self.id = id
            self.members = members
        }
    }
}

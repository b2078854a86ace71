import HTTPOperations
import OpenIDConnect

/// Which groups of the identity provider make somebody what. Pure.
///
/// A pattern is the name of a group, in which `{organization}` may stand for the id of an organisation.
struct RoleMapping: Sendable, Hashable {
    /// Groups of the platform's administrators, without patterns.
    var platformAdmins: [String] = []
    /// Groups of those who may read everything, without patterns.
    var viewers: [String] = []
    /// Groups of those who administer a customer's objects.
    var customerAdmins: [String] = []
    /// Groups of those who administer an organisation.
    var organizationAdmins: [String] = []
    /// Groups of those who belong to an organisation.
    var organizationMembers: [String] = []

    /// What stands for the id of an organisation.
    static let placeholder = "{organization}"

    /// What somebody is.
    ///
    /// Whoever is let in owns what is theirs. The roles of an organisation need one: without, or with several, none of them is given.
    ///
    /// - Parameters:
    ///   - groups: the groups and roles that the provider names.
    ///   - organization: the organisation that a claim names; nil for none.
    func standing(groups: [String], organization: String?) -> (roles: Set<Role>, organization: String?) {
        var roles: Set<Role> = [.owner]
        if !Set(groups).isDisjoint(with: platformAdmins) { roles.insert(.platformAdmin) }
        if !Set(groups).isDisjoint(with: viewers) { roles.insert(.viewer) }
        var named: Set<String> = organization.map { [$0] } ?? []
        var wanted: Set<Role> = []
        for (role, patterns) in [
            (Role.customerAdmin, customerAdmins), (.organizationAdmin, organizationAdmins), (.organizationMember, organizationMembers),
        ] {
            for pattern in patterns {
                for group in groups {
                    switch Self.match(group, pattern) {
                    case .none: break
                    case .whole: wanted.insert(role)
                    case .organization(let id):
                        wanted.insert(role)
                        named.insert(id)
                    }
                }
            }
        }
        guard named.count == 1 else { return (roles, nil) }
        return (roles.union(wanted), named.first)
    }

    private enum Match {
        case none
        case whole
        case organization(String)
    }

    private static func match(_ group: String, _ pattern: String) -> Match {
        let parts = pattern.split(separator: placeholder, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return group == pattern ? .whole : .none }
        guard group.hasPrefix(parts[0]), group.hasSuffix(parts[1]), group.count > parts[0].count + parts[1].count else { return .none }
        let id = group.dropFirst(parts[0].count).dropLast(parts[1].count)
        return isOrganization(id) ? .organization(String(id)) : .none
    }

    /// Whether a text can be the id of an organisation: letters, digits, `.`, `_` and `-`, at most 253 of them.
    static func isOrganization(_ text: some StringProtocol) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// A person as the identity provider names them.
    ///
    /// - Returns: nil without an address that the provider vouches for.
    func person(_ identity: OpenIDIdentity) -> Person? {
        guard let email = identity.email, identity.isEmailVerified else { return nil }
        let organization = identity.organization.flatMap { Self.isOrganization($0) ? $0 : nil }
        let standing = standing(groups: identity.groups + identity.roles, organization: organization)
        return Person(
            issuer: identity.issuer,
            subject: identity.subject,
            email: email,
            name: identity.name,
            groups: Array(Set(identity.groups + identity.roles)).sorted(),
            roles: standing.roles,
            organization: standing.organization
        )
    }
}

import HTTPOperations

/// Somebody whom the identity provider has named, with what they may do here.
struct Person: Sendable, Hashable {
    /// Who vouches.
    var issuer: String
    /// The provider's own name for the person.
    var subject: String
    /// The address the provider vouches for.
    var email: String
    /// A name to show.
    var name: String?
    /// The groups the provider named.
    var groups: [String]
    /// What the person may be here.
    var roles: Set<Role>
    /// The organisation the person belongs to.
    var organization: String?

    /// The person's name in the audit trail and as an owner: issuer and subject, which never change and are never given to somebody else.
    var id: String { "user:\(issuer)|\(subject)" }

    /// The person as a caller.
    ///
    /// - Parameter method: how it was proved.
    func principal(method: String) -> Principal {
        Principal(subject: id, roles: roles, method: method, organization: organization, email: email)
    }
}

extension Set<Role> {
    /// As they are kept.
    var names: [String] { map(\.rawValue).sorted() }

    /// As they were kept.
    init(names: [String]) { self = Set(names.map { Role(rawValue: $0) }) }
}

/// One thing that was asked for, without the object's name: what a rule of access control has to grant.
public struct AccessRecord: Sendable, Hashable {
    /// Who asked, e.g. `system:serviceaccount:opencrane:operator`.
    public var user: String
    /// The `User-Agent` header.
    public var userAgent: String
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `impersonate`.
    public var verb: String
    /// Empty for the core group.
    public var group: String
    /// The plural name.
    public var resource: String
    /// As `status`; empty without one.
    public var subresource: String
    /// Empty for resources without namespaces, and for requests on all of them.
    public var namespace: String
    /// Whether one object was named, so that a rule with `resourceNames` could grant it.
    public var isNamed: Bool
    /// Whether it was allowed.
    public var isAllowed: Bool
    /// The names of the roles that allowed it; empty where it was refused, and where no rule was asked.
    public var roles: [String]

    init(_ asked: AccessAttributes, user: String, userAgent: String, decision: RBACPolicy.Decision) {
        self.user = user
        self.userAgent = userAgent
        verb = asked.verb
        group = asked.group
        resource = asked.resource
        subresource = asked.subresource
        namespace = asked.namespace
        isNamed = !asked.name.isEmpty
        isAllowed = decision.isAllowed
        roles = decision.roles
    }

    /// The line of a file of records: user, user agent, verb, group, resource with subresource, `namespace` or `cluster`, `named` or `any`,
    /// `allowed` or `refused`, and the roles with commas; tabs between them.
    var line: String {
        let fields = [
            user, userAgent, verb, group, subresource.isEmpty ? resource : "\(resource)/\(subresource)",
            namespace.isEmpty ? "cluster" : "namespace", isNamed ? "named" : "any", isAllowed ? "allowed" : "refused",
            roles.joined(separator: ","),
        ]
        return fields.map { $0.replacing("\t", with: " ").replacing("\n", with: " ") }.joined(separator: "\t") + "\n"
    }
}

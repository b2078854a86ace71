import Postgres

/// Which tenants somebody has to do with, and with them which customers and policies. Lists leave the others out by these conditions, so that
/// pages are full and cursors hold.
public struct ObjectSight: Sendable, Hashable {
    /// A person, as far as tenants are concerned.
    public struct Owner: Sendable, Hashable {
        /// The verified address.
        public var email: String
        /// Who it is, for good: an address may be given to somebody else.
        public var subject: String

        /// Makes an owner.
        public init(email: String, subject: String) {
            self.email = email
            self.subject = subject
        }
    }

    /// Whether everything is seen.
    public var isEverything = false
    /// The customer whose tenants are seen.
    public var customer: String?
    /// The person whose own tenants are seen.
    public var owner: Owner?
    /// The one tenant that is seen: a pod's.
    public var tenant: String?

    /// Nothing, unless more is said.
    public init(customer: String? = nil, owner: Owner? = nil, tenant: String? = nil) {
        self.customer = customer.flatMap { Self.isText($0) ? $0 : nil }
        self.owner = owner.flatMap { Self.isText($0.email) && Self.isText($0.subject) ? $0 : nil }
        self.tenant = tenant.flatMap { Self.isText($0) ? $0 : nil }
    }

    /// Everything.
    public static let everything: ObjectSight = {
        var sight = ObjectSight()
        sight.isEverything = true
        return sight
    }()

    /// Whether nothing can be seen.
    public var isEmpty: Bool { !isEverything && customer == nil && owner == nil && tenant == nil }

    /// Whether an object of a customer is seen. Pure.
    ///
    /// - Parameter customer: the customer; nil for an object of the platform's.
    public func includes(customer: String?) -> Bool { isEverything || (customer != nil && customer == self.customer) }

    /// Whether a row of `tenants` is seen. A tenant that was bound to another person of the same address is not the owner's.
    ///
    /// - Parameter table: the name of the table in the query.
    public func tenants(_ table: String = "tenants") -> SQL {
        if isEverything { return "true" }
        var conditions: [SQL] = []
        if let customer { conditions.append("\(identifier: table).cluster_tenant_ref = \(customer)") }
        if let owner {
            conditions.append(
                """
                lower(\(identifier: table).email) = lower(\(owner.email)) and not exists (select from tenant_identities as bound
                    where bound.tenant_uid = \(identifier: table).uid and bound.email = lower(\(identifier: table).email)
                        and bound.owner <> \(owner.subject))
                """
            )
        }
        if let tenant { conditions.append("\(identifier: table).name = \(tenant)") }
        guard !conditions.isEmpty else { return "false" }
        return "(" + SQL.joined(conditions, separator: " or ") + ")"
    }

    /// Whether a row of the customers is seen.
    var customers: SQL {
        if isEverything { return "true" }
        return customer.map { "\(identifier: ProjectedKind.clusterTenant.table).name = \($0)" } ?? "false"
    }

    /// Whether a row of the policies is seen: those that bind a tenant which is seen.
    var policies: SQL {
        if isEverything { return "true" }
        let table = ProjectedKind.accessPolicy.table
        return """
            exists (select from tenants as bound where bound.namespace = \(identifier: table).namespace and bound.deleted_at is null
                and \(identifier: table).name in (bound.policy_ref, bound.status->>'effectivePolicyRef') and \(tenants("bound")))
            """
    }

    private static func isText(_ text: String) -> Bool { !text.isEmpty && !text.utf8.contains(0) }
}

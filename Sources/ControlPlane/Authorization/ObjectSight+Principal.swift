import HTTPOperations
import Projection

extension Principal {
    /// The customer whose objects the caller administers: the organisation of a customer's administrator is the name of the ClusterTenant.
    /// Nil for everybody else.
    var administeredCustomer: String? { roles.contains(.customerAdmin) ? customer ?? organization : nil }
}

extension ObjectSight {
    /// What a caller may read. Pure.
    ///
    /// - The platform's administrators and viewers: everything. A viewer who acts for a customer reads that customer's alone.
    /// - A customer's administrator: what belongs to the customer.
    /// - An owner: the tenants with the owner's verified address.
    /// - A pod: its tenant.
    ///
    /// Who is several of these sees all that.
    static func reading(_ principal: Principal) -> ObjectSight {
        if let tenant = principal.workloadTenant { return ObjectSight(tenant: tenant) }
        if principal.roles.contains(.platformAdmin) { return .everything }
        let isViewer = principal.roles.contains(.viewer)
        if isViewer, principal.customer == nil { return .everything }
        return ObjectSight(
            customer: principal.administeredCustomer ?? (isViewer ? principal.customer : nil),
            owner: principal.roles.contains(.owner) ? principal.email.map { Owner(email: $0, subject: principal.subject) } : nil
        )
    }

    /// What a caller may change: the platform's administrators everything, a customer's administrator what belongs to the customer. Pure.
    static func changing(_ principal: Principal) -> ObjectSight {
        principal.roles.contains(.platformAdmin) ? .everything : ObjectSight(customer: principal.administeredCustomer)
    }
}

extension OperationContext {
    /// What the caller may read.
    var reads: ObjectSight { .reading(principal) }
}

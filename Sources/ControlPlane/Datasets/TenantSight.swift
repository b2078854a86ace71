import HTTPOperations
import Projection

/// Finds tenants that somebody may have to do with; others are as if they were not there.
struct TenantSight: Sendable {
    let tenants: TenantRepository
    let namespace: String

    /// Whether somebody may have to do with a tenant: the platform's people with every one, a customer's with those of the customer, an owner
    /// with its own. Pure.
    static func isVisible(_ row: TenantRow, to principal: Principal) -> Bool {
        isVisible(name: row.name, customer: row.clusterTenantRef, owner: row.email, to: principal)
    }

    /// Whether somebody may have to do with a tenant. Pure.
    ///
    /// - Parameters:
    ///   - name: the tenant.
    ///   - customer: its customer; nil for none.
    ///   - owner: its owner's address.
    ///   - principal: who asks.
    static func isVisible(name: String, customer: String?, owner: String, to principal: Principal) -> Bool {
        if let workload = principal.workloadTenant { return workload == name }
        if principal.roles.contains(.platformAdmin) { return true }
        if let own = principal.customer { return customer == own && !principal.roles.isDisjoint(with: [.customerAdmin, .viewer]) }
        if principal.roles.contains(.viewer), principal.organization == nil { return true }
        guard principal.roles.contains(.owner), let email = principal.email else { return false }
        return !email.isEmpty && email.lowercased() == owner.lowercased()
    }

    /// The tenant of a name.
    ///
    /// - Throws: ``OperationError`` 404 when there is none for the caller, 503.
    func require(_ name: String, _ context: OperationContext) async throws -> TenantRow {
        let row = try await onDatabase { try await tenants.get(namespace: namespace, name: name) }
        guard let row, Self.isVisible(row, to: context.principal) else { throw ResourceKind.tenant.notFound(name) }
        return row
    }
}

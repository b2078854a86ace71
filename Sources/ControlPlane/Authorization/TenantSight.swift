import HTTPOperations
import Projection

/// Finds tenants that somebody may have to do with; others are as if they were not there.
struct TenantSight: Sendable {
    let tenants: TenantRepository
    let namespace: String

    /// The tenant of a name, for whoever may read it.
    ///
    /// - Throws: ``OperationError`` 404 when there is none for the caller, 503.
    func require(_ name: String, _ context: OperationContext) async throws -> TenantRow {
        let row = try await onDatabase { try await tenants.get(namespace: namespace, name: name, seenBy: context.reads) }
        guard let row else { throw ResourceKind.tenant.notFound(name) }
        return row
    }

    /// The tenant of a name, for whoever may change what belongs to it.
    ///
    /// - Throws: ``OperationError`` 404 when there is none for the caller, 403 when the caller may only read it, 503.
    func requireChangeable(_ name: String, _ context: OperationContext) async throws -> TenantRow {
        let row = try await require(name, context)
        guard ObjectSight.changing(context.principal).includes(customer: row.clusterTenantRef) else { throw OperationError.forbidden }
        return row
    }
}

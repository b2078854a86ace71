import Foundation
import HTTPOperations
import HTTPTypes
import Projection

/// Finds the instance a request is about, if it is the caller's business.
struct InstanceAccess: Sendable {
    let instances: InstanceRepository
    let tenants: TenantRepository

    /// The roles that see instances.
    static let readers: Set<Role> = writers.union([.viewer])
    /// The roles that change them.
    static let writers: Set<Role> = administrators.union([.organizationMember, .owner])
    /// The roles that administer an organisation.
    static let administrators: Set<Role> = [.platformAdmin, .organizationAdmin, .customerAdmin]
    /// May see.
    static let reading: Access = .scoped("instances:read", readers)
    /// May change.
    static let writing: Access = .scoped("instances:write", writers)
    /// May delete.
    static let deleting: Access = .scoped("instances:delete", writers)
    /// Only administrators of the organisation.
    static let administering: Access = .scoped("instances:write", administrators)
    /// Only administrators of the organisation, and it deletes.
    static let clearing: Access = .scoped("instances:delete", administrators)

    /// The headers by which a platform administrator acts for somebody.
    static let headers = [ActingFor.organization, ActingFor.user]
    /// The refusals of every operation on one instance.
    static let refusals =
        Refusals.reading + [
            ErrorDeclaration(.notFound, "INSTANCE_NOT_FOUND", "There is no such instance in the caller's organisation."),
            ErrorDeclaration(.forbidden, "NOT_YOUR_INSTANCE", "The instance is another customer's."),
        ]

    /// The instance of an id with its tenant.
    ///
    /// - Parameters:
    ///   - id: the instance.
    ///   - context: the request.
    /// - Returns: its row, and the row of its tenant, nil when there is none.
    /// - Throws: ``OperationError``: 404 when there is none, it is deleted, or it is another organisation's; 403 when it is another customer's; 503.
    func load(_ id: UUID, _ context: OperationContext) async throws -> (row: InstanceRow, tenant: TenantRow?) {
        let caller = try InstanceCaller(context)
        let row = try await onDatabase { try await instances.get(id) }
        let found = try Self.require(row, caller)
        guard found.deletedAt == nil else { throw OperationError.instanceNotFound }
        return (found, try await tenant(of: found))
    }

    /// The row of an instance's tenant; nil when there is none.
    ///
    /// - Throws: ``OperationError`` 503.
    func tenant(of row: InstanceRow) async throws -> TenantRow? {
        guard let uid = row.tenantUID else { return nil }
        return try await onDatabase { try await tenants.get(uid: uid) }
    }

    /// An instance the caller may have to do with.
    ///
    /// - Throws: ``OperationError`` 404, 403.
    static func require(_ row: InstanceRow?, _ caller: InstanceCaller) throws(OperationError) -> InstanceRow {
        guard let row, caller.sees(row) else { throw .instanceNotFound }
        guard caller.mayUse(row) else { throw .notYourInstance }
        return row
    }
}

extension OperationError {
    /// 404: there is no such instance for the caller.
    static let instanceNotFound = OperationError(.notFound, code: "INSTANCE_NOT_FOUND", message: "Instance not found")

    /// 403: the instance is another customer's.
    static let notYourInstance = OperationError(
        .forbidden,
        code: "NOT_YOUR_INSTANCE",
        message: "This instance belongs to another customer."
    )

    /// 409: the instance is in the wrong state.
    static func instanceState(_ message: String) -> OperationError {
        OperationError(.conflict, code: "INSTANCE_STATE", message: message)
    }
}

import HTTPOperations
import HTTPTypes
import JSONValue
import Projection

/// Says who may write a tenant, as it is and as it is to be.
///
/// A tenant belongs to the customer of its `clusterTenantRef`; one without belongs to the platform. A customer's administrator writes tenants
/// that are the customer's before and after. What a tenant is entitled to and bound by hangs on its team and its policy as well, which know no
/// customers: a customer's administrator gives a tenant only those that another of the customer's tenants has, and leaves none without the
/// team it has.
struct TenantAuthority: Sendable {
    let sight: TenantSight

    /// What it refuses writes with.
    static let refusal = ErrorDeclaration(.forbidden, "OTHER_CUSTOMER", "The tenant would belong to another customer, or to none.")

    /// Throws unless a caller may write a tenant.
    ///
    /// - Parameters:
    ///   - name: the tenant.
    ///   - before: its spec as it is; nil for a new one.
    ///   - after: its spec as it is to be; nil for one that is to go away.
    ///   - context: the request.
    /// - Throws: ``OperationError`` 404 for a tenant that the caller does not see, 403 for one that the caller only reads, or that would be
    ///   another customer's; 422 for a team or a policy that is not the customer's, or a team that is taken away; 503.
    func require(_ name: String, before: JSON?, after: JSON?, _ context: OperationContext) async throws {
        let changing = ObjectSight.changing(context.principal)
        if changing.isEverything { return }
        if let before, !changing.includes(customer: before["clusterTenantRef"]?.stringValue) {
            // Whoever may read it learns that it is there, and nobody else does.
            _ = try await sight.require(name, context)
            throw OperationError.forbidden
        }
        guard let after else { return }
        guard changing.includes(customer: after["clusterTenantRef"]?.stringValue) else {
            throw OperationError.otherCustomer(changing.customer)
        }
        // The fleet says whose organisation a tenant is, which has other members than the customer.
        guard after["fleet"] == before?["fleet"] else { throw OperationError.invalid("fleet", "is given by the platform's administrators") }
        for member in ["team", "policyRef"] {
            let (had, wanted) = (before?[member]?.stringValue, after[member]?.stringValue)
            if wanted == had { continue }
            guard let wanted else {
                // What a team is denied would not bind the tenant any more.
                guard member == "team" else { continue }
                throw OperationError.invalid(member, "is taken away by the platform's administrators: the tenant may have another team")
            }
            guard try await isKnown(wanted, member, changing) else {
                throw OperationError.invalid(
                    member,
                    "no tenant of the customer has this one: the platform's administrators give a customer its first"
                )
            }
        }
    }

    private func isKnown(_ value: String, _ member: String, _ sight: ObjectSight) async throws -> Bool {
        var filter = TenantFilter(namespace: self.sight.namespace, sight: sight)
        if member == "team" { filter.team = value } else { filter.policyRef = value }
        let tenants = self.sight.tenants
        return try await !onRows { [filter] in try await tenants.list(filter, limit: 1) }.items.isEmpty
    }
}

extension OperationError {
    /// 403: the tenant would be another customer's.
    fileprivate static func otherCustomer(_ own: String?) -> OperationError {
        OperationError(
            .forbidden,
            code: "OTHER_CUSTOMER",
            message: own.map { "You administer tenants of the customer \($0) alone: name it as clusterTenantRef." }
                ?? "You administer no customer."
        )
    }
}

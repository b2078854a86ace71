import Entitlements
import HTTPOperations
import HTTPTypes
import Postgres

/// Whose datasets are.
///
/// The retrieval service knows names alone. A dataset belongs to the customer through one of whose tenants it was named first, for good:
/// what is in it does not change hands when nobody names it any more. A customer is told by its unique id, so that another one of the same
/// name inherits nothing; the platform's own datasets have none.
struct DatasetOwnership: Sendable {
    /// Most datasets of a customer.
    static let most = 10_000
    /// What orders are refused with.
    static let refusals = [
        ErrorDeclaration(.forbidden, "DATASET_OF_ANOTHER", "A dataset belongs to another customer, or to the platform."),
        ErrorDeclaration(.conflict, "DATASET_LIMIT", "The customer has too many datasets."),
    ]

    /// Whether the caller may name anybody's datasets.
    let isUnbound: Bool

    /// Takes what a tenant did not have before for the tenant's customer, as far as it is nobody's yet.
    ///
    /// - Parameters:
    ///   - wanted: the memberships as they are to be.
    ///   - before: as they are. What a tenant has already it may keep.
    ///   - customer: the name of the tenant's customer; nil for a tenant of the platform.
    ///   - transaction: what the memberships are kept in.
    /// - Throws: ``OperationError`` 403 for a dataset of somebody else, unless the caller may name it; 409; `PostgresError`.
    func claim(
        _ wanted: DatasetMemberships,
        before: DatasetMemberships,
        of customer: String?,
        in transaction: PostgresTransaction
    ) async throws {
        let names = Self.added(wanted, to: before)
        guard !names.isEmpty else { return }
        var owner = ""
        if let customer {
            let row = try await transaction.first("select uid from cluster_tenants where name = \(customer) and deleted_at is null")
            owner = try row?.decode("uid") ?? ""
        }
        guard isUnbound || !owner.isEmpty else { throw OperationError.writeInProgress("The customer is being made.") }
        // In one order, so that two orders for the same names wait for each other and not in a circle.
        try await transaction.execute(
            """
            insert into datasets (name, customer_uid)
            select name, \(owner) from unnest(\(names)::text[]) as given (name) order by name on conflict do nothing
            """
        )
        if isUnbound { return }
        let foreign = try await transaction.first(
            "select name from datasets where name = any(\(names)::text[]) and customer_uid <> \(owner) order by name limit 1"
        )
        if let foreign { throw OperationError.datasetOfAnother(try foreign.decode("name")) }
        let row = try await transaction.first("select count(*) as count from datasets where customer_uid = \(owner)")
        guard try (row?.decode("count", as: Int64.self) ?? 0) <= Self.most else { throw OperationError.datasetLimit }
    }

    /// The names of what comes to memberships, sorted. What everybody is a member of is nobody's. Pure.
    static func added(_ wanted: DatasetMemberships, to before: DatasetMemberships) -> [String] {
        let levels: [EffectiveContract.DatasetLevel] = [.team, .project, .personal]
        return Set(levels.flatMap { Set(wanted[$0]).subtracting(before[$0]) }).sorted()
    }
}

extension OperationError {
    /// 403: a dataset is not the customer's.
    fileprivate static func datasetOfAnother(_ name: String) -> OperationError {
        OperationError(
            .forbidden,
            code: "DATASET_OF_ANOTHER",
            message:
                "The dataset \(name) is not the customer's: the platform's administrators say who else is a member. Nothing was changed."
        )
    }

    /// 409: the customer has too many datasets.
    fileprivate static var datasetLimit: OperationError {
        OperationError(
            .conflict,
            code: "DATASET_LIMIT",
            message: "A customer has at most \(DatasetOwnership.most) datasets; nothing was changed."
        )
    }
}

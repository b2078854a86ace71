import Entitlements
import Foundation
import HTTPOperations
import Postgres

/// The datasets a tenant is a member of, by level. Pure.
struct DatasetMemberships: Sendable, Hashable {
    /// What everybody is a member of.
    static let organisation = ["default"]

    /// The datasets by level; names without blanks around them, each once, sorted.
    private(set) var levels: [EffectiveContract.DatasetLevel: [String]]

    /// Nothing but what everybody is a member of.
    init() { levels = [.org: Self.organisation] }

    /// Puts memberships in order. The level of the organisation is the same for everybody, whatever is given.
    init(_ levels: [EffectiveContract.DatasetLevel: [String]]) {
        self.levels = levels.mapValues(Self.normalised)
        self.levels[.org] = Self.organisation
    }

    /// The datasets of a level.
    subscript(_ level: EffectiveContract.DatasetLevel) -> [String] { levels[level] ?? [] }

    /// Names without blanks around them, each once, sorted.
    static func normalised(_ names: [String]) -> [String] {
        Set(names.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }).filter { !$0.isEmpty }.sorted()
    }
}

/// Keeps the memberships of tenants in datasets, by the unique id of the tenant.
struct DatasetRepository: Sendable {
    let pool: PostgresPool

    /// The memberships of a tenant.
    ///
    /// - Throws: `PostgresError`.
    static func get(_ uid: String, in querying: some PostgresQuerying) async throws -> DatasetMemberships {
        let rows = try await querying.query("select level, dataset from tenant_datasets where tenant_uid = \(uid)")
        var levels: [EffectiveContract.DatasetLevel: [String]] = [:]
        for row in rows {
            guard let level = EffectiveContract.DatasetLevel(rawValue: try row.decode("level")) else { continue }
            levels[level, default: []].append(try row.decode("dataset"))
        }
        return DatasetMemberships(levels)
    }

    /// Makes the memberships of a tenant those that are given.
    ///
    /// - Throws: `PostgresError`.
    static func replace(_ uid: String, with memberships: DatasetMemberships, in transaction: PostgresTransaction) async throws {
        let pairs = memberships.levels.flatMap { level, names in names.map { (level.rawValue, $0) } }
        try await transaction.execute("delete from tenant_datasets where tenant_uid = \(uid)")
        try await transaction.execute(
            """
            insert into tenant_datasets (tenant_uid, level, dataset)
            select \(uid), level, dataset from unnest(\(pairs.map(\.0))::text[], \(pairs.map(\.1))::text[]) as given (level, dataset)
            """
        )
    }
}

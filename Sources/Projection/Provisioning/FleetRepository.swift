import CraneAPI
import Foundation
import JSONValue
import Postgres

/// Whose fleet is looked for.
public enum FleetOwner: Sendable, Hashable {
    /// An organisation's.
    case organization(String)
    /// A person's own, by the address; fleets of organisations are nobody's own.
    case person(String)
}

/// How far a tenant's fleet is, as far as a query needs it.
public struct FleetCondition: Sendable, Hashable {
    /// The tenant's phase.
    public var phase: TenantPhase
    /// Whether the last step of provisioning is done.
    public var isComplete: Bool

    /// Makes a condition.
    public init(phase: TenantPhase, isComplete: Bool) {
        self.phase = phase
        self.isComplete = isComplete
    }
}

/// Which fleets are wanted; `nil` members do not restrict.
public struct FleetFilter: Sendable, Hashable {
    /// The namespace of the tenants.
    public var namespace: String
    /// Any of these.
    public var conditions: [FleetCondition]?
    /// The plan that was bought.
    public var plan: String?
    /// The organisation.
    public var organization: String?

    /// Makes a filter.
    public init(namespace: String, conditions: [FleetCondition]? = nil, plan: String? = nil, organization: String? = nil) {
        self.namespace = namespace
        self.conditions = conditions
        self.plan = plan
        self.organization = organization
    }

    var conditionsSQL: [SQL] {
        var all: [SQL] = ["deleted_at is null", "spec->'fleet' is not null", equals("namespace", namespace)]
        if let conditions {
            let any = conditions.map { condition -> SQL in
                "(phase = \(condition.phase.rawValue) and \(FleetRepository.isComplete) = \(condition.isComplete))"
            }
            all.append(any.isEmpty ? "false" : "(\(SQL.joined(any, separator: " or ")))")
        }
        if let plan { all.append(plan.utf8.contains(0) ? "false" : "spec->'fleet'->>'plan' = \(plan)") }
        if let organization {
            all.append(organization.utf8.contains(0) ? "false" : "spec->'fleet'->>'organization' = \(organization)")
        }
        return all
    }
}

/// What stands against a new fleet.
public enum FleetClaim: Sendable, Hashable {
    /// Nothing.
    case granted
    /// Its id in the system that orders it has a tenant already, or its name has; or an instance has the name.
    case idTaken
    /// Its organisation has a fleet already, or is being given one.
    case organizationTaken
}

/// Reads the rows of tenants that are fleets, and keeps an organisation from having two.
public struct FleetRepository: Sendable {
    private let pool: PostgresPool

    /// Makes a repository.
    public init(pool: PostgresPool) { self.pool = pool }

    /// Fleets, the newest first.
    ///
    /// - Parameters:
    ///   - filter: which ones.
    ///   - limit: how many at most.
    ///   - offset: how many to pass over; default none.
    ///   - cursor: where the page before ended; nil for the first.
    /// - Returns: the rows, how many there are in all, and where the next page begins, if there is one.
    /// - Throws: `PostgresError`; ``ProjectionError`` `invalid_cursor`.
    public func list(
        _ filter: FleetFilter,
        limit: Int,
        offset: Int = 0,
        cursor: String? = nil
    ) async throws -> (rows: [TenantRow], total: Int, next: String?) {
        let after = try RowPlace.condition(after: cursor, listing: Self.listing)
        let condition = SQL.joined(filter.conditionsSQL, separator: " and ")
        let results = try await pool.reads.pipeline([
            "select count(*) from tenants where \(condition)",
            """
            select \(unescaped: Self.selection) from tenants where \(condition) and \(after)
            order by created_at desc, namespace desc, name desc limit \(limit + 1) offset \(offset)
            """,
        ])
        guard results.count == 2, let count = results[0].first else { return ([], 0, nil) }
        let page = Page.cut(try results[1].map(TenantRow.init), to: limit) { RowPlace.cursor($0.metadata, listing: Self.listing) }
        return (page.rows, try count.decode(0, as: Int.self), page.next)
    }

    private static let listing = "fleets"

    /// The fleet of each of some owners: of several the oldest.
    ///
    /// - Parameters:
    ///   - owners: the owners; addresses are compared without regard to case.
    ///   - namespace: the namespace of the tenants.
    /// - Throws: `PostgresError`.
    public func find(_ owners: Set<FleetOwner>, namespace: String) async throws -> [FleetOwner: TenantRow] {
        var organizations: [String: FleetOwner] = [:]
        var persons: [String: [FleetOwner]] = [:]
        for owner in owners {
            switch owner {
            case .organization(let name) where !name.isEmpty && !name.utf8.contains(0): organizations[name] = owner
            case .person(let email) where !email.isEmpty && !email.utf8.contains(0): persons[email.lowercased(), default: []].append(owner)
            default: break
            }
        }
        guard !organizations.isEmpty || !persons.isEmpty else { return [:] }
        let rows = try await pool.reads.query(
            """
            select distinct on (organization, owner) \(unescaped: Self.selection),
                coalesce(spec->'fleet'->>'organization', '') as organization,
                case when spec->'fleet'->>'organization' is null then lower(email) else '' end as owner
            from tenants
            where deleted_at is null and spec->'fleet' is not null and namespace = \(namespace)
                and (spec->'fleet'->>'organization' = any(\(Array(organizations.keys)))
                    or (spec->'fleet'->>'organization' is null and lower(email) = any(\(Array(persons.keys)))
                        and not exists (\(InstanceOwner.instance()))))
            order by organization, owner, created_at, name
            """
        )
        var found: [FleetOwner: TenantRow] = [:]
        for row in rows {
            let tenant = try TenantRow(row)
            let organization = try row.decode("organization", as: String.self)
            if let owner = organizations[organization] { found[owner] = tenant }
            if organization.isEmpty {
                for owner in persons[try row.decode("owner", as: String.self)] ?? [] { found[owner] = tenant }
            }
        }
        return found
    }

    /// Claims an organisation and an id for a new fleet, before its write intent is recorded.
    ///
    /// The claim ends by itself after a minute; whoever made it takes it back with ``release(organization:namespace:name:)`` as soon as the
    /// intent is recorded or given up, for then the intent or the row stand in the way of others.
    ///
    /// - Parameters:
    ///   - organization: the organisation; `nil` for a person's own fleet.
    ///   - externalID: the fleet's id in the system that orders it.
    ///   - namespace: the namespace of the tenants.
    ///   - name: the tenant's name.
    ///   - now: the time.
    /// - Throws: `PostgresError`.
    public func claim(
        organization: String?,
        externalID: String,
        namespace: String,
        name: String,
        now: Date
    ) async throws -> FleetClaim {
        try await pool.withTransaction { transaction in
            let lock = "fleet/\(organization ?? "")"
            _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
            let taken = try await transaction.first(
                """
                select true from tenants where deleted_at is null and namespace = \(namespace)
                    and (name = \(name) or (spec->'fleet' is not null and spec->'fleet'->>'externalId' = \(externalID)))
                union all
                select true from instances where deleted_at is null and namespace = \(namespace) and hostname = \(name) limit 1
                """
            )
            if taken != nil { return .idTaken }
            guard let organization else { return .granted }
            let other = try await transaction.first(
                """
                select true where exists (select from tenants where deleted_at is null and spec->'fleet' is not null
                        and spec->'fleet'->>'organization' = \(organization))
                    or exists (select from write_intents where state = 'open' and kind = 'Tenant' and action = 'create'
                        and (namespace, name) <> (\(namespace), \(name))
                        and payload->'spec'->'fleet'->>'organization' = \(organization))
                    or exists (select from fleet_claims where organization = \(organization)
                        and (namespace, name) <> (\(namespace), \(name)) and expires_at > \(now))
                """
            )
            if other != nil { return .organizationTaken }
            let expiry = now.addingTimeInterval(60)
            try await transaction.execute(
                """
                insert into fleet_claims (organization, namespace, name, expires_at)
                values (\(organization), \(namespace), \(name), \(expiry))
                on conflict (organization) do update set
                    namespace = excluded.namespace, name = excluded.name, expires_at = excluded.expires_at
                """
            )
            return .granted
        }
    }

    /// Takes a claim back.
    ///
    /// - Throws: `PostgresError`.
    public func release(organization: String, namespace: String, name: String) async throws {
        try await pool.execute(
            "delete from fleet_claims where organization = \(organization) and namespace = \(namespace) and name = \(name)"
        )
    }

    private static let selection = "\(RowMetadata.columns), \(TenantRow.columns)"

    /// Whether the last step of provisioning is done.
    static let isComplete: SQL = """
        coalesce(jsonb_path_exists(status, '$.provisioning.steps[*] ? (@.name == "complete" && @.status == "succeeded")'), false)
        """
}

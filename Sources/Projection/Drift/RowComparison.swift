import JSONValue
import KubernetesModel
import Postgres

/// Asks PostgreSQL which rows may differ from some objects. The answer may name more than differ, never less.
struct RowComparison: Sendable {
    /// Which rows are looked at.
    enum Scope: Sendable {
        case ranges([ScanRanges.Range])
        /// Those of all namespaces but these.
        case elsewhere([String])
    }

    /// A key in the order in which they are answered.
    struct Place: Sendable, Hashable {
        var namespace: String
        var name: String
    }

    /// What PostgreSQL said.
    struct Answer: Sendable {
        /// Objects and rows of the same key.
        var pairs: [(ProjectedObject?, ProjectedRow?)]
        /// How many rows there are in all; `nil` when it is not the first answer.
        var rowCount: Int?
        /// Where there is more.
        var next: Place?
    }

    /// Comes after every name.
    private static let last = "\u{10FFFF}"

    let kind: ProjectedKind
    let objects: [ProjectedObject]
    let scope: Scope

    /// Asks.
    ///
    /// - Parameters:
    ///   - database: what to ask.
    ///   - place: where the answer before ended; `nil` at first.
    ///   - limit: the most keys.
    /// - Throws: `PostgresError`.
    func ask(_ database: some PostgresQuerying, after place: Place?, limit: Int) async throws -> Answer {
        let statements = [candidates(after: place, limit: limit)] + (place == nil ? [count] : [])
        let answers = try await database.pipeline(statements, timeout: .seconds(60))
        let byKey = Dictionary(objects.map { ($0.key, $0) }) { first, _ in first }
        var pairs: [(ProjectedObject?, ProjectedRow?)] = []
        var end: Place?
        for row in answers[0] {
            let found = Place(namespace: try row.decode("namespace"), name: try row.decode("name"))
            let key = ObjectKey(namespace: kind.isNamespaced ? found.namespace : nil, name: found.name)
            let isKnown = try row.decode("is_known", as: Bool.self)
            pairs.append((byKey[key], isKnown ? try ProjectedRow(row, kind, key) : nil))
            end = found
        }
        let rowCount = try answers.count > 1 ? answers[1].first?.decode("rows", as: Int.self) : nil
        return Answer(pairs: pairs, rowCount: rowCount, next: pairs.count < limit ? nil : end)
    }

    /// The rows that are looked at, as a table `known`.
    private var rows: SQL {
        switch scope {
        case .ranges(let ranges):
            """
            unnest(\(ranges.map(\.namespace))::text[], \(ranges.map(\.after))::text[], \(ranges.map { $0.through ?? Self.last })::text[])
                as range (namespace, low, high)
            join \(identifier: kind.table) as known on known.namespace = range.namespace
                and known.name collate "C" > range.low collate "C" and known.name collate "C" <= range.high collate "C"
            """
        case .elsewhere(let namespaces):
            """
            \(identifier: kind.table) as known
            left join unnest(\(namespaces)::text[]) as other (namespace) on other.namespace = known.namespace
            """
        }
    }

    private var condition: SQL {
        switch scope {
        case .ranges: "true"
        case .elsewhere: "other.namespace is null"
        }
    }

    private var count: SQL { "select count(*) as rows from \(rows) where known.deleted_at is null and \(condition)" }

    private func candidates(after place: Place?, limit: Int) -> SQL {
        let columns = RowColumns.of(kind).filter { kind.comparedColumns.contains($0.name) }
        let shown = columns.map { ", \($0.expression) as \($0.name)" }.joined()
        let differs = columns.map { " or known.\($0.name) is distinct from object.\($0.name)" }.joined()
        let more: SQL =
            place.map {
                """
                (coalesce(object.namespace, known.namespace) collate "C", coalesce(object.name, known.name) collate "C")
                    > (\($0.namespace)::text, \($0.name)::text)
                """
            } ?? "true"
        return """
            with object as (
                select namespace, name, uid, spec\(unescaped: shown)
                from unnest(\(objects.map { $0.key.namespace ?? "" })::text[], \(objects.map(\.key.name))::text[],
                    \(objects.map(\.uid))::text[], \(objects.map(\.spec))) as given (namespace, name, uid, spec)
            ), known as (
                select known.* from \(rows) where \(condition)
            )
            select coalesce(object.namespace, known.namespace) as namespace, coalesce(object.name, known.name) as name,
                known.name is not null as is_known, known.uid, known.cluster_uid, known.created_at,
                known.resource_version_seq::text as version, known.observed_at, known.spec, known.deleted_at is not null as is_tombstone,
                \(unescaped: kind.shownExpression) as shown,
                exists (
                    select from write_intents as intent where intent.state = 'open' and intent.kind = \(kind.rawValue)
                        and intent.namespace = known.namespace and intent.name = known.name) as has_open_intent
            from object full join known on known.namespace = object.namespace and known.name = object.name
            where (known.name is null or object.name is null and known.deleted_at is null
                    or object.name is not null and (known.deleted_at is not null or known.spec is distinct from object.spec
                        or known.uid <> object.uid\(unescaped: differs)))
                and \(more)
            order by coalesce(object.namespace, known.namespace) collate "C", coalesce(object.name, known.name) collate "C"
            limit \(limit)
            """
    }
}

extension ProjectedKind {
    /// The columns that show a member of `spec` which is compared.
    fileprivate var comparedColumns: Set<String> {
        Set(comparedFields.map { field in field.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined() })
    }

    /// What the columns of a table `known` show of `spec`.
    fileprivate var shownExpression: String {
        switch self {
        case .tenant:
            """
            jsonb_build_object('displayName', known.display_name, 'email', known.email, 'team', known.team,
                'clusterTenantRef', known.cluster_tenant_ref)
            """
        case .accessPolicy:
            """
            jsonb_build_object('description', known.description, 'tenantSelector', known.tenant_selector, 'domains', known.domains,
                'egressRules', known.egress_rules, 'mcpServers', known.mcp_servers)
            """
        case .clusterTenant:
            """
            jsonb_build_object('displayName', known.display_name, 'baseDomain', known.base_domain, 'isolationTier', known.isolation_tier,
                'compute', known.compute, 'resources', known.resources)
            """
        }
    }
}

import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// A row as drift sees it.
struct ProjectedRow: Sendable, Hashable {
    var key: ObjectKey
    var version: ResourceVersion
    var observedAt: Date
    /// The desired state according to the column `spec`.
    var spec: JSON
    /// The desired state according to the columns that show parts of it; only the compared fields.
    var shown: JSON
    /// Whether a write of this object is under way, which explains a difference.
    var hasOpenIntent: Bool
    /// Whether the object was deleted, and no list confirmed that yet.
    var isTombstone = false
    /// The unique id of the object; empty when it is not known.
    var uid = ""
    /// When the object was made.
    var createdAt = Date.distantPast
    /// The identity of the cluster the row is of; empty when it is not known.
    var cluster = ""

    /// The rows of a kind, tombstones included.
    static func all(_ kind: ProjectedKind, namespace: String?, in database: some PostgresQuerying) async throws -> [ProjectedRow] {
        try await database.query(
            """
            select row.namespace, row.name, row.uid, row.cluster_uid, row.created_at, row.resource_version_seq::text as version,
                row.observed_at, row.spec, row.deleted_at is not null as is_tombstone,
                \(unescaped: shownExpression(kind)) as shown,
                exists (
                    select from write_intents as intent where intent.state = 'open' and intent.kind = \(kind.rawValue)
                        and intent.namespace = row.namespace and intent.name = row.name) as has_open_intent
            from \(identifier: kind.table) as row
            where \(namespace)::text is null or row.namespace = \(namespace)
            """,
            timeout: .seconds(120)
        ).map { row in
            let namespace = try row.decode("namespace", as: String.self)
            return ProjectedRow(
                key: ObjectKey(namespace: kind.isNamespaced ? namespace : nil, name: try row.decode("name")),
                version: ResourceVersion(try row.decode("version")),
                observedAt: try row.decode("observed_at"),
                spec: Normaliser.spec(try row.decode("spec"), of: kind),
                shown: Normaliser.spec(try row.decode("shown"), of: kind),
                hasOpenIntent: try row.decode("has_open_intent"),
                isTombstone: try row.decode("is_tombstone"),
                uid: try row.decode("uid"),
                createdAt: try row.decode("created_at"),
                cluster: try row.decode("cluster_uid")
            )
        }
    }

    private static func shownExpression(_ kind: ProjectedKind) -> String {
        switch kind {
        case .tenant:
            "jsonb_build_object('displayName', display_name, 'email', email, 'team', team, 'clusterTenantRef', cluster_tenant_ref)"
        case .accessPolicy:
            """
            jsonb_build_object('description', description, 'tenantSelector', tenant_selector, 'domains', domains,
                'egressRules', egress_rules, 'mcpServers', mcp_servers)
            """
        case .clusterTenant:
            """
            jsonb_build_object('displayName', display_name, 'baseDomain', base_domain, 'isolationTier', isolation_tier,
                'compute', compute, 'resources', resources)
            """
        }
    }

    /// Whether the row may be newer than a list: only a row of the same cluster can.
    ///
    /// - Parameter snapshot: the list.
    func isNewer(than snapshot: SourceSnapshot) -> Bool {
        if let current = snapshot.cluster, !current.isEmpty, !cluster.isEmpty, current != cluster { return false }
        let listVersion = ResourceVersion(snapshot.resourceVersion)
        return !listVersion.isUnknown && version > listVersion
    }

    /// Whether an object is another one than the row's and not the older of the two.
    func isReplaced(by object: ProjectedObject) -> Bool {
        !uid.isEmpty && !object.uid.isEmpty && uid != object.uid && object.createdAt.map { $0 >= createdAt } ?? true
    }

    /// Which members of `spec` differ from an object, by the columns or by the column `spec`.
    func differences(from object: ProjectedObject) -> [String] {
        let shownFields = object.kind.comparedFields.filter { shown[$0] != object.spec[$0] }
        let specFields = Normaliser.differences(object.spec, spec, of: object.kind)
        return object.kind.comparedFields.filter { shownFields.contains($0) || specFields.contains($0) }
            + specFields.filter { !object.kind.comparedFields.contains($0) }
    }
}

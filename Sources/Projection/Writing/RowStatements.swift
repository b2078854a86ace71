import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// The statements that bring rows up to date. None of them ever lets an older version overwrite a newer one.
enum RowStatements {
    /// Which rows an upsert may replace.
    enum Guard {
        /// Rows of an older version.
        case newer
        /// Rows of the same version too, and rows up to the version of a list the objects are from: to mend rows that were tampered with.
        case listed(resourceVersion: String)

        fileprivate var condition: SQL {
            switch self {
            case .newer: "row.resource_version_seq < excluded.resource_version_seq or \(RowStatements.isSuccessor(">"))"
            case .listed(let version):
                """
                row.resource_version_seq <= greatest(excluded.resource_version_seq, \(RowStatements.bound(version)))
                    or \(RowStatements.isSuccessor(">="))
                """
            }
        }
    }

    /// The statements for some changes, at most two a kind, and one for the steps of provisioning that they tell of. Of several changes of one object the last counts.
    ///
    /// - Parameters:
    ///   - changes: the changes.
    ///   - guarded: which rows may be replaced.
    ///   - cluster: the identity of the cluster the changes are of; `nil` when it is not known. Rows of another cluster may be replaced.
    ///   - now: when the changes were observed.
    static func write(
        _ changes: some Sequence<ProjectionChange>,
        guarded: Guard = .newer,
        cluster: String? = nil,
        now: Date
    ) -> [SQL] {
        var last: [ProjectedKind: [ObjectKey: ProjectionChange]] = [:]
        for change in changes { last[change.kind, default: [:]][change.key] = change }
        return ProjectedKind.allCases.flatMap { kind -> [SQL] in
            // In the order of the keys, so that concurrent writers lock rows in one order and cannot deadlock.
            let ordered = (last[kind] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            let upserts = ordered.compactMap { change in if case .upsert(let object) = change { object } else { nil } }
            let deletes = ordered.filter { change in if case .delete = change { true } else { false } }
            // A late event may still tell of a step that is not logged yet, so the log follows every event, not only those that win.
            let finished = upserts.flatMap(ProvisioningLogEntry.finished(in:))
            return (upserts.isEmpty ? [] : [upsert(upserts, kind, guarded, cluster ?? "", now)])
                + (finished.isEmpty ? [] : [ProvisioningLogRepository.append(finished)])
                + (deletes.isEmpty ? [] : [entomb(deletes, kind, cluster ?? "", now)])
        }
    }

    /// One statement that inserts or replaces the rows of some objects of one kind.
    private static func upsert(_ objects: [ProjectedObject], _ kind: ProjectedKind, _ guarded: Guard, _ cluster: String, _ now: Date) -> SQL
    {
        let columns = RowColumns.of(kind)
        let names = columns.map(\.name).joined(separator: ", ")
        let values = columns.map(\.expression).joined(separator: ", ")
        let assignments = columns.map { "\($0.name) = excluded.\($0.name)" }.joined(separator: ", ")
        return """
            insert into \(identifier: kind.table) as row (
                namespace, name, uid, resource_version, resource_version_seq, generation, labels, spec, status, spec_hash, created_at,
                observed_at, cluster_uid, \(unescaped: names))
            select namespace, name, uid, version, \(version), generation, labels, spec, status, hash, coalesce(created, \(now)), \(now),
                \(cluster),
                \(unescaped: values)
            from unnest(
                \(objects.map { $0.key.namespace ?? "" }), \(objects.map(\.key.name)), \(objects.map(\.uid)),
                \(objects.map(\.resourceVersion)), \(objects.map(\.generation)),
                \(objects.map { JSON.object($0.labels.mapValues { .string($0) }) }),
                \(objects.map(\.spec)), \(objects.map(\.status)), \(objects.map { Normaliser.hash($0.spec) }), \(objects.map(\.createdAt))
            ) as object (namespace, name, uid, version, generation, labels, spec, status, hash, created)
            on conflict (namespace, name) do update set
                uid = excluded.uid, resource_version = excluded.resource_version, resource_version_seq = \(keptVersion),
                cluster_uid = \(keptCluster), generation = excluded.generation, labels = excluded.labels, spec = excluded.spec, status = excluded.status,
                spec_hash = excluded.spec_hash, created_at = excluded.created_at, observed_at = excluded.observed_at, deleted_at = null,
                \(unescaped: assignments)
            where \(guarded.condition) or excluded.resource_version_seq = 0 or \(isForeign("excluded.cluster_uid"))
            """
    }

    /// One statement that marks rows as deleted, or leaves a mark where there is no row, so that a late event does not bring them back.
    /// The row of another object of the same name stays: it is the successor's.
    private static func entomb(_ deletes: [ProjectionChange], _ kind: ProjectedKind, _ cluster: String, _ now: Date) -> SQL {
        var uids: [String] = []
        var versions: [String] = []
        for case .delete(_, _, let uid, let resourceVersion) in deletes {
            uids.append(uid)
            versions.append(resourceVersion)
        }
        return """
            insert into \(identifier: kind.table) as row
                (namespace, name, uid, resource_version, resource_version_seq, observed_at, deleted_at, cluster_uid)
            select namespace, name, uid, version, \(version), \(now), \(now), \(cluster)
            from unnest(\(deletes.map { $0.key.namespace ?? "" }), \(deletes.map(\.key.name)), \(uids), \(versions))
                as object (namespace, name, uid, version)
            on conflict (namespace, name) do update set
                uid = excluded.uid, resource_version = excluded.resource_version, resource_version_seq = \(keptVersion),
                cluster_uid = \(keptCluster), observed_at = excluded.observed_at, deleted_at = excluded.deleted_at
            where (row.resource_version_seq <= excluded.resource_version_seq or excluded.resource_version_seq = 0
                    or \(isForeign("excluded.cluster_uid")))
                and (excluded.uid = '' or row.uid in ('', excluded.uid) or row.deleted_at is not null)
            """
    }

    /// Removes the rows a full list does not have: confirmed tombstones, and rows whose object is gone. Newer rows of the same cluster
    /// stay.
    ///
    /// The list is joined, which PostgreSQL does in one pass: `not exists` or `not in` beside another condition would read it through for every
    /// row, once it is too long to be held.
    ///
    /// - Parameters:
    ///   - sweep: the list.
    ///   - cluster: the identity of the cluster the list is of; `nil` when it is not known.
    static func sweep(_ sweep: ProjectionQueue.Sweep, cluster: String?) -> SQL {
        """
        delete from \(identifier: sweep.kind.table) as row
        using (
            select known.namespace, known.name, object.name is null as is_missing
            from \(identifier: sweep.kind.table) as known
            left join unnest(\(sweep.keys.map { $0.namespace ?? "" })::text[], \(sweep.keys.map(\.name))::text[])
                as object (namespace, name) on object.namespace = known.namespace and object.name = known.name
            where (known.deleted_at is not null or object.name is null)
                and (\(sweep.namespace)::text is null or known.namespace = \(sweep.namespace))
        ) as gone
        where row.namespace = gone.namespace and row.name = gone.name and (row.deleted_at is not null or gone.is_missing)
            and (row.resource_version_seq <= \(sweep.resourceVersion)::numeric or \(isForeign("\(cluster ?? "")::text")))
        """
    }

    /// Removes rows that have no object.
    static func remove(_ kind: ProjectedKind, _ keys: [ObjectKey], upTo resourceVersion: String, cluster: String?) -> SQL {
        """
        delete from \(identifier: kind.table) as row
        using unnest(\(keys.map { $0.namespace ?? "" }), \(keys.map(\.name))) as orphan (namespace, name)
        where row.namespace = orphan.namespace and row.name = orphan.name
            and (row.resource_version_seq <= \(bound(resourceVersion)) or \(isForeign("\(cluster ?? "")::text")))
        """
    }

    /// The version of a list as a bound for the versions of rows; without one nothing is too new.
    private static func bound(_ resourceVersion: String) -> SQL {
        ResourceVersion(resourceVersion).isUnknown ? "'Infinity'::numeric" : "\(resourceVersion)::numeric"
    }

    /// Whether the row is of another cluster, whose versions say nothing about those of this one.
    private static func isForeign(_ cluster: SQL) -> SQL { "(\(cluster) <> '' and row.cluster_uid not in ('', \(cluster)))" }

    /// Whether the object is another one than the row's and was made later: of two with one name it is the one that is there.
    private static func isSuccessor(_ comparison: String) -> SQL {
        """
        (row.uid <> '' and excluded.uid <> '' and row.uid <> excluded.uid and excluded.created_at \(unescaped: comparison) row.created_at)
        """
    }

    /// What is of unknown version does not lower what is known, or late events would come through.
    private static let keptVersion: SQL = """
        case when excluded.resource_version_seq = 0 then row.resource_version_seq else excluded.resource_version_seq end
        """

    private static let keptCluster: SQL = "coalesce(nullif(excluded.cluster_uid, ''), row.cluster_uid)"

    /// The version as a number; 0 where it is none, which then counts as newer than anything.
    private static let version: SQL = "case when version ~ '^[0-9]+$' then version::numeric else 0 end"
}

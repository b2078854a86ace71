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

    /// Reads a row of a ``RowComparison``.
    init(_ row: PostgresRow, _ kind: ProjectedKind, _ key: ObjectKey) throws {
        self.key = key
        version = ResourceVersion(try row.decode("version"))
        observedAt = try row.decode("observed_at")
        spec = Normaliser.spec(try row.decode("spec"), of: kind)
        shown = Normaliser.spec(try row.decode("shown"), of: kind)
        hasOpenIntent = try row.decode("has_open_intent")
        isTombstone = try row.decode("is_tombstone")
        uid = try row.decode("uid")
        createdAt = try row.decode("created_at")
        cluster = try row.decode("cluster_uid")
    }

    /// Whether the row may be newer than a list: only a row of the same cluster can.
    ///
    /// - Parameters:
    ///   - resourceVersion: the version of the list.
    ///   - current: the identity of the cluster the list is of; `nil` when it is not known.
    func isNewer(than resourceVersion: String, of current: String?) -> Bool {
        if let current, !current.isEmpty, !cluster.isEmpty, current != cluster { return false }
        let listVersion = ResourceVersion(resourceVersion)
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

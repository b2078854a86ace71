import KubernetesModel

/// Decides whether a row differs from an object of a list at a known version.
enum Comparison {
    /// What is wrong about one key.
    enum Finding: Sendable, Hashable {
        case missingProjection(ProjectedObject)
        case fieldMismatch(ProjectedObject, ProjectedRow, fields: [String])
        case missingSource(ProjectedRow)

        /// The namespace and name.
        var key: ObjectKey {
            switch self {
            case .missingProjection(let object), .fieldMismatch(let object, _, _): object.key
            case .missingSource(let row): row.key
            }
        }

        /// Whether no event that is still on its way explains it: the row has seen the version of the object.
        var isSettled: Bool {
            guard case .fieldMismatch(let object, let row, _) = self else { return false }
            return row.version >= ResourceVersion(object.resourceVersion)
        }

        /// The finding as a part of a report.
        var mismatch: DriftReport.Mismatch {
            switch self {
            case .missingProjection(let object):
                .init(name: object.key.name, issue: .missingProjection, namespace: object.key.namespace ?? "")
            case .fieldMismatch(let object, let row, let fields):
                .init(
                    name: object.key.name,
                    issue: .fieldMismatch,
                    fields: fields,
                    namespace: object.key.namespace ?? "",
                    observedAt: row.observedAt
                )
            case .missingSource(let row):
                .init(name: row.key.name, issue: .missingSource, namespace: row.key.namespace ?? "", observedAt: row.observedAt)
            }
        }
    }

    /// What is wrong about a key, if anything.
    ///
    /// Rows newer than the list say nothing about drift: the list is the one that is behind. But a row of another object or another cluster is
    /// not newer, whatever its version.
    ///
    /// - Parameters:
    ///   - object: the object of the list; `nil` when the list has none.
    ///   - row: the row, read after the list was; `nil` when there is none.
    ///   - resourceVersion: the version of the list.
    ///   - cluster: the identity of the cluster the list is of; `nil` when it is not known.
    static func finding(_ object: ProjectedObject?, _ row: ProjectedRow?, resourceVersion: String, cluster: String?) -> Finding? {
        let isNewer = row?.isNewer(than: resourceVersion, of: cluster) ?? false
        switch (object, row) {
        case (let object?, nil): return .missingProjection(object)
        case (let object?, let row?):
            guard !isNewer || row.version <= ResourceVersion(object.resourceVersion) || row.isReplaced(by: object) else { return nil }
            if row.isTombstone { return .missingProjection(object) }
            var fields = row.differences(from: object)
            if fields.isEmpty, row.isReplaced(by: object) { fields = ["metadata.uid"] }
            return fields.isEmpty ? nil : .fieldMismatch(object, row, fields: fields)
        case (nil, let row?): return row.isTombstone || isNewer ? nil : .missingSource(row)
        case (nil, nil): return nil
        }
    }
}

import KubernetesModel

/// Decides where rows differ from a list of objects at a known version.
struct Comparison: Sendable {
    /// What is wrong about one key.
    enum Finding: Sendable, Hashable {
        case missingProjection(ProjectedObject)
        case fieldMismatch(ProjectedObject, ProjectedRow, fields: [String])
        case missingSource(ProjectedRow)
    }

    /// What is wrong: about objects in the order of their keys, then rows without an object.
    let findings: [Finding]
    let sourceCount: Int
    let projectionCount: Int

    /// - Parameters:
    ///   - snapshot: the objects. Rows newer than the list say nothing about drift: the list is the one that is behind. But a
    ///     row of another object or another cluster is not newer, whatever its version.
    ///   - rows: the rows, read after the list was.
    init(_ snapshot: SourceSnapshot, rows: [ProjectedRow]) {
        let rowsByKey = Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var findings: [Finding] = []
        var keys: Set<ObjectKey> = []
        for object in snapshot.objects.sorted(by: { $0.key < $1.key }) where keys.insert(object.key).inserted {
            guard let row = rowsByKey[object.key] else {
                findings.append(.missingProjection(object))
                continue
            }
            guard !row.isNewer(than: snapshot) || row.version <= ResourceVersion(object.resourceVersion) || row.isReplaced(by: object)
            else { continue }
            if row.isTombstone {
                findings.append(.missingProjection(object))
                continue
            }
            var fields = row.differences(from: object)
            if fields.isEmpty, row.isReplaced(by: object) { fields = ["metadata.uid"] }
            if !fields.isEmpty { findings.append(.fieldMismatch(object, row, fields: fields)) }
        }
        for row in rows.sorted(by: { $0.key < $1.key }) where !keys.contains(row.key) && !row.isTombstone {
            if !row.isNewer(than: snapshot) { findings.append(.missingSource(row)) }
        }
        self.findings = findings
        sourceCount = keys.count
        projectionCount = rows.count { !$0.isTombstone }
    }

    /// The findings as a report, by name.
    func report(_ kind: ProjectedKind) -> DriftReport {
        let mismatches = findings.map { finding -> DriftReport.Mismatch in
            switch finding {
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
        return DriftReport(
            resource: kind.rawValue,
            comparedFields: kind.comparedFields,
            summary: .init(sourceCount: sourceCount, projectionCount: projectionCount, driftCount: mismatches.count),
            mismatches: mismatches.sorted { ($0.name, $0.namespace) < ($1.name, $1.namespace) }
        )
    }
}

import KubernetesModel
import NIOConcurrencyHelpers

/// The rows of the projection in memory instead of PostgreSQL, changed by the rules of ``RowStatements``. For simulations.
public final class MemoryRows: Sendable {
    /// Names one row.
    public struct Key: Sendable, Hashable {
        /// The kind of the object.
        public var kind: ProjectedKind
        /// The namespace and name.
        public var key: ObjectKey
    }

    private struct Row: Sendable {
        var object: ProjectedObject?
        var uid: String
        var version: ResourceVersion

        func isReplaced(by successor: ProjectedObject) -> Bool {
            guard let object, let created = object.createdAt, let later = successor.createdAt else { return false }
            return !uid.isEmpty && !successor.uid.isEmpty && uid != successor.uid && later > created
        }
    }

    private let rows = NIOLockedValueBox<[Key: Row]>([:])

    /// Makes an empty table.
    public init() {}

    /// The objects of all rows that are not marked as deleted.
    public var objects: [ProjectedObject] { rows.withLockedValue { $0.values.compactMap(\.object) } }

    func write(_ changes: [ProjectionChange], sweeps: [ProjectionQueue.Sweep]) {
        rows.withLockedValue { rows in
            for change in changes { Self.write(change, &rows) }
            for sweep in sweeps { Self.sweep(sweep, &rows) }
        }
    }

    private static func write(_ change: ProjectionChange, _ rows: inout [Key: Row]) {
        let key = Key(kind: change.kind, key: change.key)
        let known = rows[key]
        switch change {
        case .upsert(let object):
            guard known.map({ $0.version < change.version || change.version.isUnknown || $0.isReplaced(by: object) }) ?? true else {
                return
            }
            rows[key] = Row(object: object, uid: object.uid, version: kept(change.version, known))
        case .delete(_, _, let uid, _):
            guard known.map({ $0.version <= change.version || change.version.isUnknown }) ?? true,
                known.map({ uid.isEmpty || ["", uid].contains($0.uid) || $0.object == nil }) ?? true
            else { return }
            rows[key] = Row(object: nil, uid: uid, version: kept(change.version, known))
        }
    }

    /// What is of unknown version does not lower what is known.
    private static func kept(_ version: ResourceVersion, _ known: Row?) -> ResourceVersion {
        version.isUnknown ? known?.version ?? version : version
    }

    private static func sweep(_ sweep: ProjectionQueue.Sweep, _ rows: inout [Key: Row]) {
        let listed = Set(sweep.keys)
        let version = ResourceVersion(sweep.resourceVersion)
        rows = rows.filter { key, row in
            guard key.kind == sweep.kind, sweep.namespace.map({ $0 == key.key.namespace }) ?? true, row.version <= version else {
                return true
            }
            return row.object != nil && listed.contains(key.key)
        }
    }
}

/// A projector into ``MemoryRows``: the same queue, written when it is told to. A process that dies loses the queue and not the rows.
public final class MemoryProjector: Sendable {
    private let rows: MemoryRows
    private let queue = NIOLockedValueBox(ProjectionQueue(batchLimit: 500))
    private let origin = ContinuousClock.now

    /// Makes a projector with nothing to do.
    public init(rows: MemoryRows) { self.rows = rows }

    /// Takes note of an event.
    public func apply(_ event: ProjectionEvent) { queue.withLockedValue { $0.apply(event, now: origin) } }

    /// How many changes are not written.
    public var count: Int { queue.withLockedValue { $0.count } }

    /// Writes one batch, if there is one.
    ///
    /// - Parameter isLost: whether the database takes it but the answer does not come back, so that it is written again.
    public func write(isLost: Bool = false) {
        queue.withLockedValue { queue in
            guard case .write(let batch) = queue.next(now: origin + .seconds(1_000_000)) else { return }
            rows.write(batch.changes, sweeps: batch.sweeps)
            if isLost { _ = queue.failed(batch, .unavailable, now: origin, jitter: 0) } else { queue.succeeded() }
        }
    }
}

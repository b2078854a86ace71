import Foundation
import KubernetesModel

/// Something that happened to the objects, as an informer tells it.
public enum ProjectionEvent: Sendable {
    /// The object is like this now.
    case upsert(ProjectedObject)
    /// The object is gone; the version is that of its deletion, or the last one known.
    case delete(kind: ProjectedKind, key: ObjectKey, uid: String, resourceVersion: String)
    /// These are all objects, of one namespace or of all (`nil`), at the version of the list.
    case synced(ProjectedKind, namespace: String?, objects: [ProjectedObject], resourceVersion: String)
}

/// Decides what is written when: the projector without its input and output.
///
/// Of each object only the newest change is kept, so the queue is never longer than there are objects. When PostgreSQL cannot be
/// reached everything waits; when it refuses a batch the changes are tried one by one, so that one bad object does not stop the others.
struct ProjectionQueue: Sendable {
    struct Key: Sendable, Hashable {
        var kind: ProjectedKind
        var key: ObjectKey
    }

    /// A full list that the rows are still to be compared with.
    struct Sweep: Sendable, Hashable {
        var kind: ProjectedKind
        var namespace: String?
        var keys: [ObjectKey]
        var resourceVersion: String
    }

    /// What is written at once.
    struct Batch: Sendable {
        fileprivate var entries: [(key: Key, entry: Entry)]
        var sweeps: [Sweep]
        var changes: [ProjectionChange] { entries.map(\.entry.change) }
        /// When the oldest of the changes was heard of.
        var oldest: ContinuousClock.Instant? { entries.map(\.entry.queuedAt).min() }
    }

    /// What the projector is to do.
    enum Action: Sendable {
        /// Write this and report how it went.
        case write(Batch)
        /// Wait for an event, but no longer than until this moment.
        case wait(until: ContinuousClock.Instant?)
    }

    /// How a write that did not succeed is to be seen.
    enum Failure: Sendable {
        /// PostgreSQL cannot be reached or cannot write; the changes are not at fault.
        case unavailable
        /// PostgreSQL refused the values that were written.
        case refused
    }

    fileprivate struct Entry: Sendable {
        var change: ProjectionChange
        var queuedAt: ContinuousClock.Instant
        /// Whether it was in a batch that was refused.
        var isSuspect = false
    }

    private struct Scope: Hashable {
        var kind: ProjectedKind
        var namespace: String?
    }

    static let longestPause = Duration.seconds(5)
    let batchLimit: Int
    private var pending: [Key: Entry] = [:]
    private var order: [Key] = []
    private var sweeps: [Scope: Sweep] = [:]
    private var failures = 0
    private var notBefore: ContinuousClock.Instant?
    private var writing = 0

    init(batchLimit: Int) { self.batchLimit = batchLimit }

    /// How many changes and sweeps are not written yet, those being written included.
    var count: Int { pending.count + sweeps.count + writing }
    /// When the oldest waiting change was heard of.
    var oldest: ContinuousClock.Instant? { order.first.flatMap { pending[$0]?.queuedAt } }

    /// Takes note of an event.
    mutating func apply(_ event: ProjectionEvent, now: ContinuousClock.Instant) {
        switch event {
        case .upsert(let object): enqueue(.upsert(object), now)
        case .delete(let kind, let key, let uid, let resourceVersion):
            enqueue(.delete(kind: kind, key: key, uid: uid, resourceVersion: resourceVersion), now)
        case .synced(let kind, let namespace, let objects, let resourceVersion):
            for object in objects { enqueue(.upsert(object), now) }
            // Without a version nothing can be said about which rows are older than the list.
            guard !ResourceVersion(resourceVersion).isUnknown else { return }
            sweeps[Scope(kind: kind, namespace: namespace)] = Sweep(
                kind: kind,
                namespace: namespace,
                keys: objects.map(\.key),
                resourceVersion: resourceVersion
            )
        }
    }

    /// The next thing to do. While a batch is being written there is nothing else to do.
    mutating func next(now: ContinuousClock.Instant) -> Action {
        guard writing == 0, !pending.isEmpty || !sweeps.isEmpty else { return .wait(until: nil) }
        if let notBefore, now < notBefore { return .wait(until: notBefore) }
        var batch = Batch(entries: [], sweeps: [])
        for key in order.prefix(batchLimit) {
            // A suspect goes alone.
            guard let entry = pending[key], !entry.isSuspect || batch.entries.isEmpty else { break }
            batch.entries.append((key, entry))
            pending[key] = nil
            if entry.isSuspect { break }
        }
        order.removeFirst(batch.entries.count)
        if order.isEmpty, batch.entries.allSatisfy({ !$0.entry.isSuspect }) {
            batch.sweeps = Array(sweeps.values)
            sweeps = [:]
        }
        writing = batch.entries.count + batch.sweeps.count
        return .write(batch)
    }

    /// A batch was written.
    mutating func succeeded() {
        writing = 0
        failures = 0
        notBefore = nil
    }

    /// A batch was not written.
    ///
    /// - Parameters:
    ///   - batch: the batch.
    ///   - failure: how it is to be seen.
    ///   - now: the time.
    ///   - jitter: a number from 0 to 1; the pause is shortened by up to half by it.
    /// - Returns: the change that is given up: PostgreSQL refused it although it was alone.
    mutating func failed(_ batch: Batch, _ failure: Failure, now: ContinuousClock.Instant, jitter: Double) -> ProjectionChange? {
        writing = 0
        if failure == .refused, batch.entries.count == 1, batch.sweeps.isEmpty { return batch.entries.first?.entry.change }
        restore(batch, areSuspects: failure == .refused)
        if failure == .unavailable || batch.entries.isEmpty {
            failures += 1
            notBefore = now + min(Self.longestPause, .milliseconds(50) * (1 << min(failures - 1, 10))) * (1 - jitter / 2)
        }
        return nil
    }

    private mutating func enqueue(_ change: ProjectionChange, _ now: ContinuousClock.Instant) {
        let key = Key(kind: change.kind, key: change.key)
        guard let waiting = pending[key] else {
            pending[key] = Entry(change: change, queuedAt: now)
            order.append(key)
            return
        }
        // Of two versions the newer counts, whichever came last; without versions the one that came last.
        guard change.version >= waiting.change.version || change.version.isUnknown else { return }
        // A deletion of unknown version is only about the object it names.
        if change.version.isUnknown, case .delete(_, _, let uid, _) = change, case .upsert(let object) = waiting.change,
            !uid.isEmpty, !object.uid.isEmpty, uid != object.uid
        {
            return
        }
        pending[key] = Entry(change: change.replacingUnwritten, queuedAt: waiting.queuedAt)
    }

    /// Puts a batch back in front, unless something newer arrived for a key meanwhile.
    private mutating func restore(_ batch: Batch, areSuspects: Bool) {
        var front: [Key] = []
        for (key, entry) in batch.entries {
            if let newer = pending[key] {
                if newer.change.version >= entry.change.version || newer.change.version.isUnknown {
                    pending[key]?.change = newer.change.replacingUnwritten
                    continue
                }
                order.removeAll { $0 == key }
            }
            var restored = entry
            restored.isSuspect = restored.isSuspect || areSuspects
            pending[key] = restored
            front.append(key)
        }
        order.insert(contentsOf: front, at: 0)
        for sweep in batch.sweeps where sweeps[Scope(kind: sweep.kind, namespace: sweep.namespace)] == nil {
            sweeps[Scope(kind: sweep.kind, namespace: sweep.namespace)] = sweep
        }
    }
}

extension ProjectionChange {
    /// This change in place of one that was never written. A deletion then takes any older row along: the row may be of a predecessor
    /// whose end is what was never written.
    fileprivate var replacingUnwritten: ProjectionChange {
        guard case .delete(let kind, let key, _, let resourceVersion) = self, !version.isUnknown else { return self }
        return .delete(kind: kind, key: key, uid: "", resourceVersion: resourceVersion)
    }
}

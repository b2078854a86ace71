import DequeModule
import KubernetesModel

/// The events that a reader has not read yet, with those of one object made one. It holds each object once, however slow the reader is.
///
/// What is read is true: each event follows from the last one that was read of the object. An object that came and went unread is not told;
/// one that went and came again under its name is told as gone and come, when it is another.
struct PendingEvents<Object: KubernetesObject>: Sendable {
    private struct Change: Sendable {
        /// What the reader was told last; `nil` when it knows of no such object.
        var told: Object?
        /// The last known state of what the reader was told of.
        var last: Object?
        /// What there is now; `nil` when it is gone.
        var now: Object?
        var isInitial = false
        var isResync = false
    }

    private var changes: [ObjectKey: Change] = [:]
    private var order = Deque<ObjectKey>()

    /// How many objects have changes.
    var count: Int { order.count }
    var isEmpty: Bool { order.isEmpty }

    mutating func add(_ event: InformerEvent<Object>) {
        let key = event.key
        var change: Change
        if let known = changes[key] {
            change = known
            if !event.isReplay {
                change.isResync = false
                change.isInitial = false
            }
        } else {
            order.append(key)
            change = Change()
            change.isResync = event.isReplay
            if case .added = event { change.isResync = false }
            switch event {
            case .added: break
            case .updated(let old, _, _): change.told = old
            case .deleted(let object): change.told = object
            }
            change.last = change.told
        }
        switch event {
        case .added(let object, let isInitial):
            change.now = object
            change.isInitial = isInitial && (change.told == nil)
        case .updated(_, let object, _): change.now = object
        case .deleted(let object):
            if let told = change.told, Self.isSame(told, object) { change.last = object }
            change.now = nil
        }
        changes[key] = change
    }

    /// Takes the events of the objects that changed first.
    ///
    /// - Parameter maximum: of how many objects.
    mutating func take(_ maximum: Int) -> (events: [InformerEvent<Object>], objects: Int) {
        var events: [InformerEvent<Object>] = []
        var objects = 0
        while objects < maximum, let key = order.popFirst() {
            objects += 1
            guard let change = changes.removeValue(forKey: key) else { continue }
            switch (change.told, change.now) {
            case (nil, nil): continue
            case (nil, let now?): events.append(.added(now, isInitial: change.isInitial))
            case (let told?, nil): events.append(.deleted(change.last ?? told))
            case (let told?, let now?):
                if Self.isSame(told, now) {
                    events.append(.updated(old: told, new: now, isResync: change.isResync))
                } else {
                    events.append(.deleted(change.last ?? told))
                    events.append(.added(now, isInitial: false))
                }
            }
        }
        if order.isEmpty { changes = [:] }
        return (events, objects)
    }

    private static func isSame(_ one: Object, _ other: Object) -> Bool {
        guard let first = one.metadata.uid, let second = other.metadata.uid else { return true }
        return first == second
    }
}

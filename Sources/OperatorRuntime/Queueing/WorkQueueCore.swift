import DequeModule
import HeapModule
import KubernetesClient

/// Decides which key is worked on next. It has no clock and no threads.
///
/// A key waits at most once, however often it is added. A key that is added while it is worked on waits until that work is over, so that
/// no key is ever worked on twice at once. Higher priorities come first, and equal ones in the order of their arrival; every now and then
/// the key that waits longest comes first whatever its priority, so that nothing starves. Merging keeps the higher priority and the
/// earlier time.
public struct WorkQueueCore<Key: Hashable & Sendable>: Sendable {
    /// A key that is to be worked on.
    public struct Item: Sendable {
        /// The key.
        public var key: Key
        /// Its priority.
        public var priority: Int
        /// When it began to wait.
        public var since: Duration
        /// How often in a row work on it has failed.
        public var failures: Int
    }

    private struct Entry {
        var priority = 0
        /// When it began to wait for work; `nil` when it does not.
        var waitingSince: Duration?
        /// Until when it must not run; `nil` when no delayed run is planned.
        var notBefore: Duration?
        var delayedPriority = 0
        var startedAt: Duration?
        /// Whether work on it has begun since it was taken.
        var hasBegun = false
        var isHeld = false
        var failures = 0
        /// The number of its valid place in the heaps.
        var ticket: UInt64 = 0
        var delayTicket: UInt64 = 0

        var isIdle: Bool { waitingSince == nil && notBefore == nil && startedAt == nil && !isHeld && failures == 0 }
    }

    private struct Ready: Comparable, Sendable {
        var priority: Int
        var ticket: UInt64
        var key: Key

        static func == (left: Ready, right: Ready) -> Bool { left.ticket == right.ticket }
        /// The greatest is the next: by priority, then by age.
        static func < (left: Ready, right: Ready) -> Bool {
            (left.priority, right.ticket) < (right.priority, left.ticket)
        }
    }

    private struct Delayed: Comparable, Sendable {
        var due: Duration
        var ticket: UInt64
        var key: Key

        static func == (left: Delayed, right: Delayed) -> Bool { left.ticket == right.ticket }
        static func < (left: Delayed, right: Delayed) -> Bool { (left.due, left.ticket) < (right.due, right.ticket) }
    }

    private let backoff: Backoff
    private let fairness: Int
    private var entries: [Key: Entry] = [:]
    private var ready = Heap<Ready>()
    private var byAge = Deque<Ready>()
    private var delayed = Heap<Delayed>()
    private var nextTicket: UInt64 = 0
    private var takes = 0
    /// Whether work on a key begins when it is taken, or with ``begin(_:now:)``.
    var beginsWhenTaken = true

    /// How many keys wait, by priority.
    public private(set) var depth: [Int: Int] = [:]
    /// How many keys wait for work.
    public private(set) var count = 0
    /// How many keys are worked on.
    public private(set) var active = 0
    /// How often a key began to wait for work.
    public private(set) var adds = 0

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - backoff: delays of keys whose work fails. Default: 5 ms ×2 up to 1000 s.
    ///   - fairness: each how-many-th key is the one that waits longest. Default: 16.
    public init(backoff: Backoff = .reconcile, fairness: Int = 16) {
        self.backoff = backoff
        self.fairness = max(2, fairness)
    }

    /// How many keys the queue knows anything of.
    public var knownKeys: Int { entries.count }

    /// How many places its heaps hold, valid or not.
    var places: Int { ready.count + byAge.count + delayed.count }

    /// When the next delayed key is due; may be early, never late.
    public var nextDeadline: Duration? { delayed.min?.due }

    /// The moments at which the work under way began.
    public var startTimes: [Duration] { entries.values.compactMap { $0.hasBegun ? $0.startedAt : nil } }

    /// Asks for a key to be worked on.
    ///
    /// - Parameters:
    ///   - delay: not before this time has passed. Default: at once.
    ///   - priority: higher ones come first. Default: 0.
    /// - Returns: whether the key now waits for work and did not before.
    @discardableResult
    public mutating func add(_ key: Key, after delay: Duration = .zero, priority: Int = 0, now: Duration) -> Bool {
        var entry = entries[key] ?? Entry()
        defer { store(entry, for: key) }
        if delay > .zero {
            // Waiting already means sooner.
            guard entry.waitingSince == nil else { return false }
            let due = now + delay
            entry.delayedPriority = entry.notBefore == nil ? priority : max(entry.delayedPriority, priority)
            if let planned = entry.notBefore, planned <= due { return false }
            entry.notBefore = due
            nextTicket += 1
            entry.delayTicket = nextTicket
            delayed.insert(Delayed(due: due, ticket: nextTicket, key: key))
            compact(keeping: nextTicket)
            return false
        }
        return makeWait(key, &entry, priority: priority, now: now)
    }

    /// Takes the next key.
    ///
    /// - Returns: `nil` when no key may be worked on now.
    public mutating func take(now: Duration) -> Item? {
        promote(now: now)
        takes += 1
        let oldestFirst = takes % fairness == 0
        while let candidate = oldestFirst ? popOldest() : ready.popMax() {
            guard var entry = entries[candidate.key], entry.ticket == candidate.ticket, let since = entry.waitingSince,
                entry.startedAt == nil, !entry.isHeld
            else { continue }
            changeDepth(entry.priority, by: -1)
            entry.waitingSince = nil
            entry.startedAt = now
            entry.hasBegun = beginsWhenTaken
            active += 1
            entries[candidate.key] = entry
            return Item(key: candidate.key, priority: entry.priority, since: since, failures: entry.failures)
        }
        return nil
    }

    /// Work on a key that was taken begins only now.
    mutating func begin(_ key: Key, now: Duration) {
        guard entries[key]?.startedAt != nil else { return }
        entries[key]?.startedAt = now
        entries[key]?.hasBegun = true
    }

    /// How work on a key ended.
    public enum Outcome: Sendable, Hashable {
        /// Well; nothing is planned.
        case done
        /// Well; it shall run again after a time.
        case again(after: Duration)
        /// It failed and shall run again after its backoff.
        case failed
        /// It was interrupted and shall run again as soon as possible; that is no failure.
        case interrupted
    }

    /// Work on a key is over.
    ///
    /// - Parameters:
    ///   - holding: whether the key must wait for ``release(_:now:)`` before it may run again.
    ///   - random: a number from 0 up to 1 for the backoff's jitter.
    /// - Returns: whether the key may be taken again at once.
    @discardableResult
    public mutating func finish(_ key: Key, _ outcome: Outcome, holding: Bool = false, now: Duration, random: Double = 0) -> Bool {
        guard var entry = entries[key], entry.startedAt != nil else { return false }
        entry.startedAt = nil
        entry.isHeld = holding
        active -= 1
        let priority = entry.priority
        entries[key] = entry
        switch outcome {
        case .done:
            entries[key]?.failures = 0
        case .again(let delay):
            entries[key]?.failures = 0
            add(key, after: delay, priority: priority, now: now)
        case .failed:
            let delay = backoff.delay(failures: entry.failures, random: random)
            entries[key]?.failures += 1
            add(key, after: delay, priority: priority, now: now)
        case .interrupted: add(key, priority: priority, now: now)
        }
        guard var after = entries[key] else { return false }
        let mayRun = after.waitingSince != nil && !holding
        if mayRun { place(key, &after) }
        store(after, for: key)
        return mayRun
    }

    /// A held key may run again.
    ///
    /// - Returns: whether it waits for work.
    @discardableResult
    public mutating func release(_ key: Key) -> Bool {
        guard var entry = entries[key], entry.isHeld else { return false }
        entry.isHeld = false
        let mayRun = entry.waitingSince != nil && entry.startedAt == nil
        if mayRun { place(key, &entry) }
        store(entry, for: key)
        return mayRun
    }

    /// Makes the delayed keys wait for work whose time has come.
    ///
    /// - Returns: how many.
    @discardableResult
    public mutating func promote(now: Duration) -> Int {
        var count = 0
        while let next = delayed.min, next.due <= now {
            delayed.removeMin()
            guard var entry = entries[next.key], entry.notBefore != nil, entry.delayTicket == next.ticket else { continue }
            let priority = entry.delayedPriority
            if makeWait(next.key, &entry, priority: priority, now: now) { count += 1 }
            store(entry, for: next.key)
        }
        return count
    }

    /// Forgets all keys, of which none may be worked on.
    ///
    /// - Returns: those that waited, with their priorities; delayed ones too.
    mutating func removeAll() -> [(key: Key, priority: Int)] {
        let keys = entries.filter { $0.value.waitingSince != nil || $0.value.notBefore != nil }
            .map { (key: $0.key, priority: $0.value.waitingSince != nil ? $0.value.priority : $0.value.delayedPriority) }
        self = WorkQueueCore(backoff: backoff, fairness: fairness)
        return keys
    }

    private mutating func makeWait(_ key: Key, _ entry: inout Entry, priority: Int, now: Duration) -> Bool {
        entry.notBefore = nil
        if entry.waitingSince != nil {
            guard priority > entry.priority else { return false }
            changeDepth(entry.priority, by: -1)
            entry.priority = priority
            changeDepth(priority, by: 1)
            // A place with the new priority; the old one is passed over because its ticket is not valid any more.
            if entry.startedAt == nil, !entry.isHeld { place(key, &entry) }
            return false
        }
        entry.waitingSince = now
        adds += 1
        entry.priority = priority
        changeDepth(priority, by: 1)
        guard entry.startedAt == nil, !entry.isHeld else { return false }
        place(key, &entry)
        return true
    }

    /// Gives a waiting key its place; one it had before is not valid any more.
    private mutating func place(_ key: Key, _ entry: inout Entry) {
        nextTicket += 1
        entry.ticket = nextTicket
        let place = Ready(priority: entry.priority, ticket: nextTicket, key: key)
        ready.insert(place)
        byAge.append(place)
        compact()
    }

    /// Drops places that are not valid any more once they are the greater part, so that memory follows the number of keys.
    ///
    /// - Parameter newest: a delayed place whose entry is not stored yet.
    private mutating func compact(keeping newest: UInt64 = 0) {
        let limit = 2 * count + 64
        if ready.count > limit { ready = Heap(ready.unordered.filter { entries[$0.key]?.ticket == $0.ticket || $0.ticket == nextTicket }) }
        if byAge.count > limit { byAge = Deque(byAge.filter { entries[$0.key]?.ticket == $0.ticket || $0.ticket == nextTicket }) }
        if delayed.count > 2 * entries.count + 64 {
            delayed = Heap(
                delayed.unordered.filter {
                    $0.ticket == newest || (entries[$0.key]?.delayTicket == $0.ticket && entries[$0.key]?.notBefore != nil)
                }
            )
        }
    }

    private mutating func popOldest() -> Ready? {
        while let oldest = byAge.popFirst() {
            if entries[oldest.key]?.ticket == oldest.ticket { return oldest }
        }
        return nil
    }

    private mutating func changeDepth(_ priority: Int, by amount: Int) {
        let value = (depth[priority] ?? 0) + amount
        depth[priority] = value == 0 ? nil : value
        count += amount
    }

    private mutating func store(_ entry: Entry, for key: Key) { entries[key] = entry.isIdle ? nil : entry }
}

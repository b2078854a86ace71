/// Decides who gets which connection: the pool without its input and output.
///
/// A slot is the right to have one connection open. There are never more slots in use than the limit, and nobody waits while a
/// connection is idle.
struct PoolState<Connection: Sendable>: Sendable {
    /// What a caller that wants a connection is to do.
    enum Acquisition: Sendable {
        /// Use this one.
        case use(Connection)
        /// Open one; the slot is the caller's.
        case open
        /// Wait for a grant.
        case wait
        /// Too many wait already.
        case exhausted
        /// The pool is shut down.
        case closed
    }

    /// What to do after a slot or a connection came back.
    enum Return: Sendable {
        /// Nothing.
        case nothing
        /// Give this connection to a waiter.
        case hand(Connection, to: UInt64)
        /// Let a waiter open a connection.
        case letOpen(UInt64)
    }

    private struct Idle: Sendable {
        var connection: Connection
        var since: ContinuousClock.Instant
    }

    let maximumConnections: Int
    let maximumWaiters: Int
    private var idle: [Idle] = []
    private var waiters: [UInt64] = []
    /// Slots in use: connections idle, leased and being opened.
    private(set) var slots = 0
    private(set) var isClosed = false

    init(maximumConnections: Int, maximumWaiters: Int) {
        self.maximumConnections = maximumConnections
        self.maximumWaiters = maximumWaiters
    }

    var idleCount: Int { idle.count }
    var waitingCount: Int { waiters.count }

    /// A caller wants a connection. The connection used last is given first, so that the others become idle long enough to be closed.
    mutating func acquire(waiter: UInt64) -> Acquisition {
        if isClosed { return .closed }
        if let last = idle.popLast() { return .use(last.connection) }
        if slots < maximumConnections {
            slots += 1
            return .open
        }
        guard waiters.count < maximumWaiters else { return .exhausted }
        waiters.append(waiter)
        return .wait
    }

    /// A leased connection came back in good order.
    mutating func give(back connection: Connection, now: ContinuousClock.Instant) -> Return {
        if let waiter = nextWaiter() { return .hand(connection, to: waiter) }
        idle.append(Idle(connection: connection, since: now))
        return .nothing
    }

    /// A slot became free: its connection was closed or could not be opened.
    mutating func freeSlot() -> Return {
        slots -= 1
        guard let waiter = nextWaiter() else { return .nothing }
        slots += 1
        return .letOpen(waiter)
    }

    /// A waiter gives up.
    ///
    /// - Returns: whether it was still waiting; otherwise it has been granted something and must take it.
    mutating func abandon(_ waiter: UInt64) -> Bool {
        guard let index = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Takes out the connections that are idle since before the given time. Their slots stay in use until `freeSlot()`.
    mutating func takeIdle(since limit: ContinuousClock.Instant) -> [Connection] {
        let old = idle.filter { $0.since <= limit }
        idle.removeAll { $0.since <= limit }
        return old.map(\.connection)
    }

    /// No more connections are given out.
    ///
    /// - Returns: the waiters to refuse and the idle connections to close.
    mutating func close() -> (waiters: [UInt64], idle: [Connection]) {
        isClosed = true
        defer {
            waiters = []
            idle = []
        }
        return (waiters, idle.map(\.connection))
    }

    private mutating func nextWaiter() -> UInt64? { waiters.isEmpty ? nil : waiters.removeFirst() }
}

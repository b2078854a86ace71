import OpenClawGateway

/// Which gateways this process is connected to. Decides who shares a connection, when one is opened and which one is closed for it; opens and
/// closes nothing itself.
struct GatewayTable: Sendable {
    /// How many, and how long.
    struct Limits: Sendable, Hashable {
        /// The most connections of this process.
        var connections = 256
        /// How long a connection that nobody uses is kept.
        var idle: Duration = .seconds(300)
        /// How long what was found of a gateway is believed.
        var memory: Duration = .seconds(15)
        /// How long a gateway that refused is not asked again with the same credentials: it counts wrong ones, and locks out who sends many.
        var refusal: Duration = .seconds(10)
        /// How often idle connections are looked for.
        var sweep: Duration = .seconds(30)
    }

    /// Where a caller's connection comes from.
    enum Placement: Sendable, Hashable {
        /// Others have it already.
        case share(Int)
        /// It is to be opened, and those of these numbers to be closed.
        case open(Int, closing: [Int])
        /// The gateway refused a moment ago.
        case refused(GatewayError)
        /// All connections that may be are in use.
        case full
    }

    private struct Entry: Sendable {
        var number: Int
        var access: GatewayAccess
        /// When it was last looked where the gateway is; `nil` when that is not believed any more.
        var locatedAt: Duration?
        var users = 1
        var usedAt: Duration
    }

    private struct Refusal: Sendable {
        var access: GatewayAccess
        var error: GatewayError
        var until: Duration
    }

    let limits: Limits
    private var entries: [String: Entry] = [:]
    private var refusals: [String: Refusal] = [:]
    private var counter = 0

    init(limits: Limits) { self.limits = limits }

    /// How many connections there are.
    var count: Int { entries.count }

    /// Takes the connection to a gateway whose place is known well enough.
    ///
    /// - Returns: its number; `nil` when it has to be looked for.
    mutating func take(_ uid: String, at now: Duration) -> Int? {
        guard var entry = entries[uid], let locatedAt = entry.locatedAt, now - locatedAt < limits.memory else { return nil }
        entry.users += 1
        entry.usedAt = now
        entries[uid] = entry
        return entry.number
    }

    /// Takes the connection to a gateway that was found, or makes place for one.
    mutating func place(_ uid: String, _ access: GatewayAccess, at now: Duration) -> Placement {
        var closing: [Int] = []
        if var entry = entries[uid] {
            if entry.access == access {
                entry.locatedAt = now
                entry.users += 1
                entry.usedAt = now
                entries[uid] = entry
                return .share(entry.number)
            }
            // It is elsewhere, or has another key: nobody reaches it by the former.
            entries[uid] = nil
            closing.append(entry.number)
        }
        if let refusal = refusals[uid], refusal.access == access, now < refusal.until { return .refused(refusal.error) }
        refusals[uid] = nil
        if entries.count >= limits.connections {
            let unused = entries.filter { $0.value.users == 0 }
            guard let oldest = unused.min(by: { ($0.value.usedAt, $0.value.number) < ($1.value.usedAt, $1.value.number) }) else {
                return .full
            }
            entries[oldest.key] = nil
            closing.append(oldest.value.number)
        }
        counter += 1
        entries[uid] = Entry(number: counter, access: access, locatedAt: now, usedAt: now)
        return .open(counter, closing: closing)
    }

    /// Somebody does not use a connection any more.
    mutating func release(_ uid: String, _ number: Int, at now: Duration) {
        guard entries[uid]?.number == number else { return }
        entries[uid]?.users -= 1
        entries[uid]?.usedAt = now
    }

    /// A connection did not come about for somebody who has released it.
    ///
    /// - Returns: the number of the connection to close. One that others still wait for is kept; the next caller looks again where the gateway is.
    mutating func failed(_ uid: String, _ number: Int, _ error: GatewayError, at now: Duration) -> Int? {
        guard let entry = entries[uid], entry.number == number else { return nil }
        if error.code == .refused {
            refusals = refusals.filter { now < $0.value.until }
            if refusals.count < limits.connections {
                refusals[uid] = Refusal(access: entry.access, error: error, until: now + limits.refusal)
            }
        } else if entry.users > 0 {
            entries[uid]?.locatedAt = nil
            return nil
        }
        entries[uid] = nil
        return number
    }

    /// A connection has ended by itself.
    mutating func ended(_ uid: String, _ number: Int) {
        if entries[uid]?.number == number { entries[uid] = nil }
    }

    /// Drops what nobody has used for a while.
    ///
    /// - Returns: the numbers of the connections to close.
    mutating func sweep(at now: Duration) -> [Int] {
        refusals = refusals.filter { now < $0.value.until }
        let idle = entries.filter { $0.value.users == 0 && now - $0.value.usedAt >= limits.idle }
        for uid in idle.keys { entries[uid] = nil }
        return idle.values.map(\.number).sorted()
    }
}

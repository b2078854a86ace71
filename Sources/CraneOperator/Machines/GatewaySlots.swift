import KubernetesModel

/// Decides which gateways a connection is held to, and which of the others is looked at next. Without I/O.
///
/// Every gateway is watched: to as many as there are slots a connection is held, the others are looked at in turn. A gateway that is being
/// provisioned gets the slot of the verified one that was least recently asked for, as somebody waits for it.
struct GatewaySlots: Sendable {
    /// How gateways are shared out.
    struct Limits: Sendable, Hashable {
        /// The most connections that are held.
        var held: Int
        /// The most of the others that are looked at at a time.
        var looks = 16
        /// Between two looks at one of the others.
        var interval: Duration
    }

    /// What a gateway is watched for.
    enum Need: Sendable, Hashable {
        /// A run waits for it.
        case provisioning
        /// Its run is complete.
        case verified
    }

    /// A gateway at its place, which has a number of its own: what is known under an older number is not news.
    struct Session: Sendable, Hashable {
        var key: ObjectKey
        var number: Int
        var target: GatewayTarget
    }

    /// What is to be done.
    enum Action: Sendable, Hashable {
        /// Hold a connection.
        case hold(Session)
        /// Close what goes on under a number.
        case end(Int)
    }

    private struct Entry {
        var session: Session
        var need: Need
        var askedAt: Int
        var isHeld: Bool
        var ticket: Int?
        var view: GatewayView?
    }

    private struct Ticket {
        var key: ObjectKey
        var number: Int
        var due: Duration
    }

    /// Tickets in the order in which they are due.
    private struct Line {
        private var tickets: [Ticket] = []
        private var first = 0

        var head: Ticket? { first < tickets.count ? tickets[first] : nil }

        mutating func add(_ ticket: Ticket) { tickets.append(ticket) }

        mutating func drop() {
            first += 1
            guard first > 64, first * 2 > tickets.count else { return }
            tickets.removeFirst(first)
            first = 0
        }
    }

    private let limits: Limits
    private var entries: [ObjectKey: Entry] = [:]
    private var urgent = Line()
    private var ordinary = Line()
    /// The looks that go on, by number, and whether a run waits for them.
    private var looks: [Int: Bool] = [:]
    private var counter = 0
    /// How many connections are held.
    private(set) var held = 0

    /// No gateways.
    init(_ limits: Limits) { self.limits = limits }

    /// How many gateways are watched.
    var count: Int { entries.count }
    /// How many of them are looked at in turn.
    var waiting: Int { entries.count - held }

    /// What is known of a gateway.
    func view(_ key: ObjectKey) -> GatewayView? { entries[key]?.view }

    // MARK: - Coming and going

    /// Somebody asks for a gateway: it is watched from now on.
    ///
    /// - Parameter now: the time.
    mutating func ask(_ key: ObjectKey, _ target: GatewayTarget, for need: Need, now: Duration) -> [Action] {
        var actions: [Action] = []
        if let entry = entries[key], entry.session.target != target { actions = forget(key) }
        let askedAt = next()
        guard var entry = entries[key] else {
            let session = Session(key: key, number: next(), target: target)
            entries[key] = Entry(session: session, need: need, askedAt: askedAt, isHeld: false)
            if let hold = hold(key, now: now) { return actions + hold }
            wait(key, until: now)
            return actions
        }
        let isNew = entry.need != need
        entry.need = need
        entry.askedAt = askedAt
        entries[key] = entry
        guard !entry.isHeld, need == .provisioning else { return actions }
        if let hold = hold(key, now: now) { return actions + hold }
        if isNew, entry.ticket != nil { wait(key, until: now) }
        return actions
    }

    /// Nobody needs a gateway any more; its slot goes to another.
    mutating func forget(_ key: ObjectKey) -> [Action] {
        guard let entry = entries.removeValue(forKey: key) else { return [] }
        looks[entry.session.number] = nil
        guard entry.isHeld else { return [.end(entry.session.number)] }
        held -= 1
        return [.end(entry.session.number)] + promote()
    }

    /// A connection that was to be held is not: it was too much at once.
    mutating func failedToHold(_ session: Session, now: Duration) {
        guard let entry = entries[session.key], entry.session == session, entry.isHeld else { return }
        demote(session.key, until: now)
    }

    // MARK: - Looking

    /// Takes the next of the waiting gateways that are due, as many as may be looked at now.
    mutating func due(now: Duration) -> [Session] {
        var sessions: [Session] = []
        while looks.count < limits.looks {
            // Gateways that somebody waits for go first, but never take all there is: those that do not answer take long.
            let isRoomForUrgent = looks.values.count { $0 } < max(1, limits.looks * 3 / 4)
            if isRoomForUrgent, let session = take(\.urgent, now) {
                looks[session.number] = true
                sessions.append(session)
            } else if let session = take(\.ordinary, now) {
                looks[session.number] = false
                sessions.append(session)
            } else {
                break
            }
        }
        return sessions
    }

    /// A look has ended; the next comes after a while.
    mutating func ended(_ session: Session, now: Duration) {
        looks[session.number] = nil
        guard let entry = entries[session.key], entry.session == session, !entry.isHeld else { return }
        wait(session.key, until: now + limits.interval)
    }

    /// Takes note of what was seen.
    ///
    /// - Returns: whether that is news.
    mutating func note(_ view: GatewayView, _ session: Session) -> Bool {
        guard let entry = entries[session.key], entry.session == session, entry.view != view else { return false }
        entries[session.key]?.view = view
        return true
    }

    // MARK: - Places

    /// Gives a gateway a slot: a free one, or for a run that of a gateway nobody waits for.
    private mutating func hold(_ key: ObjectKey, now: Duration) -> [Action]? {
        guard let entry = entries[key] else { return nil }
        var actions: [Action] = []
        if held >= limits.held {
            guard entry.need == .provisioning,
                let least = entries.values.filter({ $0.isHeld && $0.need == .verified }).min(by: { $0.askedAt < $1.askedAt })
            else { return nil }
            actions.append(.end(least.session.number))
            demote(least.session.key, until: now + limits.interval)
        }
        looks[entry.session.number] = nil
        let session = Session(key: key, number: next(), target: entry.session.target)
        entries[key]?.session = session
        entries[key]?.isHeld = true
        entries[key]?.ticket = nil
        held += 1
        return actions + [.end(entry.session.number), .hold(session)]
    }

    private mutating func demote(_ key: ObjectKey, until due: Duration) {
        entries[key]?.isHeld = false
        let number = next()
        entries[key]?.session.number = number
        held -= 1
        wait(key, until: due)
    }

    /// A slot became free.
    private mutating func promote() -> [Action] {
        guard held < limits.held, waiting > 0 else { return [] }
        let others = entries.values.filter { !$0.isHeld }
        let next = others.filter { $0.need == .provisioning }.min { $0.askedAt < $1.askedAt } ?? others.max { $0.askedAt < $1.askedAt }
        return next.flatMap { hold($0.session.key, now: .zero) } ?? []
    }

    private mutating func wait(_ key: ObjectKey, until due: Duration) {
        guard let need = entries[key]?.need else { return }
        let ticket = Ticket(key: key, number: next(), due: due)
        entries[key]?.ticket = ticket.number
        if need == .provisioning { urgent.add(ticket) } else { ordinary.add(ticket) }
    }

    private mutating func take(_ line: WritableKeyPath<GatewaySlots, Line>, _ now: Duration) -> Session? {
        while let ticket = self[keyPath: line].head {
            guard let entry = entries[ticket.key], entry.ticket == ticket.number else {
                self[keyPath: line].drop()
                continue
            }
            guard ticket.due <= now else { return nil }
            self[keyPath: line].drop()
            entries[ticket.key]?.ticket = nil
            return entry.session
        }
        return nil
    }

    private mutating func next() -> Int {
        counter += 1
        return counter
    }
}

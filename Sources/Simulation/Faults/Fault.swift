/// One thing that goes wrong between the operator and the API server. Writes and events are counted from 1 over all instances of the operator.
public enum Fault: Sendable, Hashable, CustomStringConvertible {
    /// The operator is killed when a write has been stored and before it hears of it.
    case crash(write: Int)
    /// A write is refused with a status and not done.
    case refuse(write: Int, code: Int)
    /// A write does not reach the server: the connection is not made.
    case loseRequest(write: Int)
    /// A write is done but its answer is lost.
    case loseAnswer(write: Int)
    /// A write is done but its answer takes longer than the client waits.
    case hang(write: Int)
    /// An answer to a write comes late.
    case slow(write: Int)
    /// The watch breaks before an event, and goes on where it was.
    case cut(event: Int)
    /// An event is lost: the watch breaks before it and the server has forgotten the version, so that a list has to make up for it.
    case forget(event: Int)
    /// As `forget`, and the lists that follow are as many revisions old.
    case forgetStale(event: Int, revisions: Int)
    /// From an event on the watch is silent, with the connection open.
    case stall(event: Int)
    /// The operator is killed after a write, and the first lists of the next one are as many revisions old.
    case crashStale(write: Int, revisions: Int)
    /// The other of two operators takes over when a write has been stored: the one that wrote it cannot renew its lease.
    case depose(write: Int)
    /// The operator that has written is asked to end, and ends in good order.
    case stop(write: Int)
    /// Nothing comes through to or from the operator that has written, for a minute.
    case silence(write: Int)
    /// The process that has written stands still for half a minute, and goes on as if nothing had happened.
    case freeze(write: Int)

    /// As it is given on the command line.
    public var description: String {
        switch self {
        case .crash(let write): "crash@\(write)"
        case .refuse(let write, let code): "refuse\(code)@\(write)"
        case .loseRequest(let write): "lose-request@\(write)"
        case .loseAnswer(let write): "lose-answer@\(write)"
        case .hang(let write): "hang@\(write)"
        case .slow(let write): "slow@\(write)"
        case .cut(let event): "cut@\(event)"
        case .forget(let event): "forget@\(event)"
        case .forgetStale(let event, let revisions): "forget-stale\(revisions)@\(event)"
        case .stall(let event): "stall@\(event)"
        case .crashStale(let write, let revisions): "crash-stale\(revisions)@\(write)"
        case .depose(let write): "depose@\(write)"
        case .stop(let write): "stop@\(write)"
        case .silence(let write): "silence@\(write)"
        case .freeze(let write): "freeze@\(write)"
        }
    }

    /// Reads what ``description`` gives.
    public init?(_ text: String) {
        let parts = text.split(separator: "@")
        guard parts.count == 2, let number = Int(parts[1]) else { return nil }
        let name = parts[0].prefix { !$0.isNumber }
        let amount = Int(parts[0].dropFirst(name.count))
        switch (name, amount) {
        case ("crash", nil): self = .crash(write: number)
        case ("refuse", let code?): self = .refuse(write: number, code: code)
        case ("lose-request", nil): self = .loseRequest(write: number)
        case ("lose-answer", nil): self = .loseAnswer(write: number)
        case ("hang", nil): self = .hang(write: number)
        case ("slow", nil): self = .slow(write: number)
        case ("cut", nil): self = .cut(event: number)
        case ("forget", nil): self = .forget(event: number)
        case ("forget-stale", let revisions?): self = .forgetStale(event: number, revisions: revisions)
        case ("stall", nil): self = .stall(event: number)
        case ("crash-stale", let revisions?): self = .crashStale(write: number, revisions: revisions)
        case ("depose", nil): self = .depose(write: number)
        case ("stop", nil): self = .stop(write: number)
        case ("silence", nil): self = .silence(write: number)
        case ("freeze", nil): self = .freeze(write: number)
        default: return nil
        }
    }

    /// The write it meets, if it meets a write.
    var write: Int? {
        switch self {
        case .crash(let write), .refuse(let write, _), .loseRequest(let write), .loseAnswer(let write), .hang(let write),
            .slow(let write), .crashStale(let write, _), .depose(let write), .stop(let write), .silence(let write), .freeze(let write):
            write
        default: nil
        }
    }

    /// The event it meets, if it meets an event.
    var event: Int? {
        switch self {
        case .cut(let event), .forget(let event), .forgetStale(let event, _), .stall(let event): event
        default: nil
        }
    }
}

/// How often things go wrong at random, as probabilities from 0 to 1.
public struct FaultRates: Sendable, Hashable {
    /// Of each write: the operator is killed after it.
    public var crash = 0.0
    /// Of each write: refused with 409, 429, 500 or 503.
    public var refusal = 0.0
    /// Of each request: its answer is lost, it does not arrive, or it takes too long.
    public var loss = 0.0
    /// Of each request: refused with 429, 500 or 503 although it only reads.
    public var unreadable = 0.0
    /// Of each event: the watch breaks before it, with or without a way back, or goes silent.
    public var watch = 0.0
    /// Of each list: it is up to twenty revisions old.
    public var stale = 0.0
    /// The longest time a request or an answer takes.
    public var latency: Duration = .zero
    /// The longest time events lie before the operator sees them.
    public var lag: Duration = .zero
    /// Of each step: the operator is down when it is done.
    public var downtime = 0.0
    /// Of each write: the operator that wrote is asked to end, cannot reach its Lease, or anything, for a minute, or stands still for half.
    public var leadership = 0.0
    /// The longest time between two steps; longer ones let the cluster come to rest.
    public var haste = 0.0

    /// No faults at all.
    public static let none = FaultRates()

    /// Rates that a seed chooses: some runs meet one kind of fault often, others a little of everything.
    static func chosen(by random: SharedRandom) -> FaultRates {
        func rate(_ most: Double) -> Double { random.chance(0.45) ? most * random.fraction() : 0 }
        return FaultRates(
            crash: rate(0.12),
            refusal: rate(0.3),
            loss: rate(0.12),
            unreadable: rate(0.15),
            watch: rate(0.12),
            stale: rate(0.6),
            latency: random.chance(0.6) ? random.duration(below: .milliseconds(400)) : .zero,
            lag: random.chance(0.6) ? random.duration(below: .seconds(3)) : .zero,
            downtime: rate(0.5),
            leadership: rate(0.06),
            haste: random.chance(0.5) ? random.fraction() : 0
        )
    }
}

/// What goes wrong in a run.
public struct FaultPlan: Sendable, Hashable {
    /// Single faults.
    public var faults: [Fault] = []
    /// Faults at random.
    public var rates = FaultRates.none

    /// Makes a plan. Default: nothing goes wrong.
    public init(faults: [Fault] = [], rates: FaultRates = .none) {
        self.faults = faults
        self.rates = rates
    }

    /// Nothing goes wrong.
    public static let none = FaultPlan()

    /// Single faults.
    public static func single(_ faults: Fault...) -> FaultPlan { FaultPlan(faults: faults) }
}

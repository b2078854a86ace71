import LocalCluster
import NIOConcurrencyHelpers

/// Decides for each request and each event of the operator what goes wrong with it, and counts them.
final class FaultState: Sendable {
    /// What goes wrong with a request.
    enum RequestFault: Sendable, Hashable {
        case refuse(Int)
        case loseRequest
        case loseAnswer
        case hang
        case slow
        case crash(staleRevisions: Int)
        case depose
        case stop
        case silence
        case freeze
    }

    /// What goes wrong with an event.
    enum EventFault: Sendable, Hashable {
        case cut
        case forget(staleRevisions: Int)
        case stall
    }

    private struct State: Sendable {
        var writes = 0
        var events = 0
        var isOver = false
        var injected = 0
        var watches = 0
        var lists = 0
    }

    private let plan: FaultPlan
    private let random: SharedRandom
    private let state = NIOLockedValueBox(State())

    init(plan: FaultPlan, random: SharedRandom) {
        self.plan = plan
        self.random = random
    }

    /// Writes and events so far, and how many faults there were.
    var counts: (writes: Int, events: Int, injected: Int) { state.withLockedValue { ($0.writes, $0.events, $0.injected) } }

    /// How many watches and lists were asked for.
    var requests: (watches: Int, lists: Int) { state.withLockedValue { ($0.watches, $0.lists) } }

    /// Whether nothing goes wrong any more.
    var isOver: Bool { state.withLockedValue { $0.isOver } }

    /// Nothing goes wrong from here on.
    func end() { state.withLockedValue { $0.isOver = true } }

    var rates: FaultRates { state.withLockedValue { $0.isOver } ? .none : plan.rates }

    func fault(of request: RequestRecord) -> RequestFault? {
        let isWrite = request.isStateChange
        let (number, isOver) = state.withLockedValue { state in
            if isWrite { state.writes += 1 }
            if request.verb == "watch" { state.watches += 1 } else if request.verb == "list" { state.lists += 1 }
            return (state.writes, state.isOver)
        }
        guard !isOver else { return nil }
        let fault = isWrite ? plan.faults.first { $0.write == number }.flatMap(Self.requestFault) : nil
        let result = fault ?? chance(request, isWrite)
        if result != nil { state.withLockedValue { $0.injected += 1 } }
        return result
    }

    private static func requestFault(_ fault: Fault) -> RequestFault? {
        switch fault {
        case .crash: .crash(staleRevisions: 0)
        case .crashStale(_, let revisions): .crash(staleRevisions: revisions)
        case .refuse(_, let code): .refuse(code)
        case .loseRequest: .loseRequest
        case .loseAnswer: .loseAnswer
        case .hang: .hang
        case .slow: .slow
        case .depose: .depose
        case .stop: .stop
        case .silence: .silence
        case .freeze: .freeze
        case .cut, .forget, .forgetStale, .stall: nil
        }
    }

    private func chance(_ request: RequestRecord, _ isWrite: Bool) -> RequestFault? {
        let rates = plan.rates
        if isWrite {
            if random.chance(rates.crash) { return .crash(staleRevisions: 0) }
            if random.chance(rates.leadership) { return [.depose, .stop, .silence, .freeze][random.below(4)] }
            if random.chance(rates.refusal) { return .refuse([409, 429, 500, 503][random.below(4)]) }
        } else if random.chance(rates.unreadable) {
            return .refuse([429, 500, 503][random.below(3)])
        }
        guard random.chance(rates.loss) else { return nil }
        return [.loseRequest, .loseAnswer, .hang, .slow][random.below(4)]
    }

    func eventFault() -> EventFault? {
        let (number, isOver) = state.withLockedValue { state in
            state.events += 1
            return (state.events, state.isOver)
        }
        guard !isOver else { return nil }
        let result: EventFault?
        switch plan.faults.first(where: { $0.event == number }) {
        case .cut: result = .cut
        case .forget: result = .forget(staleRevisions: 0)
        case .forgetStale(_, let revisions): result = .forget(staleRevisions: revisions)
        case .stall: result = .stall
        default: result = random.chance(plan.rates.watch) ? [.cut, .forget(staleRevisions: 0), .stall][random.below(3)] : nil
        }
        if result != nil { state.withLockedValue { $0.injected += 1 } }
        return result
    }

    /// By how many revisions a list is old.
    func staleness() -> Int64 {
        let isOver = state.withLockedValue { $0.isOver }
        return !isOver && random.chance(plan.rates.stale) ? Int64(1 + random.below(20)) : 0
    }
}

extension RequestRecord {
    /// Whether it asks for a change of state: no heartbeat and no event.
    var isStateChange: Bool { isWrite && resource != "leases" && resource != "events" }
}

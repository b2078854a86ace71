import KubernetesClient
import LocalCluster
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// Carries the requests of one process to the cluster by function calls, and lets go wrong what the plan says.
final class SimulatedTransport: Transport {
    /// What the world does when a fault concerns more than one request.
    struct Hooks: Sendable {
        /// The process is killed; the first lists of the next one are so many revisions old.
        var crash: @Sendable (_ staleRevisions: Int) -> Void = { _ in }
        /// The process cannot renew its lease from now on.
        var depose: @Sendable () -> Void = {}
        /// The process is asked to end.
        var stop: @Sendable () -> Void = {}
        /// The process stands still from now on.
        var froze: @Sendable () -> Void = {}
        /// A change of state is stored now.
        var stores: @Sendable (RequestRecord) -> Void = { _ in }
        /// A change of state was asked for.
        var wrote: @Sendable (RequestRecord) -> Void = { _ in }
    }

    struct Broken: Error, CustomStringConvertible {
        var description: String { "simulated" }
    }

    private struct State: Sendable {
        /// Given up in the end, so that whoever holds the transport does not hold the cluster.
        var cluster: InProcessCluster?
        var isDead = false
        var isDeposed = false
        /// Until when nothing comes through.
        var silentUntil = Duration.zero
        /// Resources whose next watch is answered with 410.
        var forgotten: Set<String> = []
        /// By how many revisions the next list of a resource is old.
        var stale: [String: Int64] = [:]
        /// By how many revisions first lists are old.
        var firstStale: Int64 = 0
        var listed: Set<String> = []
    }

    private let clock: VirtualClock
    private let random: SharedRandom
    private let faults: FaultState?
    private let saboteur: Saboteur?
    private let hooks: Hooks
    private let process: ProcessClock?
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - faults: `nil` for a process whose requests always succeed.
    ///   - process: the clock of the process; `nil` for one that is never frozen.
    init(
        cluster: InProcessCluster,
        clock: VirtualClock,
        random: SharedRandom,
        faults: FaultState?,
        firstStale: Int = 0,
        saboteur: Saboteur? = nil,
        process: ProcessClock? = nil,
        hooks: Hooks = Hooks()
    ) {
        self.clock = clock
        self.random = random
        self.faults = faults
        self.saboteur = saboteur
        self.hooks = hooks
        self.process = process
        state.withLockedValue { state in
            state.cluster = cluster
            state.firstStale = Int64(firstStale)
        }
    }

    /// Nothing is carried any more: the process is dead.
    func kill() {
        state.withLockedValue { state in
            state.isDead = true
            state.cluster = nil
        }
    }

    /// The next watch of one of the lists that were asked for is answered with 410.
    func forget(_ choose: (Int) -> Int) {
        state.withLockedValue { state in
            let lists = state.listed.sorted()
            if !lists.isEmpty { state.forgotten.insert(lists[choose(lists.count)]) }
        }
    }

    /// Nothing comes through for a while.
    func silence(for duration: Duration) { state.withLockedValue { $0.silentUntil = clock.elapsed + duration } }

    /// Leases cannot be reached any more.
    func depose() { state.withLockedValue { $0.isDeposed = true } }

    /// Leases can be reached again.
    func restore() { state.withLockedValue { $0.isDeposed = false } }

    func close() async {}

    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse {
        var cluster = try living()
        var wanted = InProcessCluster.Request(
            method: request.method.rawValue,
            target: request.target,
            contentType: request.headers.first(name: "Content-Type"),
            userAgent: request.headers.first(name: "User-Agent") ?? "",
            body: request.body.map { Array($0.readableBytesView) } ?? []
        )
        let record = wanted.record
        if record.isStateChange { hooks.wrote(record) }
        if record.resource == "leases", state.withLockedValue({ $0.isDeposed }) { throw TransportError(.notSent, cause: Broken()) }
        guard let faults else { return response(await cluster.respond(to: wanted), record, faults: nil) }
        let fault = faults.fault(of: record)
        try await pause(faults.rates.latency)
        switch fault {
        case .refuse(let code): return response(.refusal(code), record, faults: nil)
        case .loseRequest: throw TransportError(.notSent, cause: Broken())
        default: break
        }
        try await throwWhileSilent(limit)
        cluster = try living()
        if record.verb == "watch", state.withLockedValue({ $0.forgotten.remove(record.resource) != nil }) {
            return response(.refusal(410), record, faults: nil)
        }
        if record.verb == "list" { wanted.staleRevisions = staleness(record.resource, faults) }
        let twisted = saboteur?.twist(wanted, record) ?? [wanted]
        if record.isStateChange { hooks.stores(record) }
        let reply = await cluster.respond(to: twisted.first ?? wanted)
        for further in twisted.dropFirst() { _ = await cluster.respond(to: further) }
        switch fault {
        case .crash(let stale): hooks.crash(stale)
        case .depose: hooks.depose()
        case .stop: hooks.stop()
        case .silence: silence(for: .seconds(60))
        case .freeze:
            process?.freeze(for: .seconds(30))
            hooks.froze()
        case .loseAnswer: throw TransportError(.connectionLost, cause: Broken())
        case .hang:
            try await clock.sleep(for: limit)
            throw TransportError(.timedOut, cause: Broken())
        case .slow: try await clock.sleep(for: min(limit / 2, .seconds(12)))
        default: break
        }
        try checkAlive()
        try await pause(faults.rates.latency)
        try await throwWhileSilent(limit)
        try await process?.thawed()
        try checkAlive()
        return response(reply, record, faults: faults)
    }

    /// What is sent while nothing comes through is lost.
    private func throwWhileSilent(_ limit: Duration) async throws {
        let left = state.withLockedValue { $0.silentUntil } - clock.elapsed
        guard left > .zero else { return }
        try await clock.sleep(for: min(limit, left))
        throw TransportError(limit <= left ? .timedOut : .connectionLost, cause: Broken())
    }

    /// What comes in waits while nothing comes through and while the process is frozen.
    private func untilHeard() async throws {
        let until = state.withLockedValue { $0.silentUntil }
        if clock.elapsed < until { try await clock.sleep(until: VirtualClock.Instant(offset: until), tolerance: nil) }
        try await process?.thawed()
    }

    private func living() throws -> InProcessCluster {
        guard let cluster = state.withLockedValue({ $0.cluster }) else { throw CancellationError() }
        return cluster
    }

    private func checkAlive() throws {
        if state.withLockedValue({ $0.isDead }) { throw CancellationError() }
    }

    private func pause(_ longest: Duration) async throws {
        guard longest > .zero else { return }
        try await clock.sleep(for: random.duration(below: longest))
        try checkAlive()
    }

    private func staleness(_ resource: String, _ faults: FaultState) -> Int64 {
        let planned = state.withLockedValue { state -> Int64 in
            if let stale = state.stale.removeValue(forKey: resource) { return stale }
            return state.listed.insert(resource).inserted ? state.firstStale : 0
        }
        return planned > 0 ? planned : faults.staleness()
    }

    private func response(_ reply: InProcessCluster.Reply, _ record: RequestRecord, faults: FaultState?) -> TransportResponse {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let seconds = reply.retryAfter { headers.add(name: "Retry-After", value: String(seconds)) }
        guard let watch = reply.watch else {
            return TransportResponse(status: reply.status, headers: headers, body: TransportBody([reply.body]))
        }
        let body = WatchBody(
            watch: watch,
            clock: clock,
            random: random,
            faults: faults,
            forget: { [state] stale in
                state.withLockedValue { state in
                    state.forgotten.insert(record.resource)
                    if stale > 0 { state.stale[record.resource] = Int64(stale) }
                }
            },
            untilHeard: { [weak self] in try await self?.untilHeard() },
            isDead: { [state] in state.withLockedValue { $0.isDead } }
        )
        clock.schedule(after: watch.timeout) { [weak watch] in watch?.end() }
        return TransportResponse(status: 200, headers: headers, body: TransportBody(body))
    }
}

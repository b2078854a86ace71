import AsyncHTTPClient
import BenchKit
import NIOConcurrencyHelpers
import NIOCore

/// All callers together.
struct Load: Sendable {
    let stage: PlaneStage
    let connections: Int
    let classes: [OperationClass]
    /// What keys of this run begin with.
    let run: String

    /// What came of it.
    struct Result: Sendable {
        var ledger = Ledger()
        var observations = Observations()
        var faults: [FaultRecord] = []
        /// From the first request that counts to the last answer, in seconds.
        var seconds = 0.0
        /// Processor time of the replicas meanwhile, in seconds; nil when one was killed.
        var processorTime: Double?
    }

    /// Lets the callers make requests for some time, and things go wrong meanwhile.
    func make(for period: Duration, faults: Bool) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(2)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await make(for: period, faults: faults, over: http)
            try await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private func make(for period: Duration, faults: Bool, over http: HTTPClient) async throws -> Result {
        let bases = stage.replicas.map(\.base)
        let prepared = await withTaskGroup(of: LoadClient.self) { group in
            for number in 0..<connections {
                let caller = Caller(http: http, bases: bases, token: stage.token, home: number)
                var client = LoadClient(number: number, run: run, classes: classes, caller: caller)
                group.addTask {
                    await client.prepare()
                    return client
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var result = Result()
        let before = processorTime
        let start = Moment.now
        let clock = ContinuousClock.now
        // There is load until everything that goes wrong has gone wrong, also on a slow machine.
        let isOver = NIOLockedValueBox(!faults)
        async let played = faults ? play(from: clock, over: period, then: isOver) : []
        let done = await withTaskGroup(of: LoadClient.self) { group in
            for var client in prepared {
                group.addTask {
                    await client.work { ContinuousClock.now < clock + period || !isOver.withLockedValue { $0 } }
                    return client
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        result.seconds = Double(Moment.now - start) / 1e9
        result.processorTime = faults ? nil : processorTime - before
        result.faults = try await played
        for client in done {
            result.ledger.add(client.ledger)
            result.observations.add(client.caller.observations)
        }
        return result
    }

    private func play(from start: ContinuousClock.Instant, over period: Duration, then isOver: NIOLockedValueBox<Bool>) async throws
        -> [FaultRecord]
    {
        defer { isOver.withLockedValue { $0 = true } }
        return try await FaultScript(stage: stage).play(from: start, over: period)
    }

    private var processorTime: Double { stage.replicas.reduce(0) { $0 + ($1.program.usage?.processorTime ?? 0) } }
}

import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    /// A generator whose sequence is the same in every run.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test(arguments: 0..<20) func nobodyWaitsWhileAConnectionIsFreeAndTheLimitHolds(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        var state = PoolState<Int>(maximumConnections: 3, maximumWaiters: 4)
        var leased: [Int] = []
        var opening = 0
        var waiting: Set<UInt64> = []
        var nextConnection = 0
        func settle(_ action: PoolState<Int>.Return) {
            switch action {
            case .nothing: break
            case .hand(let connection, let waiter):
                #expect(waiting.remove(waiter) != nil)
                leased.append(connection)
            case .letOpen(let waiter):
                #expect(waiting.remove(waiter) != nil)
                opening += 1
            }
        }
        for step in 0..<2_000 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                switch state.acquire(waiter: UInt64(step)) {
                case .use(let connection): leased.append(connection)
                case .open: opening += 1
                case .wait: waiting.insert(UInt64(step))
                case .exhausted: #expect(waiting.count == 4)
                case .closed: Issue.record("never closed")
                }
            case 2 where opening > 0:
                opening -= 1
                nextConnection += 1
                leased.append(nextConnection)
            case 3 where opening > 0:
                opening -= 1
                settle(state.freeSlot())
            case 4 where !leased.isEmpty:
                let connection = leased.remove(at: Int.random(in: 0..<leased.count, using: &random))
                settle(Bool.random(using: &random) ? state.give(back: connection, now: .now) : state.freeSlot())
            case 5:
                if let waiter = waiting.randomElement(using: &random) {
                    #expect(state.abandon(waiter) && !state.abandon(waiter))
                    waiting.remove(waiter)
                }
            default: break
            }
            #expect(state.slots <= 3 && state.slots == leased.count + opening + state.idleCount)
            #expect(state.waitingCount == waiting.count)
            #expect(waiting.isEmpty || (state.idleCount == 0 && state.slots == 3))
            #expect(Set(leased).count == leased.count)
        }
    }

    @Test func idleConnectionsAreTakenOutByAge() {
        var state = PoolState<Int>(maximumConnections: 3, maximumWaiters: 0)
        let start = ContinuousClock.now
        for connection in 0..<3 {
            guard case .open = state.acquire(waiter: 0) else { return #expect(Bool(false)) }
            _ = connection
        }
        for connection in 0..<3 { _ = state.give(back: connection, now: start + .seconds(connection)) }
        #expect(state.takeIdle(since: start + .seconds(1)) == [0, 1])
        #expect(state.slots == 3, "the slots are free only when the connections are closed")
        guard case .use(let last) = state.acquire(waiter: 1) else { return #expect(Bool(false)) }
        #expect(last == 2)
        let closed = state.close()
        #expect(closed.idle.isEmpty && state.isClosed)
    }

    @Test func attemptsToConnectBecomeRarer() {
        var backoff = ConnectBackoff()
        let error = PostgresError(.connectionFailed, "no")
        var now = ContinuousClock.now
        var pauses: [Duration] = []
        for _ in 0..<8 {
            backoff.failed(error, now: now, jitter: 0)
            // A failure of an attempt that ran beside the first does not count again.
            backoff.failed(error, now: now, jitter: 0)
            let next = backoff.notBefore ?? now
            pauses.append(next - now)
            now = next
        }
        #expect(pauses.prefix(4) == [.milliseconds(50), .milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(pauses.last == .seconds(2))
        backoff.succeeded()
        #expect(backoff.notBefore == nil && backoff.lastError == nil)
    }

    @Test func theLeastRecentlyUsedStatementGivesWay() {
        var cache = StatementCache(limit: 2)
        func key(_ text: String) -> StatementCache.Key { StatementCache.Key(text: text, types: []) }
        #expect(cache.insert(key("a"), name: "s1") == nil)
        #expect(cache.insert(key("b"), name: "s2") == nil)
        #expect(cache.name(of: key("a")) == "s1")
        #expect(cache.insert(key("c"), name: "s3") == "s2")
        #expect(cache.name(of: key("b")) == nil && cache.count == 2)
        #expect(cache.name(of: StatementCache.Key(text: "a", types: [.int8])) == nil, "types make a statement another one")
        #expect(cache.remove(key("a")) == "s1" && cache.remove(key("a")) == nil)
    }

    @Test func anOperationIsCancelledAgainAndAgainAndGivenUpAfterTheGrace() {
        let start = ContinuousClock.now
        var operation = Operation(timeout: .seconds(3), isCancellable: true, now: start)
        #expect(operation.waitEnded(.ready, now: start) == .proceed)
        #expect(operation.deadline == start + .seconds(3))
        #expect(operation.waitEnded(.cancelled, now: start + .seconds(1), grace: .seconds(5)) == .cancelOnServer)
        #expect(operation.deadline == start + .milliseconds(1_100) && !operation.isCancellable)
        #expect(throws: CancellationError.self) { try operation.checkContinuing() }
        #expect(operation.waitEnded(.timedOut, now: start + .milliseconds(1_100)) == .cancelOnServer, "the first may have come too early")
        #expect(operation.deadline == start + .milliseconds(1_300))
        #expect(operation.waitEnded(.timedOut, now: start + .milliseconds(5_900)) == .cancelOnServer)
        #expect(operation.deadline == start + .seconds(6))
        #expect(operation.waitEnded(.timedOut, now: start + .seconds(6)) == .giveUp)
        let cancelled = PostgresError(.serverError, "canceling statement", sqlState: "57014")
        #expect(operation.reported(cancelled) is CancellationError)
        let other = PostgresError(.serverError, "other", sqlState: "23505")
        #expect((operation.reported(other) as? PostgresError)?.sqlState == "23505")
    }
}

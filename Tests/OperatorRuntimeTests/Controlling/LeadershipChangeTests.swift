import KubernetesModel
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import KubernetesClient
@testable import OperatorRuntime

/// A server with one object at version 10, whose watch says what the test says.
private final class OneThing: Transport {
    private let feeds = NIOLockedValueBox<[AsyncStream<ByteBuffer>.Continuation]>([])

    var isWatched: Bool { !feeds.withLockedValue { $0.isEmpty } }

    static func thing(_ name: String, _ version: Int) -> String {
        #"{"apiVersion":"test.io/v1","kind":"Thing","metadata":{"name":"\#(name)","namespace":"n","uid":"u-\#(name)","resourceVersion":"\#(version)"},"value":1}"#
    }

    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse {
        guard request.target.contains("watch=true") else {
            let items = Self.thing("x", 9)
            let text = #"{"kind":"ThingList","apiVersion":"test.io/v1","metadata":{"resourceVersion":"10"},"items":[\#(items)]}"#
            return TransportResponse(status: 200, body: TransportBody([ByteBuffer(string: text)]))
        }
        let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
        feeds.withLockedValue { $0.append(feed) }
        return TransportResponse(status: 200, body: TransportBody(pieces))
    }

    func close() async {}

    func tell(_ type: String, _ object: String) {
        feeds.withLockedValue { _ = $0.last?.yield(ByteBuffer(string: #"{"type":"\#(type)","object":\#(object)}"# + "\n")) }
    }
}

@Suite struct LeadershipChangeTests {
    private let clock = ManualClock()
    private let server = OneThing()
    private let x = ObjectKey(namespace: "n", name: "x")

    private func informer() throws -> Informer<Thing> {
        let client = try KubernetesClient(
            configuration: ClientConfiguration(server: "https://one"),
            logger: quietLogger,
            time: clock.timeSource,
            random: { 0 },
            transport: server
        )
        return Informer(client.resource(Thing.self), logger: quietLogger, time: clock.timeSource, random: { 0 })
    }

    /// Another leader may have left a key half done in between, although its object did not change.
    @Test func whoLeadsAgainReconcilesEverythingAgain() async throws {
        let informer = try informer()
        let terms = Recorded<Int64?>()
        let controller = Controller<ObjectKey>("thing", logger: quietLogger, time: clock.timeSource) { _, context in
            terms.add(context.fencingToken)
            return .done
        }
        controller.reconciles(informer)
        try await running(informer) {
            for term in [Int64(1), 3] {
                controller.setFence({ term }, of: nil)
                try await running(controller) {
                    try await eventually("reconciled in term \(term)") { terms.all.last == term }
                }
            }
            #expect(terms.all == [1, 3])
        }
    }

    @Test func aStandbyKeepsOnlyWhatItsCachesMayNotHold() async throws {
        let informer = try informer()
        let keys = Recorded<String>()
        let controller = Controller<ObjectKey>("thing", logger: quietLogger, time: clock.timeSource) { key, _ in
            keys.add(key.name)
            return .done
        }
        controller.setFence({ 1 }, of: nil)
        controller.reconciles(informer)
        try await running(informer) {
            try await eventually("the watch is open") { server.isWatched && informer.hasSynced }
            for number in 0..<20 { server.tell("ADDED", OneThing.thing("t\(number)", 20 + number)) }
            server.tell("DELETED", OneThing.thing("t0", 50))
            try await eventually("the cache knows") { informer.store.resourceVersion == "50" }
            #expect(controller.waiting == 0)
            #expect(controller.lanes.missed == 1)
            try await running(controller) {
                try await eventually("all are reconciled") { Set(keys.all).count == 21 }
                server.tell("MODIFIED", OneThing.thing("x", 60))
                try await eventually("x again") { keys.all.last == "x" && keys.all.count == 22 }
            }
            #expect(controller.lanes.missed == 0)
        }
    }

    @Test func whatAStandbyKeepsIsBounded() {
        let lanes = ReconcileLanes(WorkQueue<ObjectKey>(name: "q", time: clock.timeSource)) { $0.description }
        lanes.setFence({ nil }, of: nil)
        for number in 0..<25_000 { lanes.tell(ObjectKey(name: "\(number)"), priority: 0, isLast: true) }
        #expect((5_000...10_000).contains(lanes.missed))
    }

    /// The caches of a new leader know of the old leader's writes once they have reached the version at which it took over.
    @Test func aNewLeaderIsBehindUntilItsCachesHaveReachedTheTakeover() async throws {
        let informer = try informer()
        let writes = OwnWrites<ObjectKey>(timeout: .seconds(60), time: clock.timeSource) { _ in }
        writes.follow(informer)
        try await running(informer) {
            try await eventually("the watch is open") { server.isWatched && informer.hasSynced }
            #expect(!writes.isBehind(x))
            writes.tookOver(shard: nil, at: "20")
            #expect(writes.isBehind(x))
            server.tell("BOOKMARK", #"{"metadata":{"resourceVersion":"20"}}"#)
            try await eventually("the cache has reached it") { !writes.isBehind(x) }
            // Of another etcd, whose versions never get there.
            writes.tookOver(shard: nil, at: "900")
            #expect(writes.isBehind(x))
            clock.advance(by: .seconds(61))
            #expect(!writes.isBehind(x))
        }
    }

    private func lost(_ name: String) -> ObservedWrite {
        ObservedWrite(
            resourceType: Thing.resourceType,
            key: ObjectKey(namespace: "n", name: name),
            uid: nil,
            resourceVersion: nil,
            isDeletion: false,
            object: nil,
            isUncertain: true
        )
    }

    @Test func aWriteWithoutAnAnswerMakesTheCacheDoubtful() async throws {
        let informer = try informer()
        let writes = OwnWrites<ObjectKey>(timeout: .seconds(60), time: clock.timeSource) { _ in }
        writes.follow(informer)
        try await running(informer) {
            try await eventually("the watch is open") { server.isWatched && informer.hasSynced }
            // The key runs, so that the write is tried again.
            #expect(!writes.hold(x, for: [lost("x")]))
            #expect(writes.isBehind(x))
            server.tell("MODIFIED", OneThing.thing("x", 20))
            try await eventually("the cache shows it") { !writes.isBehind(x) }
            // One that was never done is doubtful for a time.
            #expect(!writes.hold(x, for: [lost("y")]))
            #expect(writes.isBehind(x))
            clock.advance(by: .seconds(121))
            #expect(!writes.isBehind(x))
            // One that was done again, with an answer, is waited for as usual.
            var again = lost("x")
            again.isUncertain = false
            again.resourceVersion = "15"
            let stored = again
            #expect(!writes.hold(x, for: [lost("x"), stored]))
            #expect(!writes.isBehind(x))
            // What a collection held nobody knows.
            #expect(!writes.hold(x, for: [lost("")]))
            #expect(writes.isBehind(x))
        }
    }

    @Test func withoutAWaitAnOverdueKeyIsNotLookedAtAllTheTime() async throws {
        let informer = try informer()
        let released = Recorded<ObjectKey>()
        let writes = OwnWrites<ObjectKey>(timeout: .zero, time: clock.timeSource) { released.add($0) }
        writes.follow(informer)
        let write = ObservedWrite(
            resourceType: Thing.resourceType,
            key: x,
            uid: nil,
            resourceVersion: "99",
            isDeletion: false,
            object: nil
        )
        #expect(!writes.isHolding(x))
        // No cache holds it or its like yet.
        let isHeld = writes.hold(x, for: [write])
        #expect(!isHeld)
        try await running(informer) {
            try await eventually("the watch is open") { server.isWatched && informer.hasSynced }
            #expect(writes.hold(x, for: [write]))
            let timers = Task { await writes.runTimers { _ in } }
            try await eventually("the wait is over") { released.all == [x] }
            // This returns only when somebody sleeps.
            await clock.untilSleeping()
            #expect(writes.isBehind(x))
            timers.cancel()
            await timers.value
        }
    }

    /// Each doubt ends at its own time: one that stayed because another is younger would be due for ever, and looked at without a pause.
    @Test(.timeLimit(.minutes(5))) func doubtsOfDifferentAgesDoNotKeepTheTimersBusy() async throws {
        let informer = try informer()
        let own = ManualClock()
        let writes = OwnWrites<ObjectKey>(timeout: .seconds(60), time: own.timeSource) { _ in }
        writes.follow(informer)
        try await running(informer) {
            try await eventually("the watch is open") { server.isWatched && informer.hasSynced }
            #expect(!writes.hold(x, for: [lost("y")]))
            own.advance(by: .seconds(100))
            #expect(!writes.hold(x, for: [lost("z")]))
            own.advance(by: .seconds(21))
            let timers = Task { await writes.runTimers { _ in } }
            // This returns only when the timers sleep.
            await own.untilSleeping()
            #expect(writes.isBehind(x))
            timers.cancel()
            await timers.value
        }
    }
}

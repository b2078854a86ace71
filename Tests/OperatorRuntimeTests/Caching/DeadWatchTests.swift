import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import NIOCore
import OperatorRuntime
import Testing

/// A server with one page of objects, whose watches say what the test says, and nothing else.
private final class QuietServer: Transport {
    struct Request: Sendable {
        var target: String
        var limit: Duration
        var at: Duration
    }

    private struct State {
        var requests: [Request] = []
        var feeds: [AsyncStream<ByteBuffer>.Continuation] = []
    }

    private let state = NIOLockedValueBox(State())
    private let clock: ManualClock

    init(_ clock: ManualClock) { self.clock = clock }

    var watches: [Request] { state.withLockedValue { $0.requests.filter { $0.target.contains("watch=true") } } }
    var lists: [Request] { state.withLockedValue { $0.requests.filter { !$0.target.contains("watch=true") } } }

    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse {
        state.withLockedValue { state in
            state.requests.append(Request(target: request.target, limit: limit, at: clock.now.offset))
            guard request.target.contains("watch=true") else {
                let text = #"{"kind":"ThingList","apiVersion":"test.io/v1","metadata":{"resourceVersion":"10"},"items":[]}"#
                return TransportResponse(status: 200, body: TransportBody([ByteBuffer(string: text)]))
            }
            let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
            state.feeds.append(feed)
            return TransportResponse(status: 200, body: TransportBody(pieces))
        }
    }

    func close() async {}

    func bookmark(_ version: Int) {
        let text = #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"\#(version)"}}}"# + "\n"
        state.withLockedValue { _ = $0.feeds.last?.yield(ByteBuffer(string: text)) }
    }

    func end() { state.withLockedValue { $0.feeds.last?.finish() } }
}

@Suite struct DeadWatchTests {
    private let clock = ManualClock()

    private func informer(_ server: QuietServer, random: Double) throws -> Informer<Thing> {
        let client = try KubernetesClient(
            configuration: ClientConfiguration(server: "https://quiet"),
            logger: quietLogger,
            time: clock.timeSource,
            random: { random },
            transport: server
        )
        return Informer(client.resource(Thing.self), logger: quietLogger, time: clock.timeSource, random: { random })
    }

    /// By default: 30 s after the last byte at the latest there is another watch, and no list was read for it.
    @Test(arguments: [0, 0.5, 0.999], [nil, 1, 12, 18, 20, 22.9])
    func isReplacedWithinThirtySeconds(random: Double, lastByte: Double?) async throws {
        let server = QuietServer(clock)
        let informer = try informer(server, random: random)
        try await running(informer) {
            try await informer.waitUntilSynced()
            try await eventually("the watch is open") { server.watches.count == 1 }
            if let lastByte {
                clock.advance(by: .seconds(lastByte))
                server.bookmark(15)
                try await eventually("the bookmark is seen") { informer.store.resourceVersion == "15" }
            }
            await clock.untilSleeping()
            // From here on the connection is open and nothing comes.
            clock.advance(by: .seconds(30))
            try await eventually("the watch is replaced") { server.watches.count == 2 }
            let version = lastByte == nil ? "10" : "15"
            #expect(server.watches[1].target.contains("resourceVersion=\(version)&"))
            #expect(server.lists.count == 1)
            #expect(informer.hasSynced)
        }
    }

    /// The later the last byte came, the sooner its absence is noticed: after the usual last bookmark within seven seconds.
    @Test func isReplacedSoonAfterTheServerHadToEndIt() async throws {
        let server = QuietServer(clock)
        let informer = try informer(server, random: 0.999)
        try await running(informer) {
            try await informer.waitUntilSynced()
            try await eventually("the watch is open") { server.watches.count == 1 }
            clock.advance(by: .seconds(23))
            server.bookmark(15)
            try await eventually("the bookmark is seen") { informer.store.resourceVersion == "15" }
            await clock.untilSleeping()
            clock.advance(by: .seconds(7))
            try await eventually("the watch is replaced") { server.watches.count == 2 }
        }
    }

    /// A resource at rest costs a request for each watch, and no list.
    @Test func aResourceAtRestIsNotListedAgain() async throws {
        let server = QuietServer(clock)
        let informer = try informer(server, random: 0.5)
        try await running(informer) {
            try await informer.waitUntilSynced()
            for round in 1...50 {
                try await eventually("watch \(round)") { server.watches.count == round }
                clock.advance(by: .seconds(20))
                server.bookmark(10 + round)
                try await eventually("the bookmark is seen") { informer.store.resourceVersion == "\(10 + round)" }
                clock.advance(by: .seconds(2))
                server.end()
            }
            try await eventually("the last watch") { server.watches.count == 51 }
            #expect(server.lists.count == 1)
            for (round, watch) in server.watches.enumerated() {
                #expect(watch.target.contains("resourceVersion=\(10 + round)&"))
                #expect(watch.target.contains("timeoutSeconds=22&"))
                #expect(watch.limit <= .seconds(20))
            }
        }
    }

    @Test func timesOfWatchesDiffer() async throws {
        for (random, seconds) in [(0.0, 20), (0.999, 24)] {
            let server = QuietServer(clock)
            let informer = try informer(server, random: random)
            try await running(informer) {
                try await eventually("the watch is open") { server.watches.count == 1 }
                #expect(server.watches[0].target.contains("timeoutSeconds=\(seconds)&"))
            }
        }
    }
}

import CoreMetrics
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import Testing

@testable import KubernetesClient

/// What is counted, and the client's own limit.
@Suite struct ClientMetricsTests {
    @Test func requestsAreCountedUnderTheNamesOfClientGo() async throws {
        let factory = RecordingMetrics()
        let transport = ScriptedTransport([.answer(503), .answer(200, #"{"items":[]}"#), .fail(.notSent), .answer(200)])
        var configuration = ClientConfiguration(server: "https://test:6443/prefix")
        configuration.retry = RetryPolicy(maximumAttempts: 3, backoff: Backoff(initial: .zero, maximum: .zero))
        let client = try KubernetesClient(
            configuration: configuration,
            logger: .init(label: "test"),
            random: { 0 },
            transport: transport,
            metrics: factory
        )
        _ = try await client.dynamic(CoreV1.Pod.resourceType).list()
        _ = try await client.raw(RawRequest(.PUT, path: "/x", isRepeatable: true, verb: "update"))
        #expect(factory.counts["rest_client_requests_total{code=503,host=test:6443,method=GET}"] == 1)
        #expect(factory.counts["rest_client_requests_total{code=200,host=test:6443,method=GET}"] == 1)
        #expect(factory.counts["rest_client_requests_total{code=<error>,host=test:6443,method=PUT}"] == 1)
        #expect(factory.counts["rest_client_request_retries_total{host=test:6443,verb=list}"] == 1)
        #expect(factory.counts["rest_client_request_duration_seconds{host=test:6443,verb=update}"] == 2)
        #expect(factory.last["rest_client_requests_in_flight{host=test:6443,verb=list}"] == 0)
        #expect(factory.most["rest_client_requests_in_flight{host=test:6443,verb=list}"] == 1)
    }

    @Test func theBucketLetsABurstThroughAndThenTheRate() {
        var bucket = TokenBucket(RateLimit(requestsPerSecond: 10, burst: 2), now: .zero)
        #expect(bucket.take(now: .zero) == .zero)
        #expect(bucket.take(now: .zero) == .zero)
        #expect(bucket.take(now: .zero) == .milliseconds(100))
        #expect(bucket.take(now: .zero) == .milliseconds(200))
        bucket.giveBack()
        #expect(bucket.take(now: .milliseconds(100)) == .milliseconds(100))
        // A long rest fills it no further than the burst.
        #expect(bucket.take(now: .seconds(1000)) == .zero)
        #expect(bucket.take(now: .seconds(1000)) == .zero)
        #expect(bucket.take(now: .seconds(1000)) > .zero)
    }

    @Test func aLimitedClientWaits() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.answer(200), .answer(200), .answer(200)])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource) {
            $0.rateLimit = RateLimit(requestsPerSecond: 0.5, burst: 1)
            $0.callTimeout = .seconds(3)
            $0.requestTimeout = .seconds(3)
        }
        _ = try await client.raw(RawRequest(path: "/a"))
        let second = Task { try await client.raw(RawRequest(path: "/b")) }
        try await eventually("it waits for its turn") { clock.nextDeadline == .seconds(2) }
        // Whose turn is too late is told so at once, and takes nobody's place.
        let third = await #expect(throws: KubernetesError.self) { try await client.raw(RawRequest(path: "/c")) }
        #expect(third?.code == .timedOut)
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(2))
        _ = try await second.value
        #expect(transport.requests.map(\.target) == ["/a", "/b"])
    }
}

/// Keeps what is recorded.
private final class RecordingMetrics: MetricsFactory {
    private struct State {
        var counts: [String: Int] = [:]
        var last: [String: Double] = [:]
        var most: [String: Double] = [:]
    }

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler {
        let name: String
        let box: NIOLockedValueBox<State>

        init(_ label: String, _ dimensions: [(String, String)], _ box: NIOLockedValueBox<State>) {
            name = label + "{" + dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ",") + "}"
            self.box = box
        }

        func increment(by amount: Int64) { box.withLockedValue { $0.counts[name, default: 0] += Int(amount) } }
        func reset() {}
        func record(_ value: Int64) { record(Double(value)) }
        func record(_ value: Double) {
            box.withLockedValue { state in
                state.last[name] = value
                state.most[name] = max(value, state.most[name] ?? value)
            }
        }
        func recordNanoseconds(_ duration: Int64) { box.withLockedValue { $0.counts[name, default: 0] += 1 } }
    }

    private let box = NIOLockedValueBox(State())

    var counts: [String: Int] { box.withLockedValue { $0.counts } }
    var last: [String: Double] { box.withLockedValue { $0.last } }
    var most: [String: Double] { box.withLockedValue { $0.most } }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { Handler(label, dimensions, box) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        Handler(label, dimensions, box)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { Handler(label, dimensions, box) }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

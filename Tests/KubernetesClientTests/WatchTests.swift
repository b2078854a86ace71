import JSONValue
import KubernetesModel
import NIOCore
import Testing

@testable import KubernetesClient

@Suite struct WatchTests {
    private static let pods = CoreV1.Pod.resourceType

    private func event(_ type: String, _ name: String, _ version: Int) -> String {
        #"{"type":"\#(type)","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"#
            + "\n"
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func linesAreFoundWhereverTheBytesAreCut(size: Int) throws {
        let text = "one\ntwo\r\n\n\nthree and more\nrest"
        var splitter = LineSplitter(maximumLength: 100)
        var lines: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += try splitter.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])).map { String(buffer: $0) }
        }
        #expect(lines == ["one", "two\r", "three and more"])
        #expect(String(buffer: splitter.remainder) == "rest")
    }

    @Test func aLineThatDoesNotEndIsRefused() throws {
        var splitter = LineSplitter(maximumLength: 10)
        _ = try splitter.append(ByteBuffer(string: "0123456789"))
        #expect(throws: KubernetesError.self) { try splitter.append(ByteBuffer(string: "x")) }
    }

    @Test func eventsOfAllKinds() async throws {
        let text =
            event("ADDED", "a", 1) + event("MODIFIED", "a", 2) + event("DELETED", "a", 3)
            + #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}"#
            + "\n"
            + #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}}"# + "\n" + event("ADDED", "b", 10)
        let transport = ScriptedTransport([.stream(TransportBody([ByteBuffer(string: text)]))])
        let stream = try await KubernetesClient.scripted(transport).dynamic(Self.pods).watch(
            WatchOptions(resourceVersion: "5", timeout: .seconds(60))
        )
        var seen: [String] = []
        for try await event in stream {
            switch event {
            case .added(let object): seen.append("added \(object.key)")
            case .modified(let object): seen.append("modified \(object.key)")
            case .deleted(let object): seen.append("deleted \(object.key)")
            case .bookmark(let version, let ends): seen.append("bookmark \(version) \(ends)")
            case .error(let status): seen.append("error \(status.code ?? 0)")
            }
        }
        #expect(seen == ["added a", "modified a", "deleted a", "bookmark 9 true", "error 410"])
        #expect(transport.requests.first?.target == "/api/v1/pods?watch=true&timeoutSeconds=60&resourceVersion=5&allowWatchBookmarks=true")
    }

    @Test func silenceIsNoticed() async throws {
        let clock = ManualClock()
        let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
        let transport = ScriptedTransport([.stream(TransportBody(pieces))])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let stream = try await client.dynamic(Self.pods).watch(WatchOptions(timeout: .seconds(20), idleMargin: .seconds(5)))
        var iterator = stream.makeAsyncIterator()
        feed.yield(ByteBuffer(string: event("ADDED", "a", 1)))
        _ = try await iterator.next()
        // Until the server has to end the watch, silence means nothing; from then on the margin counts.
        await clock.untilSleeping()
        clock.advance(by: .seconds(23))
        feed.yield(ByteBuffer(string: event("ADDED", "b", 2)))
        _ = try await iterator.next()
        clock.advance(by: .seconds(4))
        await clock.untilSleeping()
        feed.yield(ByteBuffer(string: event("ADDED", "c", 3)))
        _ = try await iterator.next()
        await clock.untilSleeping()
        clock.advance(by: .seconds(5))
        do {
            _ = try await iterator.next()
            Issue.record("the watch went on")
        } catch let error as KubernetesError {
            #expect(error.code == .watchIdle)
        }
    }

    @Test func aSlowReaderSlowsTheConnection() async throws {
        let read = Recorded<Int>()
        let pieces = CountingPieces(count: 100, read: read) { self.event("ADDED", "p\($0)", $0) }
        let transport = ScriptedTransport([.stream(TransportBody(pieces))])
        let stream = try await KubernetesClient.scripted(transport).dynamic(Self.pods).watch()
        var iterator = stream.makeAsyncIterator()
        for expected in 0..<10 {
            guard case .added(let object) = try await iterator.next() else {
                Issue.record("no event")
                return
            }
            #expect(object.key.name == "p\(expected)")
        }
        // One batch may wait and one may be under way.
        #expect(read.all.count <= 13)
    }

    @Test func leavingTheLoopEndsTheConnection() async throws {
        let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
        let ended = Recorded<Bool>()
        feed.onTermination = { _ in ended.add(true) }
        let transport = ScriptedTransport([.stream(TransportBody(pieces))])
        feed.yield(ByteBuffer(string: event("ADDED", "a", 1)))
        do {
            let stream = try await KubernetesClient.scripted(transport).dynamic(Self.pods).watch()
            for try await _ in stream { break }
        }
        try await eventually("the body is not read any more") { !ended.all.isEmpty }
    }

    @Test func cancellationEndsTheLoop() async throws {
        let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
        let transport = ScriptedTransport([.stream(TransportBody(pieces))])
        let stream = try await KubernetesClient.scripted(transport).dynamic(Self.pods).watch()
        let task = Task { for try await _ in stream {} }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = feed
    }

    @Test func aStreamedListIsNeverSilentForLong() async throws {
        let clock = ManualClock()
        let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
        let transport = ScriptedTransport([.stream(TransportBody(pieces))])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let options = WatchOptions(sendInitialEvents: true, timeout: .seconds(290), silenceLimit: .seconds(30))
        let stream = try await client.dynamic(Self.pods).watch(options)
        var iterator = stream.makeAsyncIterator()
        feed.yield(ByteBuffer(string: event("ADDED", "a", 1)))
        _ = try await iterator.next()
        await clock.untilSleeping()
        clock.advance(by: .seconds(30))
        let error = await #expect(throws: KubernetesError.self) { _ = try await iterator.next() }
        #expect(error?.code == .watchIdle)
    }

    /// The reader's slowness is not the server's silence.
    @Test func aSlowReaderDoesNotMakeTheWatchDead() async throws {
        let clock = ManualClock()
        let (pieces, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
        let transport = ScriptedTransport([.stream(TransportBody(pieces))])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let stream = try await client.resource(NotedPod.self).watch(WatchOptions(timeout: .seconds(20), idleMargin: .seconds(5)))
        var iterator = stream.makeAsyncIterator()
        feed.yield(ByteBuffer(string: event("ADDED", "a", 1)))
        _ = try await iterator.next()
        feed.yield(ByteBuffer(string: event("ADDED", "b", 2)))
        try await eventually("the event waits for the reader") { NotedPod.decoded.all.contains("b") }
        for _ in 0..<10 {
            await clock.untilSleeping()
            clock.advance(by: .seconds(10))
        }
        guard case .added = try await iterator.next() else {
            Issue.record("the event that waited is lost")
            return
        }
        feed.yield(ByteBuffer(string: event("ADDED", "c", 3)))
        guard case .added(let object) = try await iterator.next() else {
            Issue.record("the watch is given up")
            return
        }
        #expect(object.key.name == "c")
    }

    @Test func whatIsNotKnownIsPassedOver() async throws {
        let lines = [#"{"type":"OTHER","object":{}}"#, #"{"type":"BOOKMARK","object":{}}"#, event("ADDED", "a", 1)]
        let transport = ScriptedTransport([.stream(TransportBody([ByteBuffer(string: lines.joined(separator: "\n") + "\n")]))])
        var count = 0
        for try await _ in try await KubernetesClient.scripted(transport).dynamic(Self.pods).watch() { count += 1 }
        #expect(count == 1)
    }

    @Test(arguments: ["not json", #"{"type":"ADDED"}"#])
    func nonsenseIsAnError(line: String) async throws {
        let transport = ScriptedTransport([.stream(TransportBody([ByteBuffer(string: line + "\n")]))])
        let stream = try await KubernetesClient.scripted(transport).dynamic(Self.pods).watch()
        let error = await #expect(throws: KubernetesError.self) { for try await _ in stream {} }
        #expect(error?.code == .decoding)
    }
}

/// An object that notes when it is decoded.
private struct NotedPod: KubernetesResource {
    static let resourceType = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods", isNamespaced: true)
    static let decoded = Recorded<String>()
    var metadata: ObjectMeta

    private enum CodingKeys: String, CodingKey { case metadata }

    init(from decoder: any Decoder) throws {
        metadata = try decoder.container(keyedBy: CodingKeys.self).decode(ObjectMeta.self, forKey: .metadata)
        Self.decoded.add(metadata.name)
    }
}

/// Pieces that note when they are read.
private struct CountingPieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let count: Int
    let read: Recorded<Int>
    let make: @Sendable (Int) -> String

    struct AsyncIterator: AsyncIteratorProtocol {
        var next = 0
        let pieces: CountingPieces

        mutating func next() async throws -> ByteBuffer? {
            guard next < pieces.count else { return nil }
            defer { next += 1 }
            pieces.read.add(next)
            return ByteBuffer(string: pieces.make(next))
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
}

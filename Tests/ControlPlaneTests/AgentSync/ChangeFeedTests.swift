import Logging
import NIOConcurrencyHelpers
import Testing

@testable import ControlPlane

@Suite struct ChangeFeedTests {
    /// Counts how often it was asked, and for what.
    private final class Reader: Sendable {
        let asked = NIOLockedValueBox<[Set<String>]>([])
        var count: Int { asked.withLockedValue { $0.count } }

        func read(_ keys: Set<String>) -> [String: Int] {
            let count = asked.withLockedValue { asked in
                asked.append(keys)
                return asked.count
            }
            return Dictionary(uniqueKeysWithValues: keys.map { ($0, count) })
        }
    }

    private static func withFeed(
        _ limits: FeedLimits,
        _ body: @escaping @Sendable (ChangeFeed<String, Int>, Reader) async throws -> Void
    ) async throws {
        let reader = Reader()
        let feed = ChangeFeed<String, Int>(limits: limits, logger: Logger(label: "feed") { _ in SwiftLogNoOpLogHandler() }) {
            reader.read($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            try await body(feed, reader)
            group.cancelAll()
        }
        // Streams end with what feeds them.
        #expect(!feed.hasRoom)
        for await _ in feed.looks(at: "late") { Issue.record("nothing is looked at any more") }
    }

    @Test(.timeLimit(.minutes(15))) func manyWatchersAreServedByOneLook() async throws {
        try await Self.withFeed(FeedLimits(interval: .milliseconds(5), watchers: 200)) { feed, reader in
            let looks = 5
            let before = reader.count
            #expect(before == 0, "nobody watches: nothing is looked at")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    let stream = feed.looks(at: "key-\(number % 2)")
                    group.addTask {
                        var seen = 0
                        for await look in stream {
                            guard case .state(let value) = look, value != nil else { continue }
                            seen += 1
                            if seen == looks { break }
                        }
                        return seen
                    }
                }
                for try await seen in group { #expect(seen == looks) }
            }
            let asked = reader.asked.withLockedValue { $0 }
            #expect(asked.count < 100, "100 watchers took 500 looks, and not 500 questions were asked: \(asked.count)")
            #expect(asked.contains(["key-0", "key-1"]) && asked.allSatisfy { $0.count <= 2 })
            try await eventually("all have gone") { feed.watcherCount == 0 }
        }
    }

    @Test(.timeLimit(.minutes(15))) func whoIsSlowGetsTheNewestOnly() async throws {
        try await Self.withFeed(FeedLimits(interval: .milliseconds(1))) { feed, reader in
            var looks = feed.looks(at: "a").makeAsyncIterator()
            try await eventually("it looked often") { reader.count > 50 }
            let count = reader.count
            guard case .state(let value?)? = await looks.next() else {
                Issue.record("there is a look")
                return
            }
            #expect(value >= count - 1, "49 looks were let go of")
        }
    }

    @Test(.timeLimit(.minutes(15))) func aDatabaseThatDoesNotAnswerSilencesNobody() async {
        let limits = FeedLimits(interval: .milliseconds(5), heartbeat: .milliseconds(10))
        let feed = ChangeFeed<String, Int>(limits: limits, logger: Logger(label: "feed") { _ in SwiftLogNoOpLogHandler() }) { _ in
            try await Task.sleep(for: .seconds(3600))  // wait: for an answer that does not come; the feed ends it
            return [:]
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await feed.run() }
            defer { group.cancelAll() }
            var looks = feed.looks(at: "a").makeAsyncIterator()
            for _ in 0..<2 {
                guard case .unavailable? = await looks.next() else {
                    Issue.record("whoever watches is told that nothing is known")
                    return
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func noMoreMayWatchThanAreAllowed() async throws {
        try await Self.withFeed(FeedLimits(interval: .milliseconds(5), watchers: 2)) { feed, _ in
            let first = feed.looks(at: "a")
            let second = feed.looks(at: "a")
            #expect(!feed.hasRoom && feed.watcherCount == 2)
            for await _ in feed.looks(at: "a") { Issue.record("there is no room") }
            let answer = #expect(throws: (any Error).self) { try feed.requireRoom(instead: "GET /x") }
            #expect(answer != nil)
            _ = (first, second)
        }
    }
}

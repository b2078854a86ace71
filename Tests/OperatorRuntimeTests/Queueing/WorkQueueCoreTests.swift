import KubernetesClient
import Testing

@testable import OperatorRuntime

@Suite struct WorkQueueCoreTests {
    private func taken(_ queue: inout WorkQueueCore<String>, now: Duration = .zero) -> [String] {
        var keys: [String] = []
        while let item = queue.take(now: now) { keys.append(item.key) }
        return keys
    }

    @Test func aKeyWaitsOnceAndInOrder() {
        var queue = WorkQueueCore<String>()
        for key in ["a", "b", "a", "c", "b"] { queue.add(key, now: .zero) }
        #expect(queue.count == 3)
        #expect(taken(&queue) == ["a", "b", "c"])
        #expect(queue.active == 3)
    }

    @Test func aKeyUnderWorkWaitsForItsEnd() {
        var queue = WorkQueueCore<String>()
        queue.add("a", now: .zero)
        #expect(queue.take(now: .zero)?.key == "a")
        queue.add("a", now: .zero)
        queue.add("a", now: .zero)
        #expect(queue.take(now: .zero) == nil)
        do {
            let isReady = queue.finish("a", .done, now: .zero)
            #expect(isReady)
        }
        #expect(taken(&queue) == ["a"])
        queue.finish("a", .done, now: .zero)
        #expect(taken(&queue).isEmpty)
        #expect(queue.knownKeys == 0)
    }

    @Test func higherPrioritiesComeFirstAndMergingKeepsTheHigher() {
        var queue = WorkQueueCore<String>()
        for key in ["x", "y", "z"] { queue.add(key, priority: -100, now: .zero) }
        queue.add("live", now: .zero)
        queue.add("z", priority: 0, now: .zero)
        queue.add("live", priority: -100, now: .zero)
        #expect(queue.depth == [0: 2, -100: 2])
        #expect(taken(&queue) == ["live", "z", "x", "y"])
        #expect(queue.depth.isEmpty)
    }

    @Test func theOldestComesNowAndThenWhateverItsPriority() {
        var queue = WorkQueueCore<String>(fairness: 4)
        queue.add("low", priority: -100, now: .zero)
        var position: Int?
        for turn in 0..<20 {
            queue.add("busy\(turn)", now: .zero)
            queue.add("more\(turn)", now: .zero)
            if queue.take(now: .zero)?.key == "low" { position = turn; break }
        }
        #expect(position == 3)
    }

    @Test func delayedKeysComeWhenDue() {
        var queue = WorkQueueCore<String>()
        queue.add("a", after: .seconds(10), now: .zero)
        queue.add("b", after: .seconds(5), now: .zero)
        #expect(queue.count == 0)
        #expect(queue.nextDeadline == .seconds(5))
        #expect(taken(&queue, now: .seconds(4)).isEmpty)
        #expect(taken(&queue, now: .seconds(5)) == ["b"])
        #expect(taken(&queue, now: .seconds(10)) == ["a"])
    }

    @Test func theEarlierOfTwoDelaysCounts() {
        var queue = WorkQueueCore<String>()
        queue.add("a", after: .seconds(10), now: .zero)
        queue.add("a", after: .seconds(3), now: .zero)
        queue.add("a", after: .seconds(20), now: .zero)
        #expect(taken(&queue, now: .seconds(3)) == ["a"])
        queue.finish("a", .done, now: .seconds(3))
        #expect(taken(&queue, now: .seconds(30)).isEmpty)
        #expect(queue.knownKeys == 0)
    }

    @Test func anEventNowReplacesALaterRun() {
        var queue = WorkQueueCore<String>()
        queue.add("a", after: .seconds(10), now: .zero)
        queue.add("a", now: .seconds(1))
        #expect(taken(&queue, now: .seconds(1)) == ["a"])
        queue.finish("a", .done, now: .seconds(1))
        #expect(taken(&queue, now: .seconds(60)).isEmpty)
    }

    @Test func failuresBackOffAndSuccessForgetsThem() {
        var queue = WorkQueueCore<String>(backoff: Backoff(initial: .seconds(1), maximum: .seconds(10)))
        queue.add("a", now: .zero)
        var now = Duration.zero
        for (failures, delay) in [(0, 1), (1, 2), (2, 4), (3, 8), (4, 10), (5, 10)] {
            #expect(queue.take(now: now)?.failures == failures)
            queue.finish("a", .failed, now: now)
            #expect(queue.take(now: now + .seconds(delay) - .milliseconds(1)) == nil)
            now += .seconds(delay)
        }
        _ = queue.take(now: now)
        queue.finish("a", .again(after: .seconds(5)), now: now)
        #expect(queue.take(now: now + .seconds(5))?.failures == 0)
    }

    @Test func anInterruptedKeyRunsAgainAndHasNotFailed() {
        var queue = WorkQueueCore<String>()
        queue.add("a", priority: 7, now: .zero)
        _ = queue.take(now: .zero)
        do {
            let isReady = queue.finish("a", .interrupted, now: .zero)
            #expect(isReady)
        }
        let item = queue.take(now: .zero)
        #expect(item?.failures == 0)
        #expect(item?.priority == 7)
    }

    @Test func aHeldKeyWaitsForItsRelease() {
        var queue = WorkQueueCore<String>()
        queue.add("a", now: .zero)
        _ = queue.take(now: .zero)
        do {
            let isReady = queue.finish("a", .done, holding: true, now: .zero)
            #expect(!isReady)
        }
        queue.add("a", now: .zero)
        #expect(queue.take(now: .zero) == nil)
        #expect(queue.count == 1)
        do {
            let isReady = queue.release("a")
            #expect(isReady)
        }
        #expect(taken(&queue) == ["a"])
        queue.finish("a", .again(after: .seconds(1)), holding: true, now: .zero)
        #expect(queue.take(now: .seconds(2)) == nil)
        do {
            let isReady = queue.release("a")
            #expect(isReady)
        }
        #expect(queue.take(now: .seconds(2))?.key == "a")
        queue.finish("a", .done, holding: true, now: .seconds(2))
        do {
            let isReady = queue.release("a")
            #expect(!isReady)
        }
        #expect(queue.knownKeys == 0)
    }

    /// Whatever happens, no key is worked on twice at once, none that was added is lost, and the depth is right.
    @Test(arguments: 0..<20)
    func randomHistoriesKeepTheInvariants(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        var queue = WorkQueueCore<Int>(backoff: Backoff(initial: .seconds(1), maximum: .seconds(8)))
        var working: Set<Int> = []
        var held: Set<Int> = []
        var owed: [Int: Duration] = [:]
        var now = Duration.zero
        for _ in 0..<3000 {
            let key = Int(random.next() % 12)
            switch random.next() % 7 {
            case 0, 1:
                queue.add(key, priority: Int(random.next() % 3) - 1, now: now)
                owed[key] = now
            case 2:
                let delay = Duration.seconds(Int64(random.next() % 5))
                queue.add(key, after: delay, now: now)
                owed[key] = min(owed[key] ?? (now + delay), now + delay)
            case 3, 4:
                guard let item = queue.take(now: now) else { break }
                #expect(!working.contains(item.key))
                #expect(!held.contains(item.key))
                working.insert(item.key)
                owed[item.key] = nil
            case 5:
                guard let one = working.sorted().first else { break }
                working.remove(one)
                let holding = random.next() % 3 == 0
                if holding { held.insert(one) }
                switch random.next() % 3 {
                case 0: queue.finish(one, .done, holding: holding, now: now)
                case 1:
                    queue.finish(one, .failed, holding: holding, now: now)
                    owed[one] = owed[one] ?? now + .seconds(8)
                default:
                    queue.finish(one, .again(after: .seconds(2)), holding: holding, now: now)
                    owed[one] = min(owed[one] ?? now + .seconds(2), now + .seconds(2))
                }
            default:
                now += .milliseconds(Int64(random.next() % 900))
                if let one = held.sorted().first { held.remove(one); queue.release(one) }
            }
            #expect(queue.count == queue.depth.values.reduce(0, +))
            #expect(queue.active == working.count)
        }
        for one in working { queue.finish(one, .done, now: now) }
        for one in held { queue.release(one) }
        now += .seconds(100)
        var seen: Set<Int> = []
        while let item = queue.take(now: now) {
            #expect(seen.insert(item.key).inserted)
            queue.finish(item.key, .done, now: now)
        }
        #expect(Set(owed.keys).isSubset(of: seen))
        #expect(queue.knownKeys == 0)
        #expect(queue.count == 0)
    }

    @Test func memoryFollowsTheKeysNotTheEvents() {
        var queue = WorkQueueCore<Int>()
        for round in 0..<2000 {
            for key in 0..<5 { queue.add(key, now: .seconds(round)) }
            while let item = queue.take(now: .seconds(round)) {
                queue.finish(item.key, .again(after: .seconds(100_000)), now: .seconds(round))
            }
        }
        #expect(queue.places < 500)
    }

    /// A key that was taken and waits for something else before it is worked on must not look stuck.
    @Test func theClockOfWorkMayStartLaterThanTheKeyIsTaken() {
        var queue = WorkQueueCore<String>()
        queue.beginsWhenTaken = false
        queue.add("a", now: .zero)
        #expect(queue.take(now: .seconds(1))?.key == "a")
        #expect(queue.startTimes.isEmpty)
        #expect(queue.active == 1)
        queue.begin("a", now: .seconds(900))
        #expect(queue.startTimes == [.seconds(900)])
        queue.finish("a", .done, now: .seconds(901))
        queue.begin("a", now: .seconds(902))
        #expect(queue.startTimes.isEmpty)
        #expect(queue.knownKeys == 0)
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

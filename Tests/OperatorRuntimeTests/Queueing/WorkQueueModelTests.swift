import KubernetesClient
import Testing

@testable import OperatorRuntime

/// The work queue gives what a queue gives that is too simple to be wrong: the same keys in the same order, none lost and none doubled.
@Suite struct WorkQueueModelTests {
    /// Looks at everything each time.
    private struct Reference {
        struct Waiting { var priority: Int, since: Duration, place: Int }
        struct Delayed { var due: Duration, priority: Int, number: Int }

        let backoff: Backoff
        let fairness: Int
        var waiting: [Int: Waiting] = [:]
        var delayed: [Int: Delayed] = [:]
        var working: [Int: Int] = [:]
        var held: Set<Int> = []
        var failures: [Int: Int] = [:]
        private var number = 0
        private var takes = 0

        init(backoff: Backoff, fairness: Int) {
            self.backoff = backoff
            self.fairness = fairness
        }

        private mutating func next() -> Int {
            number += 1
            return number
        }

        private mutating func move(_ key: Int) {
            let place = next()
            waiting[key]?.place = place
        }

        private func mayRun(_ key: Int) -> Bool { working[key] == nil && !held.contains(key) }

        mutating func add(_ key: Int, after delay: Duration, priority: Int, now: Duration) {
            guard delay > .zero else { return wait(key, priority, now) }
            guard waiting[key] == nil else { return }
            guard var planned = delayed[key] else {
                let number = next()
                delayed[key] = Delayed(due: now + delay, priority: priority, number: number)
                return
            }
            planned.priority = max(planned.priority, priority)
            if now + delay < planned.due {
                planned.due = now + delay
                planned.number = next()
            }
            delayed[key] = planned
        }

        private mutating func wait(_ key: Int, _ priority: Int, _ now: Duration) {
            delayed[key] = nil
            if let known = waiting[key] {
                guard priority > known.priority else { return }
                waiting[key]?.priority = priority
                if mayRun(key) { move(key) }
            } else {
                let place = next()
                waiting[key] = Waiting(priority: priority, since: now, place: place)
            }
        }

        mutating func promote(now: Duration) {
            for (key, one) in delayed.sorted(by: { ($0.value.due, $0.value.number) < ($1.value.due, $1.value.number) })
            where one.due <= now { wait(key, one.priority, now) }
        }

        mutating func take(now: Duration) -> (key: Int, priority: Int, since: Duration, failures: Int)? {
            promote(now: now)
            takes += 1
            let ready = waiting.filter { mayRun($0.key) }
            let byAge = ready.min { $0.value.place < $1.value.place }
            let byRank = ready.min { ($1.value.priority, $0.value.place) < ($0.value.priority, $1.value.place) }
            guard let (key, one) = takes % fairness == 0 ? byAge : byRank else { return nil }
            waiting[key] = nil
            working[key] = one.priority
            return (key, one.priority, one.since, failures[key] ?? 0)
        }

        mutating func finish(_ key: Int, _ outcome: WorkQueueCore<Int>.Outcome, holding: Bool, now: Duration) {
            guard let taken = working.removeValue(forKey: key) else { return }
            let priority = waiting[key]?.priority ?? taken
            if holding { held.insert(key) }
            switch outcome {
            case .done: failures[key] = nil
            case .again(let delay):
                failures[key] = nil
                add(key, after: delay, priority: priority, now: now)
            case .failed:
                add(key, after: backoff.delay(failures: failures[key] ?? 0), priority: priority, now: now)
                failures[key, default: 0] += 1
            case .interrupted: add(key, after: .zero, priority: priority, now: now)
            }
            if waiting[key] != nil, mayRun(key) { move(key) }
        }

        mutating func release(_ key: Int) {
            guard held.remove(key) != nil else { return }
            if waiting[key] != nil, mayRun(key) { move(key) }
        }
    }

    @Test(arguments: 0..<300)
    func doesWhatTheReferenceDoes(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let backoff = Backoff(initial: .milliseconds(5), maximum: .seconds(8))
        let fairness = 2 + seed % 7
        var queue = WorkQueueCore<Int>(backoff: backoff, fairness: fairness)
        var reference = Reference(backoff: backoff, fairness: fairness)
        var now = Duration.zero
        let keys = UInt64(1 + seed % 20)
        for step in 0..<600 {
            let key = Int(random.next() % keys)
            let priority = Int(random.next() % 3) * 100 - 100
            switch random.next() % 10 {
            case 0, 1, 2:
                queue.add(key, priority: priority, now: now)
                reference.add(key, after: .zero, priority: priority, now: now)
            case 3:
                let delay = Duration.milliseconds(Int64(random.next() % 3000))
                queue.add(key, after: delay, priority: priority, now: now)
                reference.add(key, after: delay, priority: priority, now: now)
            case 4, 5, 6:
                let taken = queue.take(now: now)
                let wanted = reference.take(now: now)
                #expect(taken?.key == wanted?.key, "seed \(seed), step \(step)")
                #expect(taken?.priority == wanted?.priority, "seed \(seed), step \(step)")
                #expect(taken?.since == wanted?.since, "seed \(seed), step \(step)")
                #expect(taken?.failures == wanted?.failures, "seed \(seed), step \(step)")
                guard taken?.key == wanted?.key else { return }
            case 7, 8:
                guard let one = reference.working.keys.sorted().first else { break }
                let outcomes: [WorkQueueCore<Int>.Outcome] = [
                    .done, .failed, .failed, .interrupted, .again(after: .zero), .again(after: .seconds(1)),
                ]
                let outcome = outcomes[Int(random.next() % UInt64(outcomes.count))]
                let holding = random.next() % 4 == 0
                queue.finish(one, outcome, holding: holding, now: now)
                reference.finish(one, outcome, holding: holding, now: now)
            default:
                now += .milliseconds(Int64(random.next() % 700))
                if let one = reference.held.sorted().first, random.next() % 2 == 0 {
                    queue.release(one)
                    reference.release(one)
                }
                queue.promote(now: now)
                reference.promote(now: now)
            }
            #expect(queue.count == reference.waiting.count, "seed \(seed), step \(step)")
            #expect(queue.active == reference.working.count)
            #expect(queue.depth == Dictionary(grouping: reference.waiting.values) { $0.priority }.mapValues(\.count))
            if let due = reference.delayed.values.map(\.due).min() {
                #expect(queue.nextDeadline.map { $0 <= due } == true, "a delayed key would be missed")
            }
        }
    }

    @Test func liveKeysPassTenThousandThatAreTold() {
        var queue = WorkQueueCore<Int>()
        for key in 0..<10_000 { queue.add(key, priority: ReconcilePriority.replay, now: .zero) }
        queue.add(20_000, now: .zero)
        // At the latest with the second, because one of sixteen is the oldest.
        let taken = [queue.take(now: .zero)?.key, queue.take(now: .zero)?.key]
        #expect(taken.contains(20_000))
    }

    @Test func addsAreCountedOnceForAKeyThatWaits() {
        var queue = WorkQueueCore<Int>()
        queue.add(1, now: .zero)
        queue.add(1, now: .zero)
        #expect(queue.adds == 1)
        queue.add(2, after: .seconds(1), now: .zero)
        #expect(queue.adds == 1)
        queue.promote(now: .seconds(1))
        #expect(queue.adds == 2)
    }

    @Test func removedKeysKeepTheirPriority() {
        var queue = WorkQueueCore<Int>()
        queue.add(1, priority: 5, now: .zero)
        queue.add(2, after: .seconds(1), priority: -3, now: .zero)
        #expect(queue.removeAll().sorted { $0.key < $1.key }.map(\.priority) == [5, -3])
        #expect(queue.knownKeys == 0 && queue.count == 0 && queue.depth.isEmpty)
    }
}

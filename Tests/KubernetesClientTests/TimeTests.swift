import KubernetesClient
import KubernetesModel
import Testing

@Suite struct TimeTests {
    @Test func aManualClockWakesWhoIsDue() async throws {
        let clock = ManualClock()
        let time = clock.timeSource
        let order = Recorded<Int>()
        async let late: Void = {
            try await time.sleep(for: .seconds(20)); order.add(2)
        }()
        async let early: Void = {
            try await time.sleep(for: .seconds(10)); order.add(1)
        }()
        await clock.untilSleeping(atLeast: 2)
        clock.advance(by: .seconds(10))
        try await early
        #expect(order.all == [1])
        clock.advanceToNextDeadline()
        try await late
        #expect(order.all == [1, 2])
        #expect(time.now == .seconds(20))
        #expect(time.timestamp.description == "2026-01-01T00:00:20Z")
    }

    @Test func sleepIsCancelled() async throws {
        let clock = ManualClock()
        let task = Task { try await clock.timeSource.sleep(for: .seconds(1)) }
        await clock.untilSleeping()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleepers == 0)
    }

    @Test(.timeLimit(.minutes(5))) func waitingForSleepersEndsWithTheTask() async {
        let clock = ManualClock()
        for _ in 0..<100 {
            let task = Task { await clock.untilSleeping() }
            await Task.yield()
            task.cancel()
            await task.value
        }
    }

    @Test func timeLimits() async throws {
        let clock = ManualClock()
        let quick = try await clock.timeSource.withTimeout(.seconds(1)) { 5 }
        #expect(quick == 5)
        let slow = Task {
            try await clock.timeSource.withTimeout(.seconds(1)) { try await ContinuousClock().sleep(for: .seconds(3600)) }
        }
        await clock.untilSleeping()
        clock.advance(by: .seconds(1))
        await #expect(throws: TimeLimitExceeded.self) { try await slow.value }
    }
}

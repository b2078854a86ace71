import Logging
import ServerLifetime
import ServiceLifecycle
import Testing

@Suite("A shutdown that is held back")
struct ShutdownDelayTests {
    /// Says when it is shut down.
    private struct Server: Service {
        let ended: @Sendable () -> Void

        func run() async throws {
            try? await gracefulShutdown()
            ended()
        }
    }

    @Test("What was started before goes on serving for the time, and no longer", .timeLimit(.minutes(5)))
    func delay() async throws {
        let clock = ContinuousClock()
        let (ends, end) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let group = ServiceGroup(
            services: [Server { end.yield(clock.now) }, ShutdownDelay(.milliseconds(500))],
            logger: Logger(label: "test")
        )
        async let running: Void = group.run()
        let asked = clock.now
        await group.triggerGracefulShutdown()
        try await running
        let ended = try #require(await ends.first { _ in true })
        #expect(ended - asked >= .milliseconds(500))
    }

    @Test("A cancellation is not held back", .timeLimit(.minutes(5)))
    func cancellation() async throws {
        let task = Task { try await ShutdownDelay(.seconds(100_000)).run() }
        task.cancel()
        try await task.value
    }
}

import KubernetesClient
import OperatorRuntime
import Testing

@Suite struct HealthTests {
    struct Broken: Error {}

    @Test func checksAreReportedByName() async {
        let checks = HealthChecks()
        checks.addReadiness("good") {}
        checks.addReadiness("bad") { throw Broken() }
        let report = await checks.readiness()
        #expect(report?.results == ["good": true, "bad": false])
        #expect(report?.isHealthy == false)
        let good = await checks.readiness(only: "good")
        #expect(good?.isHealthy == true)
        let none = await checks.readiness(only: "none")
        #expect(none == nil)
        let alive = await checks.liveness()
        #expect(alive?.isHealthy == true)
    }

    @Test func aCheckThatHangsFails() async {
        let clock = ManualClock()
        let checks = HealthChecks(time: clock.timeSource)
        checks.addLiveness("slow") { try await ContinuousClock().sleep(for: .seconds(3600)) }
        async let report = checks.liveness()
        await clock.untilSleeping()
        clock.advance(by: .seconds(5))
        let isHealthy = await report?.isHealthy
        #expect(isHealthy == false)
    }
}

import KubernetesClient
import Logging
import Observability
import Testing

@testable import OperatorRuntime

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
        #expect(checks.liveness()?.isHealthy == true)
        checks.addProgress("stuck") { throw Broken() }
        #expect(checks.progress()?.failures.keys.sorted() == ["stuck"])
        #expect(checks.progress(only: "other") == nil)
        #expect(checks.liveness()?.isHealthy == true)
    }

    @Test func aCheckThatHangsFails() async {
        let clock = ManualClock()
        let checks = HealthChecks(time: clock.timeSource)
        checks.addReadiness("slow") { try await ContinuousClock().sleep(for: .seconds(3600)) }
        async let report = checks.readiness()
        await clock.untilSleeping()
        clock.advance(by: .seconds(5))
        let isHealthy = await report?.isHealthy
        #expect(isHealthy == false)
    }

    @Test func tasksWithoutAThreadFailTheProgressOnly() async {
        let clock = ManualClock()
        let checks = HealthChecks(time: clock.timeSource)
        let pulse = Task { await checks.runPulse() }
        await clock.untilSleeping()
        #expect(checks.progress()?.results == ["tasks": true])
        pulse.cancel()
        await pulse.value
        clock.advance(by: .seconds(11))
        #expect(checks.progress()?.results == ["tasks": false])
        #expect(checks.liveness()?.isHealthy == true)
    }

    @Test func pages() async {
        let checks = HealthChecks()
        checks.addLiveness("ping") {}
        checks.addReadiness("caches") { throw Broken() }
        checks.addProgress("controller x") { throw Broken() }
        let pages = HealthPages(checks: checks, registry: PrometheusRegistry(), logger: quietLogger)
        func page(_ path: String, _ method: String = "GET") async -> HealthPages.Page {
            switch pages.answer(method, path) {
            case .now(let page): page
            case .later(let make): await make()
            }
        }
        let live = await page("/healthz?verbose")
        #expect(live == .init(status: 200, text: "[+]ping ok\nhealthz check passed\n"))
        let one = await page("/healthz/ping")
        #expect(one.status == 200)
        let work = await page("/workz")
        #expect(work == .init(status: 503, text: "[-]controller x failed\nworkz check failed\n"))
        let ready = await page("/readyz/caches")
        #expect(ready.status == 503)
        for path in ["/", "/healthz/none", "/readyz/none", "/metrics/x", "/healthz/a/b"] {
            let none = await page(path)
            #expect(none.status == 404, "\(path)")
        }
        let posted = await page("/healthz", "POST")
        #expect(posted.status == 405)
        let metrics = await page("/metrics")
        #expect(metrics.status == 200)
        #expect(metrics.contentType.contains("version=0.0.4"))
    }
}

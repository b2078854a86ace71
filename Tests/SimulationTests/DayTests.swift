import Testing

@testable import Simulation

extension SimulationSuite {
    @Suite("A compressed day")
    struct DayTests {
        @Test("The slope of memory is that of the line of least squares, without the first hours")
        func slope() {
            #expect(MemoryCurve([900, 100, 110, 120, 130]).slope(afterWarmUp: 1) == 10)
            #expect(MemoryCurve([5, 5, 5]).slope(afterWarmUp: 0) == 0)
            #expect(MemoryCurve([0, 3, 0, 3]).slope(afterWarmUp: 0) == 0.6)
            #expect(MemoryCurve([7]).slope(afterWarmUp: 0) == 0)
        }

        @Test("A reading is of this process")
        func reading() {
            var curve = MemoryCurve()
            curve.read()
            #expect((curve.readings.first ?? 0) > 1000)
        }

        @Test("An hour goes by with leaders that change and lists that are forgotten")
        func hour() throws {
            let report = try Day(hours: 1).run()
            #expect(report.violations == [])
            #expect(report.leaderChanges > 20)
            #expect(report.watches > 500)
            #expect(report.lists > 100)
            #expect(report.memory.readings.count == 1)
        }
    }
}

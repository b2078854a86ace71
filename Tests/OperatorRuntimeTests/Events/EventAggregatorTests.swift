import KubernetesModel
import Testing

@testable import OperatorRuntime

@Suite struct EventAggregatorTests {
    private let observed = Timestamp(microseconds: 0)

    private func note(_ reason: String = "Failed", _ note: String = "x", object: String = "a") -> EventNote {
        EventNote(
            regarding: CoreV1.ObjectReference(kind: "Pod", namespace: "n", name: object),
            type: .warning,
            reason: reason,
            note: note
        )
    }

    private func record(_ aggregator: inout EventAggregator, _ note: EventNote, at seconds: Double) -> EventAggregator.Decision {
        aggregator.record(note, name: "e\(seconds)", now: .seconds(seconds), observed: observed)
    }

    @Test func repetitionsBecomeASeries() {
        var aggregator = EventAggregator()
        #expect(record(&aggregator, note(), at: 0) == .create)
        #expect(record(&aggregator, note("Failed", "another sentence"), at: 1) == .update(name: "e0.0", count: 2, lastObserved: observed))
        for second in 2..<10 { #expect(record(&aggregator, note(), at: Double(second)) == .wait) }
        #expect(record(&aggregator, note("Other"), at: 10) == .create)
        // Nothing for six minutes: the last count is written, and a repetition is a new event.
        let ended = aggregator.expire(now: .seconds(400))
        #expect(ended.map(\.decision) == [.update(name: "e0.0", count: 10, lastObserved: observed)])
        #expect(record(&aggregator, note(), at: 401) == .create)
    }

    @Test func aLongSeriesIsRefreshed() {
        var aggregator = EventAggregator()
        _ = record(&aggregator, note(), at: 0)
        var updates = 0
        for minute in 1...90 {
            if case .update = record(&aggregator, note(), at: Double(minute) * 60) { updates += 1 }
        }
        #expect(updates == 3)
    }

    @Test func anObjectThatHasTooManyIsKeptQuiet() {
        var aggregator = EventAggregator()
        let decisions = (0..<40).map { record(&aggregator, note("Reason\($0)"), at: 0) }
        #expect(decisions.filter { $0 == .create }.count == 25)
        #expect(decisions.filter { $0 == .drop }.count == 15)
        #expect(record(&aggregator, note("Reason", object: "b"), at: 0) == .create)
        #expect(record(&aggregator, note("New"), at: 301) == .create)
        #expect(record(&aggregator, note("Newer"), at: 302) == .drop)
    }

    @Test func memoryIsBounded() {
        var aggregator = EventAggregator(limit: 10)
        for index in 0..<100 { _ = record(&aggregator, note(object: "o\(index)"), at: Double(index)) }
        #expect(aggregator.count == 10)
    }

    /// A noisy object must not become quiet and get a new burst because many others had an event.
    @Test func whatIsForgottenIsWhatWasSilentLongest() {
        var aggregator = EventAggregator(limit: 10)
        for index in 0..<25 { _ = record(&aggregator, note("Reason\(index)", object: "noisy"), at: 0) }
        for index in 0..<200 {
            _ = record(&aggregator, note("Once", object: "o\(index)"), at: 1)
            #expect(record(&aggregator, note("More\(index)", object: "noisy"), at: 1) == .drop)
        }
    }

    @Test func allSeriesEndAtAShutdown() {
        var aggregator = EventAggregator()
        for second in 0..<5 { _ = record(&aggregator, note(), at: Double(second)) }
        #expect(aggregator.expire(now: .seconds(6)).isEmpty)
        let ended = aggregator.expire(now: .seconds(6), all: true)
        #expect(ended.map(\.decision) == [.update(name: "e0.0", count: 5, lastObserved: observed)])
    }

    @Test func theMemoryOfRecentThingsIsBounded() {
        var memory = RecentMemory<Int, Int>(limit: 3)
        for round in 0..<1000 { memory[round % 2] = round }
        memory[7] = 7
        #expect(memory.count == 3 && memory.placeCount < 30)
        memory[0] = 0
        memory[8] = 8
        #expect(memory[1] == nil && memory[0] == 0 && memory[7] == 7 && memory[8] == 8)
        #expect(memory.removeAll { $0 > 7 }.map(\.key) == [8])
        memory[7] = nil
        #expect(memory.count == 1)
    }

    @Test func aLostEventIsMadeAgain() {
        var aggregator = EventAggregator()
        _ = record(&aggregator, note(), at: 0)
        aggregator.forget(note())
        #expect(record(&aggregator, note(), at: 1) == .create)
    }
}

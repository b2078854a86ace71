import Foundation
import HTTPOperations
import JSONValue
import Observability
import Testing

@testable import ControlPlane

@Suite struct UsageReadingTests {
    private static let day = UsageDay("2026-03-18") ?? UsageDay(number: 0)
    private static let instance = UUID()
    private static let digest = PersonDigest(key: Secret(Array(repeating: 7, count: 32)), instance: instance)

    @Test func aPersonIsKnownOnlyToWhoeverHasTheKey() {
        let session = "agent:main:whatsapp:direct:+49"
        let person = Self.digest.person(session)
        #expect(Self.digest.person("agent:qa:whatsapp:direct:+49") == person && person.count == 32)
        // Whoever tries addresses has to have the key, and whoever knows a person in one instance does not in another.
        #expect(person != ContentDigest.hexadecimal(of: Array("peer:+49".utf8), length: 32))
        #expect(PersonDigest(key: Secret(Array(repeating: 8, count: 32)), instance: Self.instance).person(session) != person)
        #expect(PersonDigest(key: Secret(Array(repeating: 7, count: 32)), instance: UUID()).person(session) != person)
    }

    @Test(arguments: ["1970-01-01", "2024-02-29", "2026-12-31", "1969-12-31"]) func daysAreWrittenAsTheyAreRead(_ text: String) {
        #expect(UsageDay(text)?.description == text)
    }

    @Test(arguments: ["", "2026-02-30", "2026-2-3", "yesterday", "2026-13-01", "2026-01-01T00:00:00Z"])
    func whatIsNoDayIsNone(_ text: String) { #expect(UsageDay(text) == nil) }

    @Test func daysAreThoseOfUTC() {
        #expect(UsageDay(Date(timeIntervalSince1970: 86_399.999)) == UsageDay(number: 0))
        #expect(UsageDay(Date(timeIntervalSince1970: 86_400)) == UsageDay(number: 1))
        #expect(UsageDay(Date(timeIntervalSince1970: -1)) == UsageDay(number: -1))
    }

    @Test(
        arguments: [
            (JSON.number(0.1), "0.1"), (.number(0.0031), "0.0031"), (.number(1e-7), "0.0000001"), (.integer(3), "3"),
            (.string("0.30"), "0.3"), (.number(-1), "0"), (.string("x"), "0"), (.null, "0"), (.number(.infinity), "0"),
        ]
    )
    func moneyIsExact(_ value: JSON, _ text: String) { #expect(UsageReading.money(value) == Decimal(string: text)) }

    @Test func tenTenthsAreOne() {
        let rows: [JSON] = (0..<10).map { ["date": "2026-03-18", "requests": 1, "totalTokens": 2, "totalCost": 0.1, "x": .integer($0)] }
        let reading = UsageReading(["daily": .array(rows)], in: Self.day...Self.day, digest: Self.digest)
        #expect(reading.days == [Self.day: UsageSample(requests: 10, tokens: 20, cost: 1)])
    }

    @Test func sessionsCountOnceAndPeopleAreDigests() {
        func session(_ key: String, _ user: Int64) -> JSON {
            [
                "key": .string(key),
                "usage": [
                    "dailyBreakdown": [
                        ["date": "2026-03-18", "tokens": 10, "cost": 0.25], ["date": "2026-03-01", "tokens": 99, "cost": 9],
                    ],
                    "dailyMessageCounts": [["date": "2026-03-18", "total": 9, "user": .integer(user)]],
                ],
            ]
        }
        let answer: JSON = [
            "sessions": [
                session("agent:main:main", 1), session("agent:main:whatsapp:direct:+49", 2), session("agent:qa:whatsapp:direct:+49", 3),
                session("agent:qa:slack:dm:u1", 0),
            ],
            "aggregates": ["daily": [["date": "2026-03-18", "tokens": 1000, "cost": 99, "messages": 5]]],
        ]
        let reading = UsageReading(answer, in: Self.day.advanced(by: -3)...Self.day, digest: Self.digest)
        #expect(reading.days == [Self.day: UsageSample(requests: 6, tokens: 40, cost: 1)])
        #expect(reading.people[Self.day]?.count == 2)
        #expect(reading.people[Self.day]?.allSatisfy { $0.count == 32 && !$0.contains("+49") } == true)
        let aggregated = UsageReading(["aggregates": answer["aggregates"] ?? .null], in: Self.day...Self.day, digest: Self.digest)
        #expect(aggregated.days == [Self.day: UsageSample(requests: 5, tokens: 1000, cost: 99)])
    }

    @Test(arguments: [JSON.null, [:], ["daily": 1], ["daily": [1, [:], ["date": "x"], ["date": "2026-03-18", "totalTokens": -5]]]])
    func nonsenseCountsNothing(_ answer: JSON) {
        #expect(UsageReading(answer, in: Self.day...Self.day, digest: Self.digest).days.values.allSatisfy { $0 == UsageSample() })
    }
}

import Foundation
import JSONValue

/// What an instance used on a day.
struct UsageSample: Sendable, Hashable {
    /// Messages of people.
    var requests: Int64 = 0
    /// Tokens in and out.
    var tokens: Int64 = 0
    /// What it cost, in US dollars.
    var cost: Decimal = 0
}

/// What a gateway says was used, read from its answer to `sessions.usage`. Pure.
struct UsageReading: Sendable, Hashable {
    /// By day.
    var days: [UsageDay: UsageSample] = [:]
    /// Digests of the people who wrote, by day.
    var people: [UsageDay: Set<String>] = [:]

    /// Reads an answer; parts that cannot be read are left out.
    ///
    /// - Parameters:
    ///   - answer: the gateway's answer.
    ///   - range: the days that were asked for; others are left out.
    ///   - digest: makes the digests of people.
    init(_ answer: JSON, in range: ClosedRange<UsageDay>, digest: PersonDigest) {
        for session in answer["sessions"]?.arrayValue ?? [] { add(session, in: range, digest) }
        if days.isEmpty {
            for row in answer["daily"]?.arrayValue ?? answer[at: ["aggregates", "daily"]]?.arrayValue ?? [] {
                guard let day = Self.day(row, in: range) else { continue }
                var sample = days[day] ?? UsageSample()
                sample.requests += Self.count(row["requests"] ?? row["messages"])
                sample.tokens += Self.count(row["totalTokens"] ?? row["tokens"])
                sample.cost += Self.money(row["totalCost"] ?? row["cost"])
                days[day] = sample
            }
        }
    }

    private mutating func add(_ session: JSON, in range: ClosedRange<UsageDay>, _ digest: PersonDigest) {
        let usage = session["usage"]
        for row in usage?["dailyBreakdown"]?.arrayValue ?? [] {
            guard let day = Self.day(row, in: range) else { continue }
            days[day, default: UsageSample()].tokens += Self.count(row["tokens"] ?? row["totalTokens"])
            days[day, default: UsageSample()].cost += Self.money(row["cost"] ?? row["totalCost"])
        }
        let person = session["key"]?.stringValue.map(digest.person)
        for row in usage?["dailyMessageCounts"]?.arrayValue ?? [] {
            guard let day = Self.day(row, in: range) else { continue }
            let requests = Self.count(row["user"] ?? row["total"])
            days[day, default: UsageSample()].requests += requests
            if requests > 0, let person { people[day, default: []].insert(person) }
        }
    }

    /// Adds people by the conversations that changed on a day, for gateways that do not count them.
    mutating func add(people sessions: [(key: String, milliseconds: Int64)], in range: ClosedRange<UsageDay>, digest: PersonDigest) {
        for session in sessions {
            let day = UsageDay(Date(timeIntervalSince1970: Double(session.milliseconds) / 1000))
            guard range.contains(day) else { continue }
            people[day, default: []].insert(digest.person(session.key))
        }
    }

    private static func day(_ row: JSON, in range: ClosedRange<UsageDay>) -> UsageDay? {
        row["date"]?.stringValue.flatMap { UsageDay($0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    private static func count(_ value: JSON?) -> Int64 {
        if let number = value?.integerValue { return min(max(0, number), 1 << 53) }
        guard let number = value?.numberValue, number.isFinite, number > 0 else { return 0 }
        return Int64(min(number, 9e15))
    }

    /// An amount of money. JSON's numbers are binary; their shortest decimal form is what the gateway wrote.
    static func money(_ value: JSON?) -> Decimal {
        let text: String
        switch value {
        case .integer(let number): text = String(number)
        case .number(let number) where number.isFinite: text = "\(number)"
        case .string(let string): text = string
        default: return 0
        }
        guard let amount = Decimal(string: text), amount.isFinite, amount > 0, amount < 1_000_000_000 else { return 0 }
        return amount
    }
}

import Foundation
import Schema

/// A day of an instance's usage.
struct UsageDayView: Codable, Sendable, Hashable, SchemaDescribing {
    var costUSD: String
    var date: String
    var requests: Int64
    var tokens: Int64

    enum CodingKeys: String, CodingKey {
        case costUSD = "cost_usd"
        case date
        case requests
        case tokens
    }

    static var schemaName: String? { "InstanceUsageDay" }
    static let schemaNotes: [String: SchemaNote] = [
        "cost_usd": "What it cost, in US dollars, as a decimal.", "date": SchemaNote("The day, in UTC.", format: "date"),
        "requests": "Messages of people.", "tokens": "Tokens in and out.",
    ]
}

/// What an instance used.
struct UsageAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var daily: [UsageDayView]
    var hostname: String
    var instanceID: String
    var totalCostUSD: String
    var totalRequests: Int64
    var totalTokens: Int64
    var uniqueEndUsers: Int64

    enum CodingKeys: String, CodingKey {
        case daily
        case hostname
        case instanceID = "instance_id"
        case totalCostUSD = "total_cost_usd"
        case totalRequests = "total_requests"
        case totalTokens = "total_tokens"
        case uniqueEndUsers = "unique_end_users"
    }

    static var schemaName: String? { "InstanceUsage" }
    static let schemaNotes: [String: SchemaNote] = [
        "daily": "Every day of the time, the oldest first; days without usage too.", "hostname": InstanceNotes.hostname,
        "instance_id": InstanceNotes.id, "total_cost_usd": "The sum of what it cost, in US dollars, as a decimal.",
        "total_requests": "The sum of the messages of people.", "total_tokens": "The sum of the tokens.",
        "unique_end_users": "How many people wrote.",
    ]
}

extension UsageAnswer {
    /// Puts the days together.
    ///
    /// - Parameters:
    ///   - row: the instance.
    ///   - samples: what was used, by day.
    ///   - people: how many people wrote.
    ///   - range: the days.
    init(_ row: InstanceRow, samples: [UsageDay: UsageSample], people: Int64, in range: ClosedRange<UsageDay>) {
        let days = (range.lowerBound.number...range.upperBound.number).map { UsageDay(number: $0) }
        let all = days.map { (day: $0, sample: samples[$0] ?? UsageSample()) }
        self.init(
            daily: all.map { day, sample in
                UsageDayView(costUSD: "\(sample.cost)", date: "\(day)", requests: sample.requests, tokens: sample.tokens)
            },
            hostname: row.hostname,
            instanceID: row.idText,
            totalCostUSD: "\(all.reduce(Decimal(0)) { $0 + $1.sample.cost })",
            totalRequests: all.reduce(0) { $0 + $1.sample.requests },
            totalTokens: all.reduce(0) { $0 + $1.sample.tokens },
            uniqueEndUsers: people
        )
    }
}

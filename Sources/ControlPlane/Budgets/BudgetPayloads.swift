import Foundation
import HTTPOperations
import JSONValue
import ModelProxy
import Schema

extension BudgetAlertState: SchemaEnum {}

/// A ceiling that is to hold from now on.
struct BudgetOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var monthlyLimitUsd: Double

    static var schemaName: String? { "BudgetOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "monthlyLimitUsd": SchemaNote(
            "What may be spent in a calendar month, in US dollars; 0 refuses everything.",
            minimum: 0,
            maximum: 1_000_000_000
        )
    ]
}

/// The ceiling of all that is to hold from now on.
struct GlobalBudgetOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var monthlyLimitUsd: Nullable<Double>

    static var schemaName: String? { "GlobalBudgetOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "monthlyLimitUsd": SchemaNote(
            "What may be spent in a calendar month, in US dollars; 0 refuses everything, null takes the ceiling away.",
            minimum: 0,
            maximum: 1_000_000_000
        )
    ]
}

/// The account in the path.
struct AccountPlace: Decodable, Sendable, SchemaDescribing {
    var userId: String

    static let schemaNotes: [String: SchemaNote] = [
        "userId": SchemaNote(
            "Address of the owner of tenants, without white space and control characters; upper and lower case mean the same.",
            // Unicode's white space and control characters, as every dialect of regular expressions writes them.
            pattern: "^[^\\x00-\\x20\\x7F-\\x9F\u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}]+$",
            minLength: 1,
            maxLength: 253
        )
    ]
}

/// The tenant in the path.
struct BudgetTenantPlace: Decodable, Sendable, SchemaDescribing {
    var tenantName: String

    static let schemaNotes: [String: SchemaNote] = ["tenantName": SchemaNote("Name of the tenant.", minLength: 1, maxLength: 253)]
}

/// The ceiling of all, and the spend.
struct BudgetView: Codable, Sendable, Hashable, SchemaDescribing {
    var monthlyLimitUsd: Nullable<Double>
    var currentSpendUsd: Double
    var budgetAlertState: BudgetAlertState
    var spendReadAt: Nullable<String>

    static var schemaName: String? { "Budget" }
    static let schemaNotes: [String: SchemaNote] = [
        "monthlyLimitUsd": "The ceiling in US dollars a month; null without one.",
        "currentSpendUsd": "What was spent in this month, as the model proxy counts it.",
        "budgetAlertState": "ok; warning from four fifths of the ceiling; exceeded from the ceiling, when the proxy refuses.",
        "spendReadAt": "When the model proxy was last asked; null for never.",
    ]

    init(_ row: BudgetRow) {
        self.init(limit: row.limit, spend: row.spend, readAt: row.readAt)
    }

    init(limit: USD?, spend: USD, readAt: Date?) {
        monthlyLimitUsd = Nullable(limit?.dollars)
        currentSpendUsd = spend.dollars
        budgetAlertState = BudgetAlertState(spend: spend, limit: limit)
        spendReadAt = Nullable(readAt.map(RESTTimestamp.text))
    }
}

/// The ceiling of an account, and its spend.
struct AccountBudgetView: Codable, Sendable, Hashable, SchemaDescribing {
    var userId: String
    var monthlyLimitUsd: Nullable<Double>
    var currentSpendUsd: Double
    var budgetAlertState: BudgetAlertState
    var spendReadAt: Nullable<String>

    static var schemaName: String? { "AccountBudget" }
    static let schemaNotes: [String: SchemaNote] = BudgetView.schemaNotes.merging([
        "userId": "Address of the owner whose tenants it is for, in lower case."
    ]) { $1 }

    init(_ row: BudgetRow) {
        let budget = BudgetView(row)
        userId = row.scope.name
        monthlyLimitUsd = budget.monthlyLimitUsd
        currentSpendUsd = budget.currentSpendUsd
        budgetAlertState = budget.budgetAlertState
        spendReadAt = budget.spendReadAt
    }
}

/// The answer to the end of an account's ceiling.
struct AccountBudgetRemoval: Codable, Sendable, Hashable, SchemaDescribing {
    var userId: String
    var status = "deleted"

    static var schemaName: String? { "AccountBudgetRemoval" }
    static let schemaNotes: [String: SchemaNote] = [
        "userId": "The account.", "status": SchemaNote("What happened.", enum: ["deleted"]),
    ]
}

/// A tenant's key for the model proxy, without its value.
struct ModelKeyView: Codable, Sendable, Hashable, SchemaDescribing {
    var tenant: String
    var keyAlias: String
    var secretName: String
    var monthlyBudgetUsd: Nullable<Double>
    var issuedAt: String
    var revokedAt: Nullable<String>

    static var schemaName: String? { "ModelKey" }
    static let schemaNotes: [String: SchemaNote] = [
        "tenant": "The tenant.", "keyAlias": "The key's name in the model proxy.",
        "secretName": "The Secret in the tenant's namespace that holds its value.",
        "monthlyBudgetUsd": "What may be spent with it in a month.", "issuedAt": "When it was made (RFC 3339, UTC).",
        "revokedAt": "When it was revoked; null while it lives.",
    ]

    init(_ record: ModelKeyRecord) {
        tenant = record.tenant
        keyAlias = record.alias
        secretName = record.secretName
        monthlyBudgetUsd = Nullable(record.budget?.dollars)
        issuedAt = RESTTimestamp.text(record.issuedAt)
        revokedAt = Nullable(record.revokedAt.map(RESTTimestamp.text))
    }
}

/// The answer to a revocation.
struct ModelKeyRevocation: Codable, Sendable, Hashable, SchemaDescribing {
    var name: String
    var status = "revoked"
    var keyAlias: String
    var revokedAt: String

    static var schemaName: String? { "ModelKeyRevocation" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": "The tenant.", "status": SchemaNote("What happened.", enum: ["revoked"]),
        "keyAlias": "The name of the key that ended; the one that follows it has the same.",
        "revokedAt": "When the model proxy stopped taking it (RFC 3339, UTC).",
    ]
}

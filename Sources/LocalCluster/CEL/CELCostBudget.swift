import Foundation
import Schema

/// Adds up what the rules of a definition cost at most, and says which are too expensive to be accepted.
struct CELCostBudget {
    /// What one rule may cost for all the values in an object that it applies to.
    static let ruleLimit: UInt64 = 10_000_000
    /// What all rules of a definition may cost together.
    static let definitionLimit: UInt64 = 100_000_000

    /// What has been found so far.
    var problems: [CELRuleSet.Problem] = []
    private var total: UInt64 = 0
    private var expensive: [(location: String, cost: UInt64)] = []

    /// Adds a rule.
    ///
    /// - Parameters:
    ///   - occurrences: how many values it applies to at most.
    ///   - location: the entry in the schema.
    mutating func observe(_ rule: CELRule, occurrences: UInt64, at location: String) {
        let cost = rule.cost.capped(times: occurrences)
        add(cost, "estimated rule cost", at: "\(location).rule")
        // A message is made for the first failure only.
        if let cost = rule.messageCost { add(cost, "estimated messageExpression cost", at: "\(location).messageExpression") }
    }

    private mutating func add(_ cost: UInt64, _ subject: String, at location: String) {
        if cost > Self.ruleLimit {
            let message = "Forbidden: \(Self.message(subject, cost, limit: Self.ruleLimit))"
            problems.append(CELRuleSet.Problem(location: location, message: message, isForbidden: true))
        }
        total = total.capped(adding: cost)
        guard cost >= Self.definitionLimit / 100 else { return }
        expensive.append((location, cost))
        expensive.sort { $0.cost > $1.cost }
        if expensive.count > 4 { expensive.removeLast() }
    }

    /// The values before and after a change must be known to belong together where a rule compares them.
    mutating func checkTransition(_ rule: CELRule, uncorrelatable: String?, at location: String) {
        if rule.isTransition {
            guard let list = uncorrelatable else { return }
            let message = "oldSelf cannot be used on the uncorrelatable portion of the schema within \(list)"
            problems.append(CELRuleSet.Problem(location: "\(location).rule", message: Self.invalid(rule.rule.rule, message)))
        } else if let optional = rule.rule.optionalOldSelf {
            let message = "Invalid value: \(optional): may not be set if oldSelf is not used in rule"
            problems.append(CELRuleSet.Problem(location: "\(location).optionalOldSelf", message: message))
        }
    }

    private static func invalid(_ value: String, _ message: String) -> String { "Invalid value: \"\(value)\": \(message)" }

    /// All problems, with those of the sum.
    var result: [CELRuleSet.Problem] {
        guard total > Self.definitionLimit else { return problems }
        let parts = expensive.map { part in
            CELRuleSet.Problem(
                location: part.location,
                message: "Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
                isForbidden: true
            )
        }
        let subject = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
        let message = "Forbidden: \(Self.message(subject, total, limit: Self.definitionLimit))"
        return problems + parts + [CELRuleSet.Problem(location: "", message: message, isForbidden: true)]
    }

    private static func message(_ subject: String, _ cost: UInt64, limit: UInt64) -> String {
        let excess = Double(cost) / Double(limit)
        let factor =
            if excess > 100 { "more than 100x" } else { String(format: excess < 1.5 ? "%.6fx" : "%.1fx", excess) }
        return "\(subject) exceeds budget by factor of \(factor) (try simplifying the rule, or adding maxItems, maxProperties, and "
            + "maxLength where arrays, maps, and strings are declared)"
    }
}

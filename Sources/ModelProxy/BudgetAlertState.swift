/// How a spend stands to its ceiling. Pure.
public enum BudgetAlertState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Below four fifths of the ceiling, or without one.
    case ok
    /// At four fifths of the ceiling or above.
    case warning
    /// At the ceiling or above: the model proxy refuses.
    case exceeded

    /// The state of a spend.
    ///
    /// - Parameters:
    ///   - spend: what was spent in the period.
    ///   - limit: the ceiling; nil without one.
    public init(spend: USD, limit: USD?) {
        guard let limit else {
            self = .ok
            return
        }
        if spend >= limit {
            self = .exceeded
        } else {
            // In fifths, so that nothing is rounded.
            self = spend.micros * 5 >= limit.micros * 4 ? .warning : .ok
        }
    }
}

import Foundation
import JSONValue
import Projection

/// Decides when drift is worth telling somebody. Without I/O.
///
/// A single look above the threshold may be an installation that is busy; so many looks in a row are not. The first look below it is the end.
struct DriftAlert: Sendable, Hashable {
    /// What is told.
    enum Transition: String, Sendable, Hashable {
        case firing, resolved
    }

    /// Whether the alert is on.
    var isFiring = false
    /// How many looks in a row were above the threshold.
    var exceeded = 0
    /// When it was last turned on or off.
    var changedAt: Date?

    /// Takes a look into account.
    ///
    /// - Parameters:
    ///   - count: how many names differ.
    ///   - threshold: from how many on it is too many; 0 for never.
    ///   - looks: how many looks in a row it takes.
    ///   - now: the time.
    /// - Returns: what is to be told, if anything.
    mutating func look(_ count: Int, threshold: Int, looks: Int, now: Date) -> Transition? {
        let isExceeded = threshold > 0 && count >= threshold
        exceeded = isExceeded ? min(exceeded + 1, 1_000_000) : 0
        let isDue = isExceeded && (isFiring || exceeded >= looks)
        guard isDue != isFiring else { return nil }
        isFiring = isDue
        changedAt = now
        return isDue ? .firing : .resolved
    }
}

/// What a look found of one kind.
struct DriftEvaluation: Sendable, Hashable {
    /// The kind.
    var kind: ProjectedKind
    /// Objects.
    var sourceCount: Int
    /// Rows.
    var projectionCount: Int
    /// Names that differ.
    var driftCount: Int
    /// How long ago the row was last written that differs for the longest, in seconds; nil when no row does.
    var lag: Double?
    /// When the look began.
    var evaluatedAt: Date
}

/// What is known of drift.
struct DriftState: Sendable, Hashable {
    /// The latest look at each kind.
    var evaluations: [DriftEvaluation] = []
    /// The alert.
    var alert = DriftAlert()
    /// When the latest look began; nil before the first.
    var evaluatedAt: Date?
}

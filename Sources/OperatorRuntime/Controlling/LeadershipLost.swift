/// Thrown by a write of a reconcile that began under a leadership which is over. Nothing was sent.
///
/// It narrows the time in which two leaders can write to that of requests under way; API servers do not compare terms.
public struct LeadershipLost: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable, for programs.
    public let code = "leadership-lost"
    /// The leader's term in which the reconcile began; `nil` when the leadership was over already.
    public var term: Int64?
    /// The term now; `nil` when this process does not lead.
    public var current: Int64?

    /// What happened.
    public var description: String {
        "Not written: the leadership of term \(term.map(String.init) ?? "none") is over (now \(current.map(String.init) ?? "not leading"))"
    }
}

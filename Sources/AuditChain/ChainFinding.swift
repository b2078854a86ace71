/// Where a chain is broken, and how.
public struct ChainFinding: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was done to it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The content of an entry is not what was sealed.
        case changed
        /// An entry or a link is gone.
        case deleted
        /// An entry is there that was never sealed and does not wait for it.
        case inserted
        /// A link stands at another place than it was made for.
        case reordered
        /// A link or an anchor was made by somebody who does not have the keys, or was replaced.
        case forged
    }

    /// Stable code.
    public let code = "AUDIT_CHAIN_BROKEN"
    /// What was done.
    public var kind: Kind
    /// The first link that is not in order; nil for an entry without one.
    public var sequence: Int64?
    /// The entry, when it is known.
    public var entry: Int64?
    /// A sentence for people.
    public var message: String

    /// A finding.
    public init(_ kind: Kind, sequence: Int64? = nil, entry: Int64? = nil, _ message: String) {
        self.kind = kind
        self.sequence = sequence
        self.entry = entry
        self.message = message
    }

    /// Place, kind and sentence.
    public var description: String {
        let place = sequence.map { "sequence \($0)" } ?? entry.map { "entry \($0)" } ?? "the chain"
        return "\(place): \(kind.rawValue): \(message)"
    }
}

import Observability

/// The keys of a deployment: one seals, all open.
///
/// To rotate: put a new key in front, keep the old one behind it, re-seal every row, take the old one out.
public struct SealingKeyring: Sendable, CustomStringConvertible {
    /// The key that seals.
    public let current: SealingKey
    /// Keys that only open, in the order given.
    public let older: [SealingKey]
    private let byID: [String: SealingKey]

    /// A ring.
    ///
    /// - Parameters:
    ///   - current: seals, and opens what it sealed.
    ///   - older: only open. Default: none.
    /// - Throws: ``SealingError`` with `invalidKey` when two keys have the same id or the same material.
    public init(current: SealingKey, older: [SealingKey] = []) throws(SealingError) {
        var byID: [String: SealingKey] = [:]
        for key in [current] + older {
            guard byID[key.id] == nil else { throw SealingError(.invalidKey, "Two keys are named '\(key.id)'.") }
            if let twin = byID.values.first(where: { $0.material.reveal() == key.material.reveal() }) {
                throw SealingError(.invalidKey, "The keys '\(twin.id)' and '\(key.id)' are the same key.")
            }
            byID[key.id] = key
        }
        self.current = current
        self.older = older
        self.byID = byID
    }

    /// The key of a name.
    public func key(_ id: String) -> SealingKey? { byID[id] }

    /// Names of all keys, the current one first.
    public var ids: [String] { [current.id] + older.map(\.id) }

    /// The ids; never the keys.
    public var description: String { "SealingKeyring(\(ids.joined(separator: ", ")))" }
}

/// A call that changes a machine, with the identity that makes repeating it harmless. It is stored before the call is made.
public struct MachineOperation: Codable, Sendable, Hashable, CustomStringConvertible {
    /// What is done.
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// The machine is made.
        case insert
        /// It is started.
        case start
        /// It is stopped.
        case stop
        /// It is put to sleep.
        case suspend
        /// It is woken up.
        case resume
        /// It is deleted.
        case delete
    }

    /// What is done.
    public var kind: Kind
    /// A UUID of the caller's: the provider ignores a repeated call with the same one.
    public var requestID: String
    /// The provider's name for the operation, once the provider has taken it.
    public var name: String?

    /// An operation.
    public init(kind: Kind, requestID: String, name: String? = nil) {
        self.kind = kind
        self.requestID = requestID
        self.name = name
    }

    /// Reads the stored form: `kind/requestID` or `kind/requestID/name`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let kind = Kind(rawValue: parts[0]), !parts[1].isEmpty else { return nil }
        self.init(kind: kind, requestID: parts[1], name: parts.count == 3 && !parts[2].isEmpty ? parts[2] : nil)
    }

    /// The form to store, which ``init(_:)`` reads.
    public var description: String { [kind.rawValue, requestID, name].compactMap(\.self).joined(separator: "/") }
}

/// Why a call of a provider failed.
public struct MachineError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The name belongs to a machine of somebody else's.
        case foreignMachine
        /// The provider refused the request.
        case refused
        /// The provider did not accept who asked.
        case unauthorized
        /// The request is not one that can be sent.
        case invalidRequest
        /// The provider asks to slow down, or is out of order.
        case unavailable
        /// The provider has no room, or the quota is used up.
        case noCapacity
        /// The machine changed while it was being changed.
        case conflict
        /// The provider could not be reached.
        case unreachable
        /// The provider's answer is not one it may give.
        case badAnswer
        /// Another process looks after the machines of this host.
        case busy
        /// Something on this host failed.
        case hostFailure
    }

    /// What kind of trouble it is.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String
    /// Whether repeating the call does not help.
    public var isPermanent: Bool
    /// How long to wait before the next call; `nil` for the caller's own back-off.
    public var retryAfter: Duration?
    /// The error below this one.
    public var cause: (any Error)?

    /// An error.
    public init(
        _ code: Code,
        _ message: String,
        isPermanent: Bool = false,
        retryAfter: Duration? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.isPermanent = isPermanent
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// The sentence, and the cause.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }

    /// The name is taken.
    static func foreign(_ name: String, _ what: String) -> MachineError {
        MachineError(
            .foreignMachine,
            "There is \(what) \(name) which belongs to somebody else; it is neither adopted nor changed. Remove it, or rename the tenant.",
            isPermanent: true
        )
    }
}

/// Why something could not be sealed or opened.
///
/// Neither the message nor the cause ever contains a key or what was sealed.
public struct SealingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The stored bytes are not a sealed value: cut off, of another version, or something else.
        case malformed = "SEALED_VALUE_MALFORMED"
        /// The key that sealed the value is not in the ring.
        case unknownKey = "SEALING_KEY_UNKNOWN"
        /// The value, its key id or the place it was read from is not what was sealed.
        case notAuthentic = "SEALED_VALUE_NOT_AUTHENTIC"
        /// A key is of the wrong length or spelling, or its id is.
        case invalidKey = "SEALING_KEY_INVALID"
        /// The keys could not be read.
        case keysUnreadable = "SEALING_KEYS_UNREADABLE"
        /// The value is larger than what may be sealed.
        case tooLarge = "SEALED_VALUE_TOO_LARGE"
    }

    /// What kind of trouble it is.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code and sentence.
    public var description: String { "\(code.rawValue): \(message)" }
}

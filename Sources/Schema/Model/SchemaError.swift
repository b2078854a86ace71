/// Why a schema cannot be read, derived or compiled.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is: stable, for programs.
    public enum Code: String, Sendable, Hashable {
        /// The JSON is no schema.
        case malformed
        /// A pattern is no RE2 expression.
        case badPattern
        /// A reference leads nowhere.
        case unknownReference
        /// A schema contains itself where that is not allowed.
        case recursive
        /// A Swift type cannot be described by probing it.
        case notDescribable
        /// Two Swift types claim the same component name.
        case nameTaken
        /// A note names a property that the type does not have.
        case unknownProperty
    }

    /// What kind of trouble it is.
    public var code: Code
    /// A sentence for people.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence and the code.
    public var description: String { "\(message) (\(code.rawValue))" }
}

/// The environment does not make a configuration. Names every problem at once, and never a value of a secret.
public struct OperatorConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One variable that is missing or wrong.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// Name of the variable.
        public var variable: String
        /// What is wrong, and what to write instead.
        public var message: String

        /// `VARIABLE: what is wrong`.
        public var description: String { "\(variable): \(message)" }
    }

    /// Stable code for programs.
    public let code = "INVALID_CONFIGURATION"
    /// All problems, in the order of the variables.
    public var problems: [Problem]

    /// All problems in one line.
    public var description: String { "The operator's environment is not usable. " + problems.map(\.description).joined(separator: "; ") }
}

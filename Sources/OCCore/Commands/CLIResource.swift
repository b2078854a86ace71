import ArgumentParser
import JSONValue

/// A type that `create` or `update` has options for.
protocol CLIResource: Sendable {
    /// Words, operations and columns.
    static var declaration: ResourceDeclaration { get }
    /// The member of the body that a creation's name goes into; `nil` when a new object takes no name.
    static var createdName: String? { get }
    /// Options of `create` and `update`.
    associatedtype Fields: BodyFields
}

extension CLIResource {
    static var createdName: String? { "name" }
}

/// Options that set members of a body.
protocol BodyFields: ParsableArguments {
    /// The members and their values; no value leaves the member as it is.
    var members: [(path: [String], value: JSON?)] { get }
    /// A secret that is read from a file or standard input, never an argument: the member it goes into, and what is asked for.
    static var secret: (member: String, prompt: String)? { get }
    /// Whether the secret must be there.
    static var needsSecret: Bool { get }
}

extension BodyFields {
    static var secret: (member: String, prompt: String)? { nil }
    static var needsSecret: Bool { false }
}

/// No options but `--set` and `--file`.
struct NoFields: BodyFields {
    var members: [(path: [String], value: JSON?)] { [] }
}

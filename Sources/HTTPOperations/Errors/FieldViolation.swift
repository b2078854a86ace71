import Schema

/// One thing wrong with one member of a request.
public struct FieldViolation: Sendable, Hashable {
    /// Which part of the request has the member.
    public enum Location: String, Sendable, Hashable, CaseIterable {
        /// The body.
        case body
        /// The query.
        case query
        /// The path.
        case path
        /// The headers.
        case header
    }

    /// Where: a dotted path into the body (`resources.cpu`), or the name of a path, query or header parameter.
    public var field: String
    /// What is wrong, as a sentence fragment that follows the field's name.
    public var message: String
    /// Which part of the request has it.
    public var location: Location
    /// What is wrong, for programs.
    public var kind: ViolationKind
    /// Where within that part, step by step: ``field`` taken apart.
    public var path: [PathElement]

    /// Makes a violation.
    ///
    /// - Parameters:
    ///   - field: the dotted path or parameter name; empty for the body as a whole.
    ///   - message: what is wrong with it.
    ///   - location: which part of the request has it; default the body.
    ///   - kind: what is wrong, for programs; default a value that cannot be used.
    public init(field: String, message: String, in location: Location = .body, kind: ViolationKind = .valueError) {
        self.init(path: location == .body ? Self.elements(of: field) : [.key(field)], message: message, in: location, kind: kind)
        self.field = field
    }

    /// Makes a violation at a path of elements.
    ///
    /// - Parameters:
    ///   - path: where within that part of the request; empty for the body as a whole.
    ///   - message: what is wrong with it.
    ///   - location: which part of the request has it.
    ///   - kind: what is wrong, for programs.
    public init(path: [PathElement], message: String, in location: Location, kind: ViolationKind) {
        field = path.fieldPath
        self.message = message
        self.location = location
        self.kind = kind
        self.path = path
    }

    /// A violation of a schema.
    ///
    /// - Parameters:
    ///   - violation: what the validator found.
    ///   - location: which part of the request was looked at.
    public init(_ violation: SchemaViolation, in location: Location) {
        self.init(path: violation.path, message: violation.message, in: location, kind: ViolationKind(violation))
    }

    /// Takes `a.b[0].c` apart. A member whose own name has a dot or a bracket cannot be told from two members this way.
    private static func elements(of field: String) -> [PathElement] {
        field.split(separator: ".").flatMap { part -> [PathElement] in
            let pieces = part.split(separator: "[")
            return pieces.enumerated().map { number, piece in
                guard piece.last == "]", let index = Int(piece.dropLast()), number > 0 || part.hasPrefix("[") else {
                    return .key(String(piece))
                }
                return .index(index)
            }
        }
    }
}

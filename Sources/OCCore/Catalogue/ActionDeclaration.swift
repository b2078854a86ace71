/// A verb that one type has, or a few: `suspend tenant`, `rotate api-key`.
public struct ActionDeclaration: Sendable, Hashable {
    /// The verb.
    public let verb: String
    /// The operation.
    public let route: Route
    /// What is said when it is done, as in `tenant/mia suspended`.
    public let past: String
    /// The options that belong to it, without dashes; others are refused.
    public let options: [Option]
    /// The member of the answer that is shown this once.
    public let revealed: String?
    /// The member of the body that an object's name goes into, when the path has no place for it.
    public let namedBy: String?

    /// An option, and where its value goes.
    public struct Option: Sendable, Hashable {
        /// Where a value goes.
        public enum Place: Sendable, Hashable {
            /// Into the body.
            case body
            /// Into the query.
            case query
        }

        /// The option, without dashes.
        public let name: String
        /// The member or parameter.
        public let member: String
        /// Where it goes.
        public let place: Place

        /// An option; the member is called as the option, with low lines for dashes, unless told otherwise.
        public init(_ name: String, _ member: String? = nil, in place: Place = .body) {
            self.name = name
            self.member = member ?? name.split(separator: "-").joined(separator: "_")
            self.place = place
        }
    }

    /// Declares an action.
    public init(
        _ verb: String,
        _ route: Route,
        past: String,
        options: [Option] = [],
        revealed: String? = nil,
        namedBy: String? = nil
    ) {
        self.verb = verb
        self.route = route
        self.past = past
        self.options = options
        self.revealed = revealed
        self.namedBy = namedBy
    }
}

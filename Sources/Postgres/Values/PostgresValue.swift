/// A parameter as it is sent: PostgreSQL's text form and the type it is declared as.
public struct PostgresValue: Sendable, Hashable {
    /// A type in PostgreSQL's catalogue (`pg_type.oid`).
    public struct TypeID: Sendable, Hashable, RawRepresentable {
        /// The object identifier.
        public var rawValue: UInt32
        /// Wraps an object identifier.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The server infers the type from where the parameter stands.
        public static let inferred = TypeID(rawValue: 0)
        /// `boolean`
        public static let bool = TypeID(rawValue: 16)
        /// `bytea`
        public static let bytea = TypeID(rawValue: 17)
        /// `bigint`
        public static let int8 = TypeID(rawValue: 20)
        /// `text`
        public static let text = TypeID(rawValue: 25)
        /// `double precision`
        public static let float8 = TypeID(rawValue: 701)
        /// `timestamp with time zone`
        public static let timestamptz = TypeID(rawValue: 1184)
        /// `uuid`
        public static let uuid = TypeID(rawValue: 2950)
        /// `jsonb`
        public static let jsonb = TypeID(rawValue: 3802)

        /// The type of an array of this type; `inferred` where it is not known here.
        var array: TypeID {
            switch self {
            case .bool: TypeID(rawValue: 1000)
            case .bytea: TypeID(rawValue: 1001)
            case .int8: TypeID(rawValue: 1016)
            case .text, .inferred: TypeID(rawValue: 1009)
            case .float8: TypeID(rawValue: 1022)
            case .timestamptz: TypeID(rawValue: 1185)
            case .uuid: TypeID(rawValue: 2951)
            case .jsonb: TypeID(rawValue: 3807)
            default: .inferred
            }
        }
    }

    /// The text form; `nil` is NULL.
    public var text: String?
    /// The declared type.
    public var type: TypeID

    /// Makes a parameter.
    ///
    /// - Parameters:
    ///   - text: the text form PostgreSQL reads; `nil` is NULL.
    ///   - type: the declared type; by default the server infers it.
    public init(text: String?, type: TypeID = .inferred) {
        self.text = text
        self.type = type
    }
}

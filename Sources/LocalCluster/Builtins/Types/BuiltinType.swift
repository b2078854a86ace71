import JSONValue

/// The type of a value of a built-in kind: what a Go type and its tags say.
indirect enum BuiltinType: Sendable, Hashable {
    /// Text.
    case string
    /// A truth value.
    case bool
    /// A whole number.
    case int
    /// Any number.
    case number
    /// An amount with a unit.
    case quantity
    /// A whole number or text.
    case intOrString
    /// A time with seconds.
    case time
    /// A time with microseconds.
    case microTime
    /// Bytes, as base64.
    case bytes
    /// Anything.
    case any
    /// A list.
    case list(BuiltinType, ListRule)
    /// An object with any names.
    case map(BuiltinType, isAtomic: Bool)
    /// A named type of the table.
    case named(String)

    /// How the elements of a list merge.
    enum ListRule: Sendable, Hashable {
        /// The list is one value.
        case atomic
        /// Elements are told apart by keys; the first one is the merge key of strategic merge patches.
        case keyed([String], defaults: [String: JSON])
        /// The elements are different from each other.
        case set
    }
}

/// A member of a built-in type.
struct BuiltinField: Sendable, Hashable {
    /// Whether the zero value is printed.
    enum Presence: Sendable, Hashable {
        /// Left out when it is the zero value (`omitempty` of a value).
        case omitZero
        /// Printed also when it is the zero value.
        case always
        /// Left out when it is not set; a zero value is a value (`omitempty` of a pointer).
        case pointer
        /// Printed as `null` when it is not set (a pointer without `omitempty`).
        case nullable
    }

    /// The name in JSON.
    var name: String
    /// Its type.
    var type: BuiltinType
    /// Whether the zero value is printed.
    var presence: Presence
    /// Whether the object is one value to field managers.
    var isAtomic: Bool
    /// Whether a strategic merge patch may say which members to keep.
    var retainsKeys: Bool
}

/// A named object type of the table.
struct BuiltinObjectType: Sendable, Hashable {
    /// Its name, as in `PodSpec`.
    var name: String
    /// Whether its values are one value to field managers wherever they stand.
    var isAtomic: Bool
    /// Its members by name.
    var fields: [String: BuiltinField]
}

/// Every built-in type by name.
enum BuiltinTypes {
    /// The table, read once from the listings of this folder.
    static let table: [String: BuiltinObjectType] = {
        var table: [String: BuiltinObjectType] = [:]
        for listing in [
            metadataTypes, podTypes, volumeTypes, podStatusTypes, coreTypes, workloadTypes, networkingTypes, clusterTypes, extensionTypes,
        ] {
            for type in BuiltinTypeListing.parse(listing) { table[type.name] = type }
        }
        return table
    }()

    /// The type of that name; one without members when there is none.
    static func type(_ name: String) -> BuiltinObjectType {
        table[name] ?? BuiltinObjectType(name: name, isAtomic: false, fields: [:])
    }
}

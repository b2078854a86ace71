import JSONValue

/// Fields that never change.
enum ImmutableFields {
    /// What is wrong with a change.
    ///
    /// - Parameter fields: dotted paths.
    static func errors(_ new: JSON, _ old: JSON, _ fields: [String]) -> [FieldError] {
        fields.compactMap { field in
            let path = field.split(separator: ".").map(String.init)
            let after = new[at: path]
            return after == old[at: path] ? nil : .immutable(field, after)
        }
    }
}

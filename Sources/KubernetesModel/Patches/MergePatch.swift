import JSONValue

/// JSON merge patch (RFC 7386): objects merge, `null` removes, all else replaces.
public enum MergePatch {
    /// The document with the patch applied.
    public static func apply(_ patch: JSON, to document: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = document.objectValue ?? [:]
        for (key, change) in changes {
            result[key] = change.isNull ? nil : apply(change, to: result[key] ?? .null)
        }
        return .object(result)
    }

    /// The smallest patch that turns one document into another; an empty object when they are equal.
    ///
    /// A `null` in the target that the source lacks cannot be expressed (RFC 7386 section 1) and is left out.
    public static func diff(from source: JSON, to target: JSON) -> JSON {
        guard case .object(let old) = source, case .object(let new) = target else { return target }
        var changes: [String: JSON] = [:]
        for (key, value) in new where old[key] != value {
            if let previous = old[key], previous.objectValue != nil, value.objectValue != nil {
                changes[key] = diff(from: previous, to: value)
            } else {
                changes[key] = value
            }
        }
        for key in old.keys where new[key] == nil { changes[key] = .null }
        return .object(changes)
    }
}

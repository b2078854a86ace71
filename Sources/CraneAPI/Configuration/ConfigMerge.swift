import JSONValue

/// Lays a tenant's settings over the platform's, member by member, without letting it touch what the platform relies on.
public enum ConfigMerge {
    /// What a tenant cannot change in `openclaw.json`: where the gateway listens and who may speak to it, the platform's model proxy, and
    /// where the workspace is.
    public static let protectedPaths: [[String]] = [
        ["gateway", "mode"], ["gateway", "port"], ["gateway", "bind"], ["gateway", "auth"],
        ["models", "mode"], ["models", "providers", "litellm-proxy"],
        ["agents", "defaults", "workspace"], ["agents", "defaults", "skipBootstrap"],
    ]

    /// The base with the overrides laid over it.
    ///
    /// Objects are merged, `null` removes a member, everything else replaces. A protected path keeps what the base says, also when that is
    /// nothing.
    /// - Parameters:
    ///   - overrides: what to lay over; anything but an object changes nothing.
    ///   - base: what lies below.
    ///   - paths: what cannot be changed.
    /// - Returns: the merged configuration and the paths of the overrides that were refused, sorted.
    public static func merge(
        _ overrides: JSON,
        over base: JSON,
        protecting paths: [[String]] = protectedPaths
    ) -> (config: JSON, refused: [[String]]) {
        var refused: [[String]] = []
        let config = merge(overrides, over: base, at: [], protecting: paths, refused: &refused)
        return (config, refused.sorted { $0.joined(separator: ".") < $1.joined(separator: ".") })
    }

    private static func merge(
        _ overrides: JSON,
        over base: JSON,
        at path: [String],
        protecting paths: [[String]],
        refused: inout [[String]]
    ) -> JSON {
        guard let members = overrides.objectValue else { return base }
        var result = base.objectValue ?? [:]
        for (key, value) in members {
            let place = path + [key]
            if paths.contains(place) {
                if base[key] != value { refused.append(place) }
                continue
            }
            // An object is entered, so that the protected parts in it stay and the rest is taken.
            let holdsProtected = paths.contains { $0.starts(with: place) }
            if value.objectValue != nil && (holdsProtected || result[key]?.objectValue != nil) {
                result[key] = merge(value, over: result[key] ?? [:], at: place, protecting: paths, refused: &refused)
            } else if holdsProtected {
                refused.append(place)
            } else {
                result[key] = value.isNull ? nil : value
            }
        }
        return .object(result)
    }
}

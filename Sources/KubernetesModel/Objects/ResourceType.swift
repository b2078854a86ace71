/// Group, version and kind: what an object says of itself in `apiVersion` and `kind`.
public struct GroupVersionKind: Sendable, Hashable, CustomStringConvertible {
    /// The API group; empty for the core group.
    public var group: String
    /// The version, as in `v1`.
    public var version: String
    /// The kind, as in `Deployment`.
    public var kind: String

    /// Makes a group, version and kind from its parts.
    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// Reads the `apiVersion` (`group/version`, or a version alone for the core group) of an object.
    public init(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            group: parts.count == 2 ? String(parts[0]) : "",
            version: String(parts.last ?? ""),
            kind: kind
        )
    }

    /// The text of the `apiVersion` field.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// For logs: `apps/v1 Deployment`.
    public var description: String { "\(apiVersion) \(kind)" }
}

/// A resource that an API server serves: what is needed to build its paths.
public struct ResourceType: Sendable, Hashable, CustomStringConvertible {
    /// The API group; empty for the core group.
    public var group: String
    /// The version, as in `v1`.
    public var version: String
    /// The kind, as in `Deployment`.
    public var kind: String
    /// The name in paths, as in `deployments`.
    public var plural: String
    /// Whether its objects live in namespaces.
    public var isNamespaced: Bool

    /// Describes a resource.
    public init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// The text of the `apiVersion` field of its objects.
    public var apiVersion: String { groupVersionKind.apiVersion }

    /// Its group, version and kind.
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }

    /// As `kubectl` names it: `deployments.apps`.
    public var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The path of the collection, or of all namespaces' objects when `namespace` is `nil`.
    ///
    /// - Parameter namespace: left out for resources that have no namespace.
    public func path(namespace: String?) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        guard isNamespaced, let namespace else { return "\(root)/\(plural)" }
        return "\(root)/namespaces/\(namespace)/\(plural)"
    }

    /// The path of one object, or of one of its subresources.
    public func path(namespace: String?, name: String, subresource: String? = nil) -> String {
        let object = "\(path(namespace: namespace))/\(name)"
        return subresource.map { "\(object)/\($0)" } ?? object
    }
}

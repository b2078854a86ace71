/// Some of the objects of a kind, as the API server had them at one version.
///
/// The objects of a namespace come one after the other in the order of their names, byte by byte, as API servers list them. In which order the
/// namespaces come does not matter.
public struct SourcePage: Sendable {
    /// The objects.
    public var objects: [ProjectedObject]
    /// The version of the list.
    public var resourceVersion: String
    /// The identity of the cluster, the uid of its namespace `kube-system`; `nil` when it is not known. That of the first page counts.
    public var cluster: String?
    /// What to give to get the page after this one; `nil` when there is none.
    public var next: String?

    /// Makes a page.
    public init(objects: [ProjectedObject], resourceVersion: String, cluster: String? = nil, next: String? = nil) {
        self.objects = objects
        self.resourceVersion = resourceVersion
        self.cluster = cluster
        self.next = next.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Lists the objects of a kind, in one namespace or in all (`nil`), a page at a time: the first (`nil`), or the one after another.
///
/// It throws ``SourceExpired`` when the version of the pages before is too old.
public typealias ProjectionSource = @Sendable (_ kind: ProjectedKind, _ namespace: String?, _ next: String?) async throws -> SourcePage

/// The version that the pages of a list are of is no longer known to the API server.
public struct SourceExpired: Error {
    /// Makes an error.
    public init() {}
}

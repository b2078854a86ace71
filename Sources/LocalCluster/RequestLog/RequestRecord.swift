/// One request as the log and the faults see it.
public struct RequestRecord: Sendable, Hashable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for other paths the lower-case method.
    public var verb: String
    /// Empty for the core group and for paths that are no resources.
    public var group: String
    /// The plural name; empty for paths that are no resources.
    public var resource: String
    /// As `status`; empty without one.
    public var subresource: String
    /// Empty for resources without namespaces, and for requests on all of them.
    public var namespace: String
    /// The object's name; empty for requests on collections.
    public var name: String
    /// The `User-Agent` header.
    public var userAgent: String
    /// Whether nothing was to be stored.
    public var isDryRun: Bool
    /// The answer's status; 0 while there is none, and when the connection was dropped.
    public var code: Int

    /// Describes a request.
    public init(
        verb: String,
        group: String = "",
        resource: String = "",
        subresource: String = "",
        namespace: String = "",
        name: String = "",
        userAgent: String = "",
        isDryRun: Bool = false,
        code: Int = 0
    ) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.userAgent = userAgent
        self.isDryRun = isDryRun
        self.code = code
    }

    /// Whether the request asks for a change (dry runs do not).
    public var isWrite: Bool {
        !isDryRun && ["create", "update", "patch", "delete", "deletecollection"].contains(verb)
    }
}

/// What a path below `/api` or `/apis/GROUP` asks for.
struct ResourceRequest: Sendable, Hashable {
    /// Empty for the core group.
    var group: String
    var version: String
    /// The plural name of the resource.
    var resource: String
    var namespace: String?
    var name: String?
    var subresource: String?

    init(group: String, version: String, resource: String, name: String?) {
        self.group = group
        self.version = version
        self.resource = resource
        self.name = name
    }

    /// Reads the parts of a path after the version; nil when there is no resource.
    ///
    /// `namespaces/NAME/status` and `namespaces/NAME/finalize` belong to the namespace itself; any other third part is a resource in it.
    init?(group: String, version: String, parts: ArraySlice<String>) {
        var parts = parts
        guard let first = parts.first else { return nil }
        self.group = group
        self.version = version
        let isOfNamespace =
            group.isEmpty && parts.count == 3 && ["status", "finalize"].contains(parts[parts.startIndex + 2])
        if first == "namespaces", parts.count > 2, !isOfNamespace {
            namespace = parts[parts.startIndex + 1]
            parts = parts.dropFirst(2)
        }
        resource = parts.removeFirst()
        name = parts.popFirst()
        subresource = parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// The verb as authorisation and the request log name it.
    func verb(method: String, isWatch: Bool) -> String {
        switch method {
        case "GET", "HEAD": name != nil ? "get" : (isWatch ? "watch" : "list")
        case "POST": "create"
        case "PUT": "update"
        case "PATCH": "patch"
        case "DELETE": name != nil ? "delete" : "deletecollection"
        default: method.lowercased()
        }
    }
}

/// What somebody wants to do, as rules of access control see it.
struct AccessAttributes: Sendable, Hashable {
    var verb: String
    /// Empty for the core group.
    var group = ""
    /// The plural name; empty for paths that are no resources.
    var resource = ""
    var subresource = ""
    /// Empty for resources without namespaces, and for requests on all of them.
    var namespace = ""
    /// Empty for collections and for new objects: their names are not known to the rules.
    var name = ""
    /// The path, when it is no resource.
    var path: String?

    /// `tenants/status`, as rules name it.
    var qualifiedResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    /// The sentence that tells somebody it is not allowed.
    func refusal(_ user: String) -> String {
        if let path { return "User \"\(user)\" cannot \(verb) path \"\(path)\"" }
        let place = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
        return "User \"\(user)\" cannot \(verb) resource \"\(qualifiedResource)\" in API group \"\(group)\" \(place)"
    }
}

extension AccessAttributes {
    /// What a request on resources asks for.
    ///
    /// A namespace is in itself, so that a Role in it may grant it. A list that selects one name asks for that object only.
    init(_ request: ResourceRequest, verb: String, query: QueryParameters) {
        self.init(
            verb: verb,
            group: request.group,
            resource: request.resource,
            subresource: request.subresource ?? "",
            namespace: request.namespace ?? "",
            name: request.name ?? ""
        )
        if request.group.isEmpty, request.resource == "namespaces" { namespace = name }
        if name.isEmpty, verb == "list" || verb == "watch", query["fieldSelector"] != nil {
            name = ObjectSelection.name(query) ?? ""
        }
    }
}

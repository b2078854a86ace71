import JSONValue
import KubernetesModel

/// The discovery documents: which groups, versions and resources there are.
struct DiscoveryDocuments: Sendable {
    /// The resources in the order of discovery.
    let resources: [ServedResource]
    /// `host:port` under which clients reach the server.
    let address: String

    /// `/api`.
    var coreVersions: JSON {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": .string(address)]],
        ]
    }

    /// `/apis`.
    var groupList: JSON {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { groupEntry($0) })]
    }

    /// `/apis/GROUP`; nil when there is no such group.
    func group(_ name: String) -> JSON? {
        guard groups.contains(name) else { return nil }
        var group = groupEntry(name)
        group["kind"] = "APIGroup"
        group["apiVersion"] = "v1"
        return group
    }

    /// `/api/v1` and `/apis/GROUP/VERSION`; nil when it is not served.
    func resourceList(group: String, version: String) -> JSON? {
        let members = resources.filter { $0.type.group == group && $0.type.version == version }
        guard let first = members.first else { return nil }
        var list: JSON = [
            "kind": "APIResourceList", "groupVersion": .string(first.type.apiVersion),
            "resources": .array(members.flatMap { resource in [entry(resource)] + subresources(resource) }),
        ]
        if !group.isEmpty { list["apiVersion"] = "v1" }
        return list
    }

    /// The groups with names, in the order of their first resource.
    private var groups: [String] {
        var seen: Set<String> = [""]
        return resources.compactMap { seen.insert($0.type.group).inserted ? $0.type.group : nil }
    }

    /// The versions of a group, the preferred one first.
    func versions(of group: String) -> [String] {
        var seen: Set<String> = []
        let versions = resources.filter { $0.type.group == group }.compactMap {
            seen.insert($0.type.version).inserted ? $0.type.version : nil
        }
        return versions.sorted { APIVersionPriority($0) < APIVersionPriority($1) }
    }

    private func groupEntry(_ name: String) -> JSON {
        let versions = versions(of: name).map { version -> JSON in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(name), "versions": .array(versions), "preferredVersion": versions.first ?? [:]]
    }

    private func entry(_ resource: ServedResource) -> JSON {
        let definition = resource.definition
        var entry: [String: JSON] = [
            "name": .string(resource.type.plural), "singularName": .string(definition.singular),
            "namespaced": .bool(resource.type.isNamespaced), "kind": .string(resource.type.kind),
            "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        entry.setUnlessEmpty("shortNames", .array(definition.shortNames.map { .string($0) }))
        entry.setUnlessEmpty("categories", .array(definition.categories.map { .string($0) }))
        if definition.verbs.contains("list") {
            entry["storageVersionHash"] = .string(StorageVersionHash.text(definition.storage))
        }
        return .object(entry)
    }

    private func subresources(_ resource: ServedResource) -> [JSON] {
        resource.definition.subresources.sorted { Self.rank($0) < Self.rank($1) }.map { name in
            let shape = SubresourceShape(name, of: resource)
            var entry: [String: JSON] = [
                "name": .string("\(resource.type.plural)/\(name)"), "singularName": "", "namespaced": .bool(resource.type.isNamespaced),
                "kind": .string(shape.type.kind), "verbs": .array(shape.verbs.map { .string($0) }),
            ]
            if shape.type.group != resource.type.group || shape.type.version != resource.type.version {
                entry.setUnlessEmpty("group", .string(shape.type.group))
                entry["version"] = .string(shape.type.version)
            }
            return .object(entry)
        }
    }

    private static func rank(_ subresource: String) -> String { subresource == "status" ? "" : subresource }
}

/// The kind and the verbs of a subresource.
struct SubresourceShape: Sendable {
    var type: ResourceType
    var verbs: [String]

    init(_ name: String, of resource: ServedResource) {
        type = resource.type
        switch name {
        case "scale":
            type = ResourceType(group: "autoscaling", version: "v1", kind: "Scale", plural: "scale", isNamespaced: true)
            verbs = ["get", "patch", "update"]
        case "token":
            type = ResourceType(
                group: "authentication.k8s.io",
                version: "v1",
                kind: "TokenRequest",
                plural: "token",
                isNamespaced: true
            )
            verbs = ["create"]
        case "eviction":
            type = ResourceType(group: "policy", version: "v1", kind: "Eviction", plural: "eviction", isNamespaced: true)
            verbs = ["create"]
        case "binding":
            type = ResourceType(group: "", version: "v1", kind: "Binding", plural: "binding", isNamespaced: true)
            verbs = ["create"]
        case "finalize": verbs = ["update"]
        case "log": verbs = ["get"]
        default: verbs = ["get", "patch", "update"]
        }
    }
}

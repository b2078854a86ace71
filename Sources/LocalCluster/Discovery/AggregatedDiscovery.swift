import JSONValue
import KubernetesModel

/// All groups, versions and resources in one document (KEP-3352), in `v2` and `v2beta1`.
struct AggregatedDiscovery: Sendable {
    let documents: DiscoveryDocuments

    static let mediaType = "application/json;g=apidiscovery.k8s.io;v=%@;as=APIGroupDiscoveryList"

    /// The version that an `Accept` header asks for; nil when it does not ask for this form.
    static func version(accept: String?) -> String? {
        for entry in (accept ?? "").split(separator: ",") {
            let media = MediaType(entry)
            guard media.type == "application/json", media.parameters["g"] == "apidiscovery.k8s.io",
                media.parameters["as"] == "APIGroupDiscoveryList", let version = media.parameters["v"]
            else { continue }
            if version == "v2" || version == "v2beta1" { return version }
        }
        return nil
    }

    /// - Parameter isCore: Whether the core group is described (`/api`), or the others (`/apis`).
    func document(version: String, isCore: Bool) -> JSON {
        var groups: [String] = []
        for resource in documents.resources where resource.type.group.isEmpty == isCore && !groups.contains(resource.type.group) {
            groups.append(resource.type.group)
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
            "items": .array(groups.map { group($0) }),
        ]
    }

    private func group(_ name: String) -> JSON {
        let versions = documents.versions(of: name).map { version -> JSON in
            let members = documents.resources.filter { $0.type.group == name && $0.type.version == version }
            return [
                "version": .string(version), "freshness": "Current",
                "resources": .array(members.filter { !$0.definition.verbs.isEmpty }.map { resource($0) }),
            ]
        }
        var metadata: [String: JSON] = ["creationTimestamp": .null]
        if !name.isEmpty { metadata["name"] = .string(name) }
        return ["metadata": .object(metadata), "versions": .array(versions)]
    }

    private func resource(_ resource: ServedResource) -> JSON {
        let definition = resource.definition
        var entry: [String: JSON] = [
            "resource": .string(resource.type.plural), "responseKind": Self.kind(resource.type),
            "scope": resource.type.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(definition.singular),
            "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        entry.setUnlessEmpty("shortNames", .array(definition.shortNames.map { .string($0) }))
        entry.setUnlessEmpty("categories", .array(definition.categories.map { .string($0) }))
        let subresources = definition.subresources.sorted().map { name -> JSON in
            let shape = SubresourceShape(name, of: resource)
            return [
                "subresource": .string(name), "responseKind": Self.kind(shape.type), "verbs": .array(shape.verbs.map { .string($0) }),
            ]
        }
        entry.setUnlessEmpty("subresources", .array(subresources))
        return .object(entry)
    }

    private static func kind(_ type: ResourceType) -> JSON {
        ["group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind)]
    }
}

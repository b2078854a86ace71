import JSONValue
import KubernetesModel

/// Reads what API servers say of themselves.
enum DiscoveryDocuments {
    /// Asks for everything in two answers (aggregated discovery, KEP-3352); servers without it answer as ever.
    static let accept =
        ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
        .joined(separator: ",") + ",application/json"

    /// The resources of one group and version, of an `APIResourceList`.
    static func resources(_ json: JSON, groupVersion: String) -> [DiscoveredResource] {
        let entries = json["resources"]?.arrayValue ?? []
        var subresources: [String: [String]] = [:]
        for entry in entries {
            let parts = (entry["name"]?.stringValue ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            if parts.count == 2 { subresources[parts[0], default: []].append(parts[1]) }
        }
        return entries.compactMap { entry in
            guard let name = entry["name"]?.stringValue, !name.contains("/"), let kind = entry["kind"]?.stringValue else { return nil }
            let group = GroupVersionKind(apiVersion: groupVersion, kind: kind)
            return DiscoveredResource(
                type: ResourceType(
                    group: group.group,
                    version: group.version,
                    kind: kind,
                    plural: name,
                    isNamespaced: entry["namespaced"]?.boolValue ?? false
                ),
                verbs: texts(entry["verbs"]),
                subresources: (subresources[name] ?? []).sorted(),
                shortNames: texts(entry["shortNames"]),
                singular: entry["singularName"]?.stringValue ?? "",
                categories: texts(entry["categories"])
            )
        }
    }

    /// The groups of an `APIGroupDiscoveryList`, each with its versions and their resources; `nil` when it is none.
    static func groups(_ json: JSON) -> [DiscoveredGroup]? {
        guard json["kind"]?.stringValue == "APIGroupDiscoveryList" else { return nil }
        return (json["items"]?.arrayValue ?? []).map { item in
            let name = item[at: ["metadata", "name"]]?.stringValue ?? ""
            let versions = (item["versions"]?.arrayValue ?? []).compactMap { entry -> DiscoveredGroup.Version? in
                guard let version = entry["version"]?.stringValue else { return nil }
                let resources = (entry["resources"]?.arrayValue ?? []).compactMap { resource($0, group: name, version: version) }
                return DiscoveredGroup.Version(
                    groupVersion: name.isEmpty ? version : "\(name)/\(version)",
                    resources: resources,
                    isStale: entry["freshness"]?.stringValue == "Stale"
                )
            }
            return DiscoveredGroup(name: name, versions: versions)
        }
    }

    private static func resource(_ json: JSON, group: String, version: String) -> DiscoveredResource? {
        guard let plural = json["resource"]?.stringValue, let kind = json[at: ["responseKind", "kind"]]?.stringValue, !kind.isEmpty else {
            return nil
        }
        return DiscoveredResource(
            type: ResourceType(
                group: group,
                version: version,
                kind: kind,
                plural: plural,
                isNamespaced: json["scope"]?.stringValue == "Namespaced"
            ),
            verbs: texts(json["verbs"]),
            subresources: (json["subresources"]?.arrayValue ?? []).compactMap { $0["subresource"]?.stringValue }.sorted(),
            shortNames: texts(json["shortNames"]),
            singular: json["singularResource"]?.stringValue ?? "",
            categories: texts(json["categories"])
        )
    }

    private static func texts(_ json: JSON?) -> [String] { json?.arrayValue?.compactMap(\.stringValue) ?? [] }
}

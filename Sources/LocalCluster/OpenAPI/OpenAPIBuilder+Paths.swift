import JSONValue
import KubernetesModel

extension OpenAPIBuilder {
    /// The paths of resources; clients look there for the parameters a server understands.
    func paths(_ members: [ServedResource], _ version: Version) -> [String: JSON] {
        var paths: [String: JSON] = [:]
        for resource in members {
            let type = resource.type
            let root = type.group.isEmpty ? "/api/\(type.version)" : "/apis/\(type.group)/\(type.version)"
            let collection = type.isNamespaced ? "\(root)/namespaces/{namespace}/\(type.plural)" : "\(root)/\(type.plural)"
            let verbs = resource.definition.verbs
            var many: [String: JSON] = [:]
            if verbs.contains("list") { many["get"] = operation(resource, "list", Self.listParameters, version) }
            if verbs.contains("create") { many["post"] = operation(resource, "post", Self.writeParameters, version) }
            if verbs.contains("deletecollection") {
                many["delete"] = operation(resource, "deletecollection", Self.listParameters, version)
            }
            paths[collection] = .object(many)
            guard verbs.contains("get") else { continue }
            var one: [String: JSON] = ["get": operation(resource, "get", [], version)]
            if verbs.contains("update") { one["put"] = operation(resource, "put", Self.writeParameters, version) }
            if verbs.contains("patch") { one["patch"] = operation(resource, "patch", Self.writeParameters + ["force"], version) }
            if verbs.contains("delete") {
                one["delete"] = operation(resource, "delete", ["dryRun", "gracePeriodSeconds", "propagationPolicy"], version)
            }
            paths["\(collection)/{name}"] = .object(one)
        }
        return paths
    }

    private static let writeParameters = ["dryRun", "fieldManager", "fieldValidation"]
    private static let listParameters = [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch",
        "sendInitialEvents", "timeoutSeconds", "watch",
    ]
    private static let booleans: Set<String> = ["allowWatchBookmarks", "force", "sendInitialEvents", "watch"]
    private static let integers: Set<String> = ["gracePeriodSeconds", "limit", "timeoutSeconds"]

    private func operation(_ resource: ServedResource, _ action: String, _ parameters: [String], _ version: Version) -> JSON {
        let type = resource.type
        return [
            "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": [
                "group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind),
            ],
            "parameters": .array(parameters.map { parameter($0, version) }), "responses": ["200": ["description": "OK"]],
        ]
    }

    private func parameter(_ name: String, _ version: Version) -> JSON {
        let type: JSON = Self.booleans.contains(name) ? "boolean" : Self.integers.contains(name) ? "integer" : "string"
        var parameter: JSON = ["name": .string(name), "in": "query"]
        if version == .v2 { parameter["type"] = type } else { parameter["schema"] = ["type": type] }
        return parameter
    }
}

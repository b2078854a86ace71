import JSONValue
import KubernetesModel

/// Makes OpenAPI documents of what the server serves: schemas of all kinds, and the paths with their parameters.
struct OpenAPIBuilder: Sendable {
    enum Version: Sendable { case v2, v3 }

    let resources: [ServedResource]
    /// The schema of a custom resource by the name of its definition and the version.
    let customSchema: @Sendable (_ definition: String, _ version: String) -> JSON?

    /// `/openapi/v3`: the documents of all group versions.
    ///
    /// - Parameter hash: Changes with the resources, so that clients may cache.
    func index(hash: String) -> JSON {
        var paths: [String: JSON] = [:]
        for resource in resources {
            let path = Self.root(resource.type)
            paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(hash)")]
        }
        return ["paths": .object(paths)]
    }

    /// The OpenAPI 3.0 document of one group version; nil when it is not served.
    func v3(group: String, version: String) -> JSON? {
        let members = resources.filter { $0.type.group == group && $0.type.version == version }
        guard !members.isEmpty else { return nil }
        return [
            "openapi": "3.0.0", "info": Self.info, "paths": .object(paths(members, .v3)),
            "components": ["schemas": .object(schemas(members, .v3))],
        ]
    }

    /// The OpenAPI 2.0 document of everything.
    func v2() -> JSON {
        [
            "swagger": "2.0", "info": Self.info, "paths": .object(paths(resources, .v2)),
            "definitions": .object(schemas(resources, .v2)),
        ]
    }

    private static let info: JSON = ["title": "Kubernetes", "version": "v1.32.0"]

    private static func root(_ type: ResourceType) -> String {
        type.group.isEmpty ? "api/\(type.version)" : "apis/\(type.group)/\(type.version)"
    }

    // MARK: Schemas

    private func schemas(_ members: [ServedResource], _ version: Version) -> [String: JSON] {
        var types: Set<String> = ["ObjectMeta"]
        var kinds: [String: JSON] = [:]
        for resource in members {
            if let definition = resource.definitionName {
                kinds[schemaName(resource)] = custom(resource, definition: definition, version)
            } else if BuiltinTypes.table[typeName(resource)] != nil {
                types.insert(typeName(resource))
            }
        }
        var schemas = BuiltinSchemas.closure(of: types)
        for resource in members where resource.definitionName == nil {
            let name = BuiltinSchemas.name(typeName(resource))
            guard var schema = schemas[name] else { continue }
            Self.addTypeMeta(&schema)
            var gvks = schema["x-kubernetes-group-version-kind"]?.arrayValue ?? []
            gvks.append(Self.gvk(resource.type))
            schema["x-kubernetes-group-version-kind"] = .array(gvks)
            schemas[name] = schema
        }
        schemas.merge(kinds) { $1 }
        let place = version == .v2 ? "definitions" : "components/schemas"
        return schemas.mapValues { Self.resolved($0, place: place) }
    }

    private func typeName(_ resource: ServedResource) -> String {
        (resource.strategy as? BuiltinStrategy)?.kind.typeName ?? resource.type.kind
    }

    private func schemaName(_ resource: ServedResource) -> String {
        guard resource.isCustom else { return BuiltinSchemas.name(typeName(resource)) }
        let group = resource.type.group.split(separator: ".").reversed().joined(separator: ".")
        return "\(group).\(resource.type.version).\(resource.type.kind)"
    }

    private func custom(_ resource: ServedResource, definition: String, _ version: Version) -> JSON {
        var schema = customSchema(definition, resource.type.version) ?? ["type": "object"]
        if version == .v2 { schema = SwaggerSchema.reduced(schema) }
        if schema["type"] == nil { schema["type"] = "object" }
        Self.addTypeMeta(&schema)
        schema[at: ["properties", "metadata"]] = ["$ref": .string("#/REF/" + BuiltinSchemas.name("ObjectMeta"))]
        schema["x-kubernetes-group-version-kind"] = [Self.gvk(resource.type)]
        return schema
    }

    private static func addTypeMeta(_ schema: inout JSON) {
        schema[at: ["properties", "apiVersion"]] = ["type": "string"]
        schema[at: ["properties", "kind"]] = ["type": "string"]
    }

    private static func gvk(_ type: ResourceType) -> JSON {
        ["group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind)]
    }

    private static func resolved(_ json: JSON, place: String) -> JSON {
        switch json {
        case .array(let elements): return .array(elements.map { resolved($0, place: place) })
        case .object(let members):
            if case .string(let reference)? = members["$ref"], reference.hasPrefix("#/REF/") {
                return ["$ref": .string("#/\(place)/" + reference.dropFirst("#/REF/".count))]
            }
            return .object(members.mapValues { resolved($0, place: place) })
        default: return json
        }
    }
}

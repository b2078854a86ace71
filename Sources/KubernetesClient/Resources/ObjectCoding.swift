import JSONValue
import KubernetesModel

/// Turns JSON into objects and back.
enum ObjectCoding {
    /// An object of a server's answer.
    ///
    /// - Throws: ``KubernetesError`` with code `decoding` that names the object.
    static func decode<Object: KubernetesObject>(_ json: JSON, as type: Object.Type, resource: ResourceType) throws -> Object {
        var json = json
        name(&json, resource: resource)
        if let dynamic = DynamicObject(json) as? Object { return dynamic }
        do {
            return try json.decode(type)
        } catch {
            let name = json[at: ["metadata", "name"]]?.stringValue ?? "without a name"
            throw KubernetesError(.decoding, "The server sent \(resource.kind) \(name) in a form that \(type) cannot read", cause: error)
        }
    }

    /// The JSON of an object, with `apiVersion` and `kind`, in the given namespace unless it names its own.
    ///
    /// - Throws: ``KubernetesError`` with code `invalidRequest` when it cannot be encoded.
    static func encode<Object: KubernetesObject>(_ object: Object, resource: ResourceType, namespace: String?) throws -> JSON {
        var json: JSON
        if let dynamic = object as? DynamicObject {
            json = dynamic.json
        } else {
            do {
                json = try JSON(encoding: object)
            } catch {
                throw KubernetesError(.invalidRequest, "The \(resource.kind) \(object.key) cannot be encoded", cause: error)
            }
        }
        complete(&json, resource: resource, namespace: namespace)
        return json
    }

    /// Sets `apiVersion`, `kind` and namespace where they are missing.
    static func complete(_ json: inout JSON, resource: ResourceType, namespace: String?) {
        if json["apiVersion"] == nil { json["apiVersion"] = .string(resource.apiVersion) }
        if json["kind"] == nil { json["kind"] = .string(resource.kind) }
        if resource.isNamespaced, let namespace, json[at: ["metadata", "namespace"]] == nil {
            json[at: ["metadata", "namespace"]] = .string(namespace)
        }
    }

    /// Gives metadata without its object the object's own `apiVersion` and `kind`.
    private static func name(_ json: inout JSON, resource: ResourceType) {
        guard json["kind"]?.stringValue == "PartialObjectMetadata", resource.kind != "PartialObjectMetadata" else { return }
        json["apiVersion"] = .string(resource.apiVersion)
        json["kind"] = .string(resource.kind)
    }

    /// A list's metadata and items. Items lack `apiVersion` and `kind`, because the list says them for all.
    static func list(_ json: JSON, resource: ResourceType) throws -> (ListMeta, [JSON]) {
        guard var items = json["items"]?.arrayValue ?? (json["items"]?.isNull == true ? [] : nil) else {
            throw KubernetesError(.decoding, "The server answered a list of \(resource) without items")
        }
        for index in items.indices { complete(&items[index], resource: resource, namespace: nil) }
        let metadata = (try? json["metadata"]?.decode(ListMeta.self)) ?? ListMeta()
        return (metadata, items)
    }
}

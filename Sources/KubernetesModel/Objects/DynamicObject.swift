import JSONValue

/// An object of any kind, kept as JSON.
public struct DynamicObject: KubernetesObject, Hashable {
    /// The whole object.
    public var json: JSON

    /// Wraps an object.
    public init(_ json: JSON) { self.json = json }

    /// Makes an empty object of a resource.
    public init(_ type: ResourceType, metadata: ObjectMeta) {
        json = ["apiVersion": .string(type.apiVersion), "kind": .string(type.kind)]
        self.metadata = metadata
    }

    /// Reads any object.
    public init(from decoder: any Decoder) throws { json = try JSON(from: decoder) }

    /// Writes the object as it is.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    /// The `apiVersion` field; empty when missing.
    public var apiVersion: String { json["apiVersion"]?.stringValue ?? "" }

    /// The `kind` field; empty when missing.
    public var kind: String { json["kind"]?.stringValue ?? "" }

    /// The metadata. Malformed members read as absent; setting it keeps what ``ObjectMeta`` does not know.
    public var metadata: ObjectMeta {
        get { (try? json["metadata"]?.decode(ObjectMeta.self)) ?? ObjectMeta() }
        set {
            guard let encoded = try? JSON(encoding: newValue).objectValue else { return }
            var members = json["metadata"]?.objectValue ?? [:]
            for key in ObjectMeta.memberNames { members[key] = encoded[key] }
            json["metadata"] = .object(members)
        }
    }

    /// The key, without decoding all the metadata.
    public var key: ObjectKey {
        ObjectKey(namespace: json[at: ["metadata", "namespace"]]?.stringValue, name: json[at: ["metadata", "name"]]?.stringValue ?? "")
    }

    /// A top-level member.
    public subscript(_ member: String) -> JSON? {
        get { json[member] }
        set { json[member] = newValue }
    }
}

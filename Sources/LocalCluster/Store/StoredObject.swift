import JSONValue

/// One revision of an object. It is serialised once, and the bytes are shared by every list, watch and get that returns it.
final class StoredObject: Sendable {
    /// `plural.group`, or `plural` in the core group: all versions of a resource share it.
    let resource: String
    let key: StoreKey
    /// The store's revision at which this state was written; equal to `metadata.resourceVersion`.
    let revision: Int64
    let json: JSON
    /// `json` serialised without `apiVersion` and `kind`: those differ between versions, and items of typed lists have none.
    let body: [UInt8]

    /// - Parameter json: The object; its `resourceVersion` is set here.
    init(resource: String, key: StoreKey, revision: Int64, json: JSON) {
        var json = json
        json[at: ["metadata", "resourceVersion"]] = .string(String(revision))
        self.resource = resource
        self.key = key
        self.revision = revision
        self.json = json
        self.body = Self.body(json)
    }

    /// The serialised form without `apiVersion` and `kind`.
    static func body(_ json: JSON) -> [UInt8] {
        var json = json
        json["apiVersion"] = nil
        json["kind"] = nil
        return json.serialized()
    }

    var metadata: JSON { json["metadata"] ?? .object([:]) }
    var uid: String { ObjectFields.uid(json) }
    var isDeleting: Bool { ObjectFields.isDeleting(json) }
}

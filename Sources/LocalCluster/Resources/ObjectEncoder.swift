import JSONValue
import KubernetesModel
import NIOCore

/// Writes objects out of their shared bytes.
enum ObjectEncoder {
    /// Appends an object in the served version.
    ///
    /// - Parameter hasTypeMeta: Whether `apiVersion` and `kind` are written; items of typed lists have none.
    static func append(_ object: StoredObject, _ served: ServedResource, hasTypeMeta: Bool, to buffer: inout ByteBuffer) {
        let body = served.needsConversion(object) ? StoredObject.body(served.served(object)) : object.body
        append(body: body, served, hasTypeMeta: hasTypeMeta, to: &buffer)
    }

    static func append(body: [UInt8], _ served: ServedResource, hasTypeMeta: Bool, to buffer: inout ByteBuffer) {
        guard hasTypeMeta else {
            buffer.writeBytes(body)
            return
        }
        buffer.writeString("{\"apiVersion\":\"\(served.type.apiVersion)\",\"kind\":\"\(served.type.kind)\"")
        if body.count > 2 { buffer.writeString(",") }
        buffer.writeBytes(body.dropFirst())
    }

    /// A list: custom resources keep the type of every item, and an empty `continue`, as the API server's generic lists do.
    static func list(_ objects: [StoredObject], _ served: ServedResource, metadata: JSON) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(objects.reduce(256) { $0 + $1.body.count + 80 })
        buffer.writeString(
            "{\"apiVersion\":\"\(served.type.apiVersion)\",\"kind\":\"\(served.definition.listKind)\",\"metadata\":"
        )
        buffer.writeBytes(metadata.serialized())
        buffer.writeString(",\"items\":[")
        for (index, object) in objects.enumerated() {
            if index > 0 { buffer.writeString(",") }
            append(object, served, hasTypeMeta: served.isCustom, to: &buffer)
        }
        buffer.writeString("]}\n")
        return buffer
    }
}

import JSONValue
import KubernetesModel
import NIOCore

/// Reads the lines of a watch.
enum WatchEventDecoding {
    /// One event, with the object still as JSON.
    ///
    /// - Throws: ``KubernetesError`` with code `decoding` when the line is no event.
    static func event(line: ByteBuffer, resource: ResourceType) throws -> WatchEvent<DynamicObject> {
        let json: JSON
        do {
            json = try line.withUnsafeReadableBytes { (bytes: UnsafeRawBufferPointer) throws -> JSON in try JSON(parsing: bytes) }
        } catch {
            throw KubernetesError(.decoding, "The watch of \(resource) sent a line that is no JSON", cause: error)
        }
        guard let object = json["object"], let type = json["type"]?.stringValue else {
            throw KubernetesError(.decoding, "The watch of \(resource) sent a line without type and object")
        }
        switch type {
        case "ADDED": return .added(DynamicObject(object))
        case "MODIFIED": return .modified(DynamicObject(object))
        case "DELETED": return .deleted(DynamicObject(object))
        case "BOOKMARK":
            guard let version = object[at: ["metadata", "resourceVersion"]]?.stringValue else {
                throw KubernetesError(.decoding, "The watch of \(resource) sent a bookmark without a version")
            }
            let ends = object[at: ["metadata", "annotations", "k8s.io/initial-events-end"]]?.stringValue == "true"
            return .bookmark(resourceVersion: version, initialEventsEnd: ends)
        case "ERROR":
            let status = try? object.decode(Status.self)
            return .error(status ?? Status(code: 500, reason: "InternalError", message: "The watch ended with an error without a status"))
        default: throw KubernetesError(.decoding, "The watch of \(resource) sent an event of the unknown type \(type)")
        }
    }
}

extension WatchEvent {
    /// The same event with its object changed.
    func mapObject<Other: Sendable>(_ transform: (Object) throws -> Other) rethrows -> WatchEvent<Other> {
        switch self {
        case .added(let object): .added(try transform(object))
        case .modified(let object): .modified(try transform(object))
        case .deleted(let object): .deleted(try transform(object))
        case .bookmark(let version, let ends): .bookmark(resourceVersion: version, initialEventsEnd: ends)
        case .error(let status): .error(status)
        }
    }
}

import JSONValue
import KubernetesModel
import NIOCore

/// Reads the lines of a watch.
enum WatchEventDecoding {
    /// What a line is.
    enum Line: Sendable {
        /// One event, with the object still as JSON.
        case event(WatchEvent<DynamicObject>)
        /// An event that this client does not know: of a type that came later, or without what it needs.
        case unknown(String)
    }

    /// Reads a line.
    ///
    /// - Throws: ``KubernetesError`` with code `decoding` when the line is no event.
    static func line(_ line: ByteBuffer, resource: ResourceType) throws -> Line {
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
        case "ADDED": return .event(.added(DynamicObject(object)))
        case "MODIFIED": return .event(.modified(DynamicObject(object)))
        case "DELETED": return .event(.deleted(DynamicObject(object)))
        case "BOOKMARK":
            guard let version = object[at: ["metadata", "resourceVersion"]]?.stringValue, !version.isEmpty else {
                return .unknown("a bookmark without a version")
            }
            let ends = object[at: ["metadata", "annotations", "k8s.io/initial-events-end"]]?.stringValue == "true"
            return .event(.bookmark(resourceVersion: version, initialEventsEnd: ends))
        case "ERROR":
            let status = try? object.decode(Status.self)
            let nameless = Status(code: 500, reason: "InternalError", message: "The watch ended with an error without a status")
            return .event(.error(status ?? nameless))
        default: return .unknown("an event of the unknown type \(type.prefix(40))")
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

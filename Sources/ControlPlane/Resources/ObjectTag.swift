import HTTPOperations
import KubernetesModel
import Projection

/// The version of an object as `ETag` writes it: unique id, generation, version.
///
/// A read is current when all of it is: it shows the status. A write meets `If-Match` when id and generation are: what the operator notes in
/// the status does not stand in the way of whoever changes the desired state.
struct ObjectTag: Sendable, Hashable {
    let uid: String
    let generation: Int64
    let resourceVersion: String

    /// The version of an object.
    init(_ metadata: ObjectMeta) {
        self.init(uid: metadata.uid, generation: metadata.generation, resourceVersion: metadata.resourceVersion)
    }

    /// The version a row shows.
    init(_ row: RowMetadata) {
        self.init(uid: row.uid, generation: row.generation, resourceVersion: row.resourceVersion)
    }

    /// The version of what is known of an object.
    init(_ state: ObjectState) {
        self.init(uid: state.uid, generation: state.generation, resourceVersion: state.resourceVersion)
    }

    private init(uid: String?, generation: Int64?, resourceVersion: String?) {
        self.uid = uid ?? ""
        self.generation = generation ?? 0
        self.resourceVersion = resourceVersion ?? ""
    }

    /// The tag that is sent.
    var entityTag: EntityTag { EntityTag("\(uid).\(generation).\(resourceVersion)") }

    /// Whether an `If-Match` header names this object and generation. Without the header, and with `*`: yes.
    func satisfies(ifMatch header: String?) -> Bool {
        guard let header else { return true }
        let demanded = header.split(separator: ",").map { item -> String in
            let text = item.filter { $0 != " " && $0 != "\t" }
            guard text.hasPrefix("\""), text.hasSuffix("\""), let end = text.lastIndex(of: ".") else { return text }
            return text[..<end] + "\""
        }
        return EntityTag("\(uid).\(generation)").matches(ifMatch: demanded.joined(separator: ", "))
    }
}

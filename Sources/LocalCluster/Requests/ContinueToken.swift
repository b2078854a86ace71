import Foundation
import JSONValue

/// Where the next page of a list begins. Opaque to clients; the same page always has the same token.
struct ContinueToken: Sendable, Hashable {
    /// The revision of the first page; -1: of the present state, after the first page's has expired.
    var revision: Int64
    /// The last object of the page before.
    var last: StoreKey

    func text(namespaced: Bool) -> String {
        let start = namespaced ? last.name : last.description
        let json: JSON = ["v": "meta.k8s.io/v1", "rv": .integer(revision), "start": .string(start + "\0")]
        return Base64URL.encode(json.serialized())
    }

    init(revision: Int64, last: StoreKey) {
        self.revision = revision
        self.last = last
    }

    /// - Parameter namespace: The namespace that is listed; nil for all, or for a cluster-scoped resource.
    init(parsing text: String, namespace: String?, isNamespaced: Bool) throws(APIError) {
        guard let bytes = Base64URL.decode(text), let json = try? JSON(parsing: bytes), json["v"] == "meta.k8s.io/v1",
            let revision = json["rv"]?.integerValue, var start = json["start"]?.stringValue, start.hasSuffix("\0")
        else { throw .badRequest("invalid continue token: continue key is not valid: it was not made by this server") }
        start.removeLast()
        self.revision = revision
        if !isNamespaced {
            last = StoreKey(namespace: "", name: start)
        } else if let namespace {
            last = StoreKey(namespace: namespace, name: start)
        } else {
            let parts = start.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw .badRequest("invalid continue token: continue key is not valid: it belongs to another list")
            }
            last = StoreKey(namespace: parts[0], name: parts[1])
        }
    }
}

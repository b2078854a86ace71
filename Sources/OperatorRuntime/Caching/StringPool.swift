import KubernetesModel

/// Lets objects share the texts that they have in common, as the keys of labels: most of the memory of small metadata is such texts.
///
/// It holds a bounded number of texts and forgets one for another that falls on the same place.
struct StringPool: Sendable {
    /// Shorter texts need no memory of their own in Swift.
    private static let shortest = 16
    /// Longer ones are hardly ever the same.
    private static let longest = 256

    private var places: [String]

    /// - Parameter size: how many texts it holds; a power of two.
    init(size: Int = 1024) { places = Array(repeating: "", count: size) }

    /// A text that is the same, and perhaps in memory already.
    mutating func shared(_ text: String) -> String {
        guard (Self.shortest...Self.longest).contains(text.utf8.count) else { return text }
        let place = text.hashValue & (places.count - 1)
        if places[place] == text { return places[place] }
        places[place] = text
        return text
    }

    mutating func shared(_ texts: [String: String]) -> [String: String] {
        guard !texts.isEmpty else { return [:] }
        // As large as needed, which a dictionary that grew is not.
        var result = [String: String](minimumCapacity: texts.count)
        for (key, value) in texts { result[shared(key)] = shared(value) }
        return result
    }

    /// Shares the texts of an object's metadata.
    mutating func share<Object: KubernetesObject>(_ object: inout Object) {
        // Its metadata would have to be read from JSON and written back.
        guard !(object is DynamicObject) else { return }
        var metadata = object.metadata
        metadata.namespace = metadata.namespace.map { shared($0) }
        metadata.labels = shared(metadata.labels)
        metadata.annotations = shared(metadata.annotations)
        for index in metadata.finalizers.indices { metadata.finalizers[index] = shared(metadata.finalizers[index]) }
        for index in metadata.ownerReferences.indices {
            metadata.ownerReferences[index].apiVersion = shared(metadata.ownerReferences[index].apiVersion)
            metadata.ownerReferences[index].kind = shared(metadata.ownerReferences[index].kind)
            metadata.ownerReferences[index].name = shared(metadata.ownerReferences[index].name)
            metadata.ownerReferences[index].uid = shared(metadata.ownerReferences[index].uid)
        }
        object.metadata = metadata
    }
}

import HashTreeCollections
import KubernetesModel

/// What single events of a watch do to a store. Nothing that comes twice or too late sets an object back.
extension StoreSnapshot {
    /// Takes an object in.
    ///
    /// - Parameters:
    ///   - uid: its identity; empty when it is not known.
    ///   - entry: the object; `nil` when it could not be read.
    /// - Returns: what handlers are told.
    mutating func upsert(_ key: ObjectKey, uid: String, _ entry: Entry?) -> [InformerEvent<Object>] {
        let known = entries[key]
        let isOther = known.map { !$0.uid.isEmpty && !uid.isEmpty && $0.uid != uid } ?? false
        guard let entry else {
            // What is known of an object that cannot be read any more is kept, but not for another of the same name.
            guard isOther, let gone = remove(key) else { return [] }
            return [.deleted(gone.object)]
        }
        if let new = UInt64(entry.version) {
            // A watch tells what is newer than where it began, so this came before.
            if let reached = resourceVersion.flatMap(UInt64.init), new < reached { return [] }
            if let old = known.flatMap({ UInt64($0.version) }), new <= old { return [] }
        }
        set(key, entry)
        guard let known else { return [.added(entry.object, isInitial: false)] }
        if isOther { return [.deleted(known.object), .added(entry.object, isInitial: false)] }
        return [.updated(old: known.object, new: entry.object, isResync: false)]
    }

    /// Takes an object out.
    ///
    /// - Parameters:
    ///   - uid: its identity; empty when it is not known.
    ///   - version: the version of its deletion.
    ///   - last: its last state; `nil` when it could not be read.
    /// - Returns: what handlers are told.
    mutating func delete(_ key: ObjectKey, uid: String, version: String, last: Entry?) -> [InformerEvent<Object>] {
        guard let known = entries[key] else { return [] }
        let isOther = !known.uid.isEmpty && !uid.isEmpty && known.uid != uid
        if let old = UInt64(known.version), let gone = UInt64(version), gone < old || (isOther && gone == old) {
            // An earlier object of the same name went, or this one left the selection before it came back.
            return []
        }
        _ = remove(key)
        return [.deleted(isOther ? known.object : last?.object ?? known.object)]
    }
}

import Crypto
import JSONValue
import KubernetesModel

/// Remembers what was applied and what came of it, for a bounded number of objects.
struct AppliedMemory: Sendable {
    /// An object of a resource.
    struct Subject: Hashable, Sendable {
        var type: ResourceType
        var key: ObjectKey
        var subresource: String?
    }

    /// What is known of one object.
    struct Record: Sendable {
        /// Of what was applied.
        var desired: Fingerprint
        /// Of what the object had afterwards in the same places.
        var result: Fingerprint
        /// Where the server keeps an object as one value, so that members of others count as changes.
        var atomic: Set<[String]>
        /// Of the fields that the manager owned then; `nil` when the server did not say.
        var owned: Fingerprint?
        var uid: String?
        var version: String?
    }

    /// Equal for equal JSON.
    struct Fingerprint: Hashable, Sendable {
        private let digest: SHA256.Digest

        init(_ json: JSON) { digest = SHA256.hash(data: json.serialized()) }
    }

    private let limit: Int
    private var records: [Subject: Record] = [:]

    init(limit: Int) { self.limit = max(1, limit) }

    subscript(subject: Subject) -> Record? {
        get { records[subject] }
        set {
            // Forgetting costs one write that changes nothing.
            if newValue != nil, records[subject] == nil, records.count >= limit, let any = records.keys.first { records[any] = nil }
            records[subject] = newValue
        }
    }

    /// Whether the object that a cache shows is still as it was when `desired` was last applied or compared: then nothing of it needs to be
    /// looked at.
    ///
    /// - Parameter isBehind: whether the cache is known to be behind, so that an object older than what was applied says nothing. Otherwise
    ///   it has gone back in time, as after a backup was restored.
    func isSettled(_ subject: Subject, desired: JSON, uid: String?, version: String?, isBehind: Bool = false) -> Bool {
        guard let record = records[subject], record.uid == uid else { return false }
        guard record.version == version || (isBehind && Self.isOlder(version, than: record.version)) else { return false }
        return record.desired == Fingerprint(desired)
    }

    /// Whether applying `desired` would change nothing on the object as a cache shows it.
    ///
    /// - Parameter isBehind: see ``isSettled(_:desired:uid:version:isBehind:)``.
    /// - Returns: the record to keep if so; `nil` when it must be applied.
    func unchanged(_ subject: Subject, desired: JSON, live: JSON, manager: String, isBehind: Bool = false) -> Record? {
        let wanted = Fingerprint(desired)
        let version = live[at: ["metadata", "resourceVersion"]]?.stringValue
        let uid = live[at: ["metadata", "uid"]]?.stringValue
        if var record = records[subject], record.uid == uid {
            guard record.desired == wanted else { return nil }
            // The cache is as it was after the write, or has not even seen it.
            if record.version == version || (isBehind && Self.isOlder(version, than: record.version)) { return record }
            guard record.result == Fingerprint(OwnedFields.projection(of: live, on: desired, atomic: record.atomic)) else { return nil }
            // Caches that drop the managed fields show values only.
            if let managed = live[at: ["metadata", "managedFields"]]?.arrayValue, !managed.isEmpty {
                let owned = OwnedFields.fields(of: manager, in: managed, subresource: subject.subresource)
                // Another manager took a field, perhaps without changing its value yet.
                guard owned.map(Fingerprint.init) == record.owned else { return nil }
            }
            record.version = version
            return record
        }
        let managed = live[at: ["metadata", "managedFields"]]?.arrayValue ?? []
        guard let owned = OwnedFields.fields(of: manager, in: managed, subresource: subject.subresource),
            OwnedFields.isApplied(desired, live: live, owned: owned)
        else { return nil }
        return Self.record(desired: desired, answer: live, manager: manager, subresource: subject.subresource)
    }

    /// What to remember of an apply and the server's answer.
    static func record(desired: JSON, answer: JSON, manager: String, subresource: String? = nil) -> Record {
        let managed = answer[at: ["metadata", "managedFields"]]?.arrayValue ?? []
        let owned = OwnedFields.fields(of: manager, in: managed, subresource: subresource)
        let atomic = owned.map { OwnedFields.atomicObjects(in: desired, owned: $0) } ?? []
        return Record(
            desired: Fingerprint(desired),
            result: Fingerprint(OwnedFields.projection(of: answer, on: desired, atomic: atomic)),
            atomic: atomic,
            owned: owned.map(Fingerprint.init),
            uid: answer[at: ["metadata", "uid"]]?.stringValue,
            version: answer[at: ["metadata", "resourceVersion"]]?.stringValue
        )
    }

    private static func isOlder(_ version: String?, than other: String?) -> Bool {
        guard let version = version.flatMap(UInt64.init), let other = other.flatMap(UInt64.init) else { return false }
        return version < other
    }
}

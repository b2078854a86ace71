import JSONValue
import KubernetesModel

// snippet: kind
/// A kind of your own: what it is called on the server, and its fields.
public struct Backup: KubernetesResource, Hashable {
    public static let resourceType = ResourceType(
        group: "example.com",
        version: "v1",
        kind: "Backup",
        plural: "backups",
        isNamespaced: true
    )

    public struct Spec: Codable, Sendable, Hashable {
        public var schedule: String
        public var keep: Int?
    }

    public struct Status: Codable, Sendable, Hashable {
        public var observedGeneration: Int64?
        public var conditions: [Condition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec
    public var status: Status?
}
// end

// snippet: conditions
extension Backup {
    /// Says in the status whether the last backup succeeded. `lastTransitionTime` moves only when the answer changes.
    ///
    /// - Returns: whether there is anything to write.
    public mutating func report(success: Bool, now: Timestamp) -> Bool {
        var conditions = status?.conditions ?? []
        let hasChanged = conditions.set(
            "Succeeded",
            status: success ? .true : .false,
            reason: success ? "Stored" : "StorageFull",
            message: success ? "The last backup is stored" : "The storage has no room for another backup",
            observedGeneration: metadata.generation,
            now: now
        )
        status = Status(observedGeneration: metadata.generation, conditions: conditions)
        return hasChanged
    }
}
// end

// snippet: selectors
/// Objects that a selector names, as `kubectl get -l` would.
public func select<Object: KubernetesObject>(_ objects: [Object], _ selector: String) throws -> [ObjectKey] {
    let requirements = try LabelRequirements(parsing: selector)
    return objects.filter { requirements.matches($0.metadata.labels) }.map(\.key).sorted()
}
// end

// snippet: patches
/// What to send to get from one state to another (RFC 7386), and the proof that it is right.
public func patch(from old: JSON, to new: JSON) -> JSON {
    let patch = MergePatch.diff(from: old, to: new)
    precondition(MergePatch.apply(patch, to: old) == new)
    return patch
}
// end

// snippet: quantities
/// Whether a request fits below a limit: amounts are compared by value, not by text.
public func fits(_ request: String, below limit: String) throws -> Bool {
    try Quantity(parsing: request) <= Quantity(parsing: limit)
}
// end

// snippet: dynamic
/// An object of a kind that is known only at run time.
public func paused(_ workload: DynamicObject) -> DynamicObject {
    var workload = workload
    workload.json[at: ["spec", "paused"]] = true
    workload.metadata.annotations["example.com/paused-by"] = "night"
    return workload
}
// end

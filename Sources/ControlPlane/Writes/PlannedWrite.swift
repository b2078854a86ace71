import JSONValue
import KubernetesModel

/// A validated write that is not recorded yet.
struct PlannedWrite: Sendable, Hashable {
    /// Kind of the object.
    var kind: ResourceKind
    /// Namespace and name of the object.
    var key: ObjectKey
    /// What is done.
    var action: WriteIntent.Action
    /// Object or merge patch.
    var payload: JSON = [:]
    /// The object must have this uid.
    var uid: String?
    /// The object's desired state must have this generation.
    var generation: Int64?
    /// The spec before, for the audit trail.
    var before: JSON?
}

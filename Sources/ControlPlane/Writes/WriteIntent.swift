import Foundation
import JSONValue
import KubernetesModel
import Projection

/// What somebody wants written, recorded before Kubernetes is asked: whoever finds the record can finish the write.
struct WriteIntent: Sendable, Hashable {
    /// What is done to the object.
    enum Action: String, Sendable, Hashable {
        /// The object is made; `payload` is the whole object.
        case create
        /// The object is changed; `payload` is a merge patch of the whole object.
        case update
        /// The object is taken away.
        case delete
        /// The tenant is stopped.
        case suspend
        /// The tenant is started again.
        case resume

        /// The word in the answer.
        var pastTense: String {
            switch self {
            case .create: "created"
            case .update: "updated"
            case .delete: "deleted"
            case .suspend: "suspended"
            case .resume: "resumed"
            }
        }

        /// The word in the audit trail.
        var auditAction: String { pastTense.prefix(1).uppercased() + pastTense.dropFirst() }
    }

    /// Id, also written to the object, so that a repeated write is recognised.
    let id: UUID
    /// Kind of the object.
    let kind: ResourceKind
    /// Namespace and name of the object.
    let key: ObjectKey
    /// What is done.
    let action: Action
    /// Object or merge patch.
    let payload: JSON
    /// The object must have this uid, so that a repeated write does not hit a successor of the same name.
    let uid: String?
    /// The object must have this version; only in intents that an older release recorded.
    let resourceVersion: String?
    /// The object's desired state must have this generation; from `If-Match`.
    var generation: Int64?
    /// How often it was tried, this time included.
    let attempt: Int
    /// When it was recorded.
    let createdAt: Date

    /// Annotation that names the intent an object was last written by.
    static let annotation = "opencrane.io/write-intent"

    /// The payload with the intent's annotation and the version it demands.
    var markedPayload: JSON { markedPayload(demanding: resourceVersion) }

    /// The payload with the intent's annotation and a version.
    ///
    /// - Parameter version: the version the object must have; nil for any.
    func markedPayload(demanding version: String?) -> JSON {
        var marked = payload
        marked[at: ["metadata", "annotations", Self.annotation]] = .string(id.uuidString.lowercased())
        if action != .create {
            if let version { marked[at: ["metadata", "resourceVersion"]] = .string(version) }
            if let uid { marked[at: ["metadata", "uid"]] = .string(uid) }
        }
        return marked
    }

    /// Whether an object was last written by this intent.
    func wrote(_ object: DynamicObject) -> Bool {
        object.metadata.annotations[Self.annotation] == id.uuidString.lowercased()
    }
}

extension WriteIntent {
    /// Reads a recorded intent.
    ///
    /// - Throws: ``UnknownIntent`` for one that this version cannot carry out.
    init(_ intent: Intent) throws(UnknownIntent) {
        guard let kind = ResourceKind(rawValue: intent.draft.kind.rawValue), let action = Action(rawValue: intent.draft.action) else {
            throw UnknownIntent(kind: intent.draft.kind.rawValue, action: intent.draft.action)
        }
        self.init(
            id: intent.draft.id,
            kind: kind,
            key: intent.draft.key,
            action: action,
            payload: intent.draft.payload,
            uid: intent.draft.objectUID,
            resourceVersion: intent.draft.objectVersion,
            generation: intent.draft.objectGeneration,
            attempt: intent.attempts,
            createdAt: intent.createdAt
        )
    }
}

/// A recorded intent that this version does not know.
struct UnknownIntent: Error, CustomStringConvertible {
    let code = "UNKNOWN_INTENT"
    let kind: String
    let action: String
    var description: String { "there is an intent to \(action) a \(kind), which this version cannot carry out" }
}

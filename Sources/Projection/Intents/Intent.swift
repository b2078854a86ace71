import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// What a caller wants written, before Kubernetes is asked.
public struct IntentDraft: Sendable, Hashable {
    /// The id of the intent.
    public var id: UUID
    /// The kind of the object.
    public var kind: ProjectedKind
    /// The namespace and name of the object.
    public var key: ObjectKey
    /// What is done to it, for example `create`.
    public var action: String
    /// What is sent: an object or a patch.
    public var payload: JSON
    /// The object must have this unique id.
    public var objectUID: String?
    /// The object must have this version.
    public var objectVersion: String?
    /// The object's desired state must have this generation.
    public var objectGeneration: Int64?
    /// Who asked.
    public var actor: String
    /// The id of the request.
    public var requestID: String
    /// The id of the operation.
    public var operationID: String
    /// The caller's key, with which it may ask again; unique for the actor and the operation.
    public var idempotencyKey: String?
    /// A digest of what was asked, so that a key used for something else is noticed.
    public var requestDigest: String?

    /// Makes a draft.
    public init(
        id: UUID,
        kind: ProjectedKind,
        key: ObjectKey,
        action: String,
        payload: JSON,
        objectUID: String? = nil,
        objectVersion: String? = nil,
        objectGeneration: Int64? = nil,
        actor: String,
        requestID: String,
        operationID: String,
        idempotencyKey: String? = nil,
        requestDigest: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.key = key
        self.action = action
        self.payload = payload
        self.objectUID = objectUID
        self.objectVersion = objectVersion
        self.objectGeneration = objectGeneration
        self.actor = actor
        self.requestID = requestID
        self.operationID = operationID
        self.idempotencyKey = idempotencyKey
        self.requestDigest = requestDigest
    }
}

/// How far an intent is.
public enum IntentState: String, Sendable, Hashable, PostgresEncodable, PostgresDecodable {
    /// Somebody will carry it out.
    case open
    /// It was carried out, and the row shows it.
    case applied
    /// Kubernetes refused it, or it was given up.
    case failed
}

/// What the caller was answered.
public struct IntentAnswer: Sendable, Hashable {
    /// The status of the answer.
    public var status: Int
    /// The body of the answer.
    public var body: JSON
    /// The entity tag of the answer.
    public var tag: String?
    /// Where what was made is.
    public var location: String?

    /// Makes an answer.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - body: the body.
    ///   - tag: the entity tag; default none.
    ///   - location: where what was made is; default nothing was.
    public init(status: Int, body: JSON, tag: String? = nil, location: String? = nil) {
        self.status = status
        self.body = body
        self.tag = tag
        self.location = location
    }
}

/// An intent as it is recorded.
public struct Intent: Sendable, Hashable {
    /// What was wanted.
    public var draft: IntentDraft
    /// How far it is.
    public var state: IntentState
    /// How often it was tried, the attempt under way included.
    public var attempts: Int
    /// When it may be tried again; until then somebody is at it.
    public var nextAttemptAt: Date
    /// Why the last attempt failed.
    public var lastError: String?
    /// What the caller was answered; `nil` while it is open.
    public var answer: IntentAnswer?
    /// The entry of the audit trail.
    public var auditID: Int64
    /// Its place among all intents: the database counts, as clocks differ.
    public var sequence: Int64
    /// When it was recorded.
    public var createdAt: Date
    /// When it ended.
    public var closedAt: Date?

    static let columns = """
        id, sequence, kind, namespace, name, action, payload, object_uid, object_version, object_generation, actor, request_id, operation_id, idempotency_key, \
        request_digest, state, attempts, next_attempt_at, last_error, answer_status, answer_body, answer_tag, answer_location, audit_id, created_at, closed_at
        """

    init(_ row: PostgresRow) throws {
        let kindName = try row.decode("kind", as: String.self)
        guard let kind = ProjectedKind(rawValue: kindName) else {
            throw ProjectionError(.invalidObject, "The intent table holds an intent for a \(kindName), which this version does not know.")
        }
        let namespace = try row.decode("namespace", as: String.self)
        draft = IntentDraft(
            id: try row.decode("id"),
            kind: kind,
            key: ObjectKey(namespace: namespace.isEmpty ? nil : namespace, name: try row.decode("name")),
            action: try row.decode("action"),
            payload: try row.decode("payload"),
            objectUID: try row.decode("object_uid"),
            objectVersion: try row.decode("object_version"),
            objectGeneration: try row.decode("object_generation"),
            actor: try row.decode("actor"),
            requestID: try row.decode("request_id"),
            operationID: try row.decode("operation_id"),
            idempotencyKey: try row.decode("idempotency_key"),
            requestDigest: try row.decode("request_digest")
        )
        state = try row.decode("state")
        attempts = try row.decode("attempts")
        nextAttemptAt = try row.decode("next_attempt_at")
        lastError = try row.decode("last_error")
        if let status = try row.decode("answer_status", as: Int?.self) {
            answer = IntentAnswer(
                status: status,
                body: try row.decode("answer_body", as: JSON?.self) ?? .null,
                tag: try row.decode("answer_tag"),
                location: try row.decode("answer_location")
            )
        }
        auditID = try row.decode("audit_id")
        sequence = try row.decode("sequence")
        createdAt = try row.decode("created_at")
        closedAt = try row.decode("closed_at")
    }
}

/// What came of recording an intent.
public enum IntentOpening: Sendable, Hashable {
    /// It is recorded, and the caller of this process carries it out.
    case opened(Intent)
    /// The same was asked before with this key; the intent says how far that is.
    case replayed(Intent)
    /// The key was used for something else before.
    case keyReused(Intent)
    /// An earlier write to the object has not ended; nothing was recorded.
    case blocked
}

/// A recorded intent that this version cannot read.
public struct UnreadableIntent: Error, CustomStringConvertible {
    /// Stable code.
    public let code = "unreadable_intent"
    /// The intent.
    public let id: UUID
    /// How often it was tried, the attempt under way included.
    public let attempts: Int
    /// When it was recorded.
    public let createdAt: Date
    /// Why it cannot be read.
    public let cause: any Error

    public var description: String { "the write intent \(id) cannot be read: \(cause)" }
}

import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import Projection

/// The final answer of a write, as it is sent and as the intent keeps it for a repeated request.
struct WriteResult: Sendable, Hashable {
    /// HTTP status.
    var status: Int
    /// Body of a success, or the parts of a refusal: `code`, `message`, `detail`, `fields`.
    var body: JSON
    /// Version of what was written.
    var tag: String?
    /// Where what was made is.
    var location: String?

    /// Makes the answer of a success.
    init(status: Int, body: JSON, tag: String? = nil, location: String? = nil) {
        self.status = status
        self.body = body
        self.tag = tag
        self.location = location
    }

    /// Reads the answer an intent keeps.
    init(_ answer: IntentAnswer) {
        self.init(status: answer.status, body: answer.body, tag: answer.tag, location: answer.location)
    }

    /// Makes the answer of a refusal.
    init(_ error: OperationError) {
        status = error.status.code
        var members: [String: JSON] = ["code": .string(error.code), "message": .string(error.message)]
        if let detail = error.detail { members["detail"] = .string(detail) }
        if !error.fields.isEmpty {
            members["fields"] = .array(error.fields.map { ["field": .string($0.field), "message": .string($0.message)] })
        }
        body = .object(members)
    }

    /// Makes the answer of an intent that succeeded.
    ///
    /// - Parameters:
    ///   - intent: the intent.
    ///   - object: the object as Kubernetes has it now; nil when it is gone.
    init(of intent: WriteIntent, object: DynamicObject?) throws {
        status = intent.action == .create ? 201 : 200
        if intent.action == .create { location = intent.kind.location(of: intent.key.name) }
        if intent.action != .delete, let object { tag = ObjectTag(object.metadata).entityTag.value }
        if intent.kind == .clusterTenant, intent.action != .delete, let object {
            body = try JSON(encoding: ClusterTenantView(object: object))
        } else {
            body = try JSON(encoding: WriteAnswer(name: intent.key.name, status: intent.action.pastTense))
        }
    }

    /// As the intent keeps it.
    var answer: IntentAnswer { IntentAnswer(status: status, body: body, tag: tag, location: location) }

    /// The answer as a refusal; nil when it is a success.
    var refusal: OperationError? {
        guard status >= 400 else { return nil }
        let fields = (body["fields"]?.arrayValue ?? []).map {
            FieldViolation(field: $0["field"]?.stringValue ?? "", message: $0["message"]?.stringValue ?? "")
        }
        return OperationError(
            .init(code: status),
            code: body["code"]?.stringValue ?? "INTERNAL_ERROR",
            message: body["message"]?.stringValue ?? "",
            detail: body["detail"]?.stringValue,
            fields: fields
        )
    }

    /// The answer as an operation's reply.
    func reply<Value: Codable & Sendable>() throws -> Reply<Value> {
        var reply = Reply(try body.decode(Value.self), status: .init(code: status))
        if let tag { reply.headers[.eTag] = EntityTag(tag).description }
        if let location { reply.headers[.location] = location }
        return reply
    }
}

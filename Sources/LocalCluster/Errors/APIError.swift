import JSONValue
import KubernetesModel

/// A refusal, as the `metav1.Status` that is sent.
struct APIError: Error, Sendable, Hashable {
    /// One entry of `details.causes`.
    struct Cause: Sendable, Hashable {
        /// E.g. `FieldValueInvalid`; empty ones are left out.
        var reason: String
        var message: String
        var field: String

        init(_ reason: String, _ field: String, _ message: String) {
            self.reason = reason
            self.field = field
            self.message = message
        }
    }

    /// The HTTP status.
    var code: Int
    /// E.g. `NotFound`; nil leaves it out.
    var reason: String?
    var message: String
    /// `details` without causes; nil leaves it out.
    var details: [String: JSON]?
    /// Seconds for the `Retry-After` header.
    var retryAfterSeconds: Int?
    /// `metadata`, for the continue token of an expired list.
    var metadata: [String: JSON] = [:]

    init(code: Int, reason: String?, message: String, details: [String: JSON]? = nil, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// A refusal that was made elsewhere.
    init(_ status: Status) {
        let json = (try? JSON(encoding: status)) ?? .null
        self.init(
            code: status.code ?? 500,
            reason: status.reason,
            message: status.message ?? "",
            details: json["details"]?.objectValue,
            retryAfterSeconds: status.details?.retryAfterSeconds
        )
    }

    /// The body that is sent.
    var json: JSON {
        var status: [String: JSON] = [
            "kind": "Status", "apiVersion": "v1", "metadata": .object(metadata), "status": "Failure", "message": .string(message),
            "code": .integer(Int64(code)),
        ]
        if let reason { status["reason"] = .string(reason) }
        var details = details
        if let retryAfterSeconds { details = (details ?? [:]).merging(["retryAfterSeconds": .integer(Int64(retryAfterSeconds))]) { $1 } }
        if let details { status["details"] = .object(details) }
        return .object(status)
    }
}

/// What an error is about: a resource (or kind), its group, and the name of the object.
struct ErrorSubject: Sendable, Hashable {
    var resource: String
    var group: String
    var name: String

    /// `widgets.example.com`.
    var qualifiedResource: String { group.isEmpty ? resource : "\(resource).\(group)" }

    var details: [String: JSON] {
        var details: [String: JSON] = ["kind": .string(resource)]
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        return details
    }
}

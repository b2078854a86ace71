/// The answer of an API server that is no object: how a request ended (`metav1.Status`).
public struct Status: Codable, Sendable, Hashable {
    /// `v1`.
    public var apiVersion: String
    /// `Status`.
    public var kind: String
    /// `Success` or `Failure`.
    public var status: String?
    /// A sentence for people.
    public var message: String?
    /// Why it failed, one word for programs, as in `NotFound`.
    public var reason: String?
    /// More about the failure.
    public var details: StatusDetails?
    /// The HTTP status code.
    public var code: Int?

    /// Makes a failure.
    public init(code: Int, reason: String, message: String, details: StatusDetails? = nil) {
        apiVersion = "v1"
        kind = "Status"
        status = "Failure"
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    private enum CodingKeys: String, CodingKey { case apiVersion, kind, status, message, reason, details, code }

    /// Reads a status; `apiVersion` and `kind` may be missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion) ?? "v1"
        kind = try container.decodeIfPresent(String.self, forKey: .kind) ?? "Status"
        status = try container.decodeIfPresent(String.self, forKey: .status)
        message = try container.decodeIfPresent(String.self, forKey: .message)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        details = try container.decodeIfPresent(StatusDetails.self, forKey: .details)
        code = try container.decodeIfPresent(Int.self, forKey: .code)
    }
}

/// What a failure was about (`metav1.StatusDetails`).
public struct StatusDetails: Codable, Sendable, Hashable {
    /// The name of the object.
    public var name: String?
    /// The group of the resource.
    public var group: String?
    /// The resource or kind.
    public var kind: String?
    /// The identity of the object.
    public var uid: String?
    /// Each single cause.
    public var causes: [StatusCause]?
    /// After how many seconds the request may be tried again.
    public var retryAfterSeconds: Int?

    /// Makes details.
    public init(
        name: String? = nil,
        group: String? = nil,
        kind: String? = nil,
        uid: String? = nil,
        causes: [StatusCause]? = nil,
        retryAfterSeconds: Int? = nil
    ) {
        self.name = name
        self.group = group
        self.kind = kind
        self.uid = uid
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// One cause of a failure (`metav1.StatusCause`).
public struct StatusCause: Codable, Sendable, Hashable {
    /// One word for programs, as in `FieldValueInvalid`.
    public var reason: String?
    /// A sentence for people.
    public var message: String?
    /// The field at fault, as in `spec.size`.
    public var field: String?

    /// Makes a cause.
    public init(reason: String? = nil, message: String? = nil, field: String? = nil) {
        self.reason = reason
        self.message = message
        self.field = field
    }
}

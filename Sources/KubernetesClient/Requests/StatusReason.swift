import KubernetesModel

/// Why an API server refused, one word for programs (`metav1.StatusReason`).
public struct StatusReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The word as it is sent.
    public var rawValue: String

    /// Takes any word, also one that is not listed here.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The word.
    public var description: String { rawValue }

    /// 400: the request makes no sense.
    public static let badRequest = StatusReason(rawValue: "BadRequest")
    /// 401: the credentials are missing or not accepted.
    public static let unauthorized = StatusReason(rawValue: "Unauthorized")
    /// 403: the credentials do not allow it.
    public static let forbidden = StatusReason(rawValue: "Forbidden")
    /// 404: there is no such object or resource.
    public static let notFound = StatusReason(rawValue: "NotFound")
    /// 405: the resource does not know the verb.
    public static let methodNotAllowed = StatusReason(rawValue: "MethodNotAllowed")
    /// 406: the server knows none of the forms that were asked for.
    public static let notAcceptable = StatusReason(rawValue: "NotAcceptable")
    /// 409: an object of that name exists.
    public static let alreadyExists = StatusReason(rawValue: "AlreadyExists")
    /// 409: the object changed, or a field belongs to somebody else.
    public static let conflict = StatusReason(rawValue: "Conflict")
    /// 410: what was asked for is gone for good.
    public static let gone = StatusReason(rawValue: "Gone")
    /// 410: the version or the token of the next page is too old.
    public static let expired = StatusReason(rawValue: "Expired")
    /// 413: the body is too large.
    public static let requestEntityTooLarge = StatusReason(rawValue: "RequestEntityTooLarge")
    /// 415: the server does not know the form of the body.
    public static let unsupportedMediaType = StatusReason(rawValue: "UnsupportedMediaType")
    /// 422: the object does not obey its schema.
    public static let invalid = StatusReason(rawValue: "Invalid")
    /// 429: there is too much to do, or a disruption budget forbids it now.
    public static let tooManyRequests = StatusReason(rawValue: "TooManyRequests")
    /// 500: something is wrong with the server.
    public static let internalError = StatusReason(rawValue: "InternalError")
    /// 500: the server gave up waiting for something of its own; try again.
    public static let serverTimeout = StatusReason(rawValue: "ServerTimeout")
    /// 500: a stored object cannot be read, decrypted or decoded.
    public static let storeReadError = StatusReason(rawValue: "StorageReadError")
    /// 503: the server or an aggregated one cannot answer now.
    public static let serviceUnavailable = StatusReason(rawValue: "ServiceUnavailable")
    /// 504: the request was not done in its time; it may still be.
    public static let timeout = StatusReason(rawValue: "Timeout")
    /// The server says nothing.
    public static let unknown = StatusReason(rawValue: "Unknown")

    /// The reason that a code stands for where no better one is known.
    ///
    /// - Parameter isCreation: whether the request was to create something; a conflict then is about its name.
    init(code: Int, isCreation: Bool = false) {
        self =
            switch code {
            case 400: .badRequest
            case 401: .unauthorized
            case 403: .forbidden
            case 404: .notFound
            case 405: .methodNotAllowed
            case 406: .notAcceptable
            case 409: isCreation ? .alreadyExists : .conflict
            case 410: .gone
            case 413: .requestEntityTooLarge
            case 415: .unsupportedMediaType
            case 422: .invalid
            case 429: .tooManyRequests
            case 503: .serviceUnavailable
            case 504: .timeout
            case 500...: .internalError
            default: .unknown
            }
    }
}

/// A field that another field manager owns.
public struct FieldConflict: Sendable, Hashable {
    /// Who owns it.
    public var manager: String
    /// The field, as in `.spec.replicas`.
    public var field: String

    /// Names a field and its owner.
    public init(manager: String, field: String) {
        self.manager = manager
        self.field = field
    }
}

extension KubernetesError {
    /// Why the server refused; `nil` when it did not.
    public var reason: StatusReason? {
        guard let status else { return nil }
        if let reason = status.reason, !reason.isEmpty { return StatusReason(rawValue: reason) }
        return StatusReason(code: status.code ?? 0)
    }

    /// The fields that kept a server-side apply from being done, with their owners. Empty for all other errors.
    public var fieldConflicts: [FieldConflict] {
        (status?.details?.causes ?? []).compactMap { cause in
            // As in: conflict with "kubectl" with subresource "scale" using apps/v1
            guard cause.reason == "FieldManagerConflict", let message = cause.message else { return nil }
            let parts = message.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            return FieldConflict(manager: String(parts[1]), field: cause.field ?? "")
        }
    }

    /// A disruption budget forbids the eviction now.
    public var isDisruptionBudget: Bool {
        isTooManyRequests && status?.details?.causes?.contains { $0.reason == "DisruptionBudget" } == true
    }
}

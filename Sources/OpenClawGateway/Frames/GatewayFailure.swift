import JSONValue

/// A gateway's word for why it did not do what it was asked.
public struct GatewayFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The protocol's codes. There is none for "not found" or "conflict": see ``kind``.
    public enum Code {
        /// The arguments, or the state of things, do not allow it.
        public static let invalidRequest = "INVALID_REQUEST"
        /// A scope is missing.
        public static let forbidden = "FORBIDDEN"
        /// Not now.
        public static let unavailable = "UNAVAILABLE"
        /// A channel is not linked.
        public static let notLinked = "NOT_LINKED"
        /// The device is not known.
        public static let notPaired = "NOT_PAIRED"
        /// An agent took too long.
        public static let agentTimeout = "AGENT_TIMEOUT"
    }

    /// The code.
    public var code: String
    /// A sentence; parts of it are all there is to tell some failures apart.
    public var message: String
    /// Whatever else there is.
    public var details: JSON?
    /// Whether the same call may succeed later.
    public var isRetryable: Bool
    /// How long to wait before that.
    public var retryAfter: Duration?

    /// A failure.
    public init(code: String, message: String, details: JSON? = nil, isRetryable: Bool = false, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.details = details
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
    }

    init(_ json: JSON) {
        code = json["code"]?.stringValue ?? Code.unavailable
        message = json["message"]?.stringValue ?? "the gateway gave no reason"
        details = json["details"]
        isRetryable = json["retryable"]?.boolValue ?? false
        retryAfter = (json["retryAfterMs"]?.integerValue).flatMap { $0 >= 0 ? .milliseconds($0) : nil }
    }

    /// The failure as the protocol writes it.
    public var json: JSON {
        var json: JSON = ["code": .string(code), "message": .string(message)]
        if let details { json["details"] = details }
        if isRetryable { json["retryable"] = true }
        if let retryAfter {
            json["retryAfterMs"] = .integer(
                retryAfter.components.seconds * 1000 + retryAfter.components.attoseconds / 1_000_000_000_000_000
            )
        }
        return json
    }

    /// The machine-readable reason within the details, for instance `AUTH_TOKEN_MISMATCH`.
    public var detailCode: String? { details?["code"]?.stringValue }

    /// A text of code and message.
    public var description: String { "\(code): \(message)" }
}

/// What a failure means for whoever drives a gateway.
public enum GatewayFailureKind: Sendable, Hashable {
    /// What was to be made is there: adopt it.
    case alreadyExists
    /// What was to be changed or deleted is not there.
    case notFound
    /// The gateway is too old, or too new, for the method: the feature is absent.
    case unknownMethod
    /// No file of that name is kept by the gateway.
    case unsupportedFile
    /// The configuration changed since it was read: read it again.
    case baseHashStale
    /// Too many calls: wait as long as it says.
    case rateLimited
    /// The gateway starts its parts: try again soon.
    case startingUp
    /// The device has to be approved; the request's id is for whoever does.
    case pairingRequired(requestID: String?)
    /// The credential is wrong: asking again is of no use.
    case authentication
    /// Too many wrong credentials came from here: wait.
    case authenticationLocked
    /// Client and gateway have no protocol in common.
    case protocolMismatch
    /// The credential is good and does not allow this.
    case missingScope(String?)
    /// Anything else.
    case other
}

extension GatewayFailure {
    /// What it means. Codes decide where there are codes; the message's text decides where there are none.
    public var kind: GatewayFailureKind {
        if let kind = Self.kind(ofDetail: detailCode, details) { return kind }
        if code == Code.notPaired { return .pairingRequired(requestID: details?["requestId"]?.stringValue) }
        if code == Code.forbidden { return .missingScope(details?["missingScope"]?.stringValue) }
        if code == Code.unavailable {
            if message.hasPrefix("rate limit exceeded") { return .rateLimited }
            if details?["reason"]?.stringValue == "startup-sidecars" { return .startingUp }
            return .other
        }
        guard code == Code.invalidRequest else { return .other }
        if message.hasPrefix("unknown method") { return .unknownMethod }
        if message.hasPrefix("unsupported file") || message.hasPrefix("unsafe workspace file") { return .unsupportedFile }
        if message.hasPrefix("config base hash") || message.hasPrefix("config changed since last load") { return .baseHashStale }
        if message.hasPrefix("missing scope") { return .missingScope(nil) }
        if message.contains("already exists") { return .alreadyExists }
        if message.contains("not found") || message.contains("unknown agent id") { return .notFound }
        return .other
    }

    private static func kind(ofDetail code: String?, _ details: JSON?) -> GatewayFailureKind? {
        switch code {
        case "PAIRING_REQUIRED": .pairingRequired(requestID: details?["requestId"]?.stringValue)
        case "PROTOCOL_MISMATCH", "CLIENT_VERSION_MISMATCH": .protocolMismatch
        case "AUTH_RATE_LIMITED": .authenticationLocked
        case "MISSING_SCOPE": .missingScope(details?["missingScope"]?.stringValue)
        case "PAIRING_REJECTED", "DEVICE_IDENTITY_REQUIRED", "OPERATOR_ACCESS_DENIED": .authentication
        case .some(let code) where code.hasPrefix("AUTH_") || code.hasPrefix("DEVICE_AUTH_"): .authentication
        default: nil
        }
    }

    private static let passing: Set = ["DEVICE_AUTH_SIGNATURE_EXPIRED", "DEVICE_AUTH_NONCE_MISMATCH", "DEVICE_AUTH_NONCE_REQUIRED"]

    /// Whether a connection that was refused with this failure is to be tried again by itself.
    public var allowsReconnect: Bool {
        switch kind {
        // A signature can be late for a clock that is being set, and a nonce belongs to one connection.
        case .authentication: Self.passing.contains(detailCode ?? "")
        case .protocolMismatch, .missingScope: false
        default: true
        }
    }
}

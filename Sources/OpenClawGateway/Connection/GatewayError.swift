/// Why a call of a gateway has no result.
public struct GatewayError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The codes there are.
    public enum Code: String, Sendable, Hashable {
        /// There is no connection, and none came about in time.
        case unreachable = "gateway_unreachable"
        /// What listens there cannot show that it is the gateway: its certificate is not trusted. Somebody has to mend that.
        case untrusted = "gateway_untrusted"
        /// The gateway did not let this client in; ``GatewayError/failure`` says why.
        case refused = "gateway_refused"
        /// No answer came in time. Whether the call took effect is not known.
        case timeout = "gateway_timeout"
        /// The connection ended before the answer. Whether the call took effect is not known.
        case closed = "gateway_closed"
        /// The gateway's answer is not what the protocol says.
        case invalidAnswer = "gateway_answer_invalid"
        /// The gateway refused the call; ``GatewayError/failure`` says why.
        case failed = "gateway_failed"
        /// The gateway does not have the method.
        case unsupported = "gateway_method_unknown"
        /// The call is larger than the gateway takes.
        case tooLarge = "gateway_payload_too_large"
        /// Too many calls are open.
        case busy = "gateway_busy"
        /// The caller's task was cancelled.
        case cancelled = "gateway_call_cancelled"
    }

    /// The code.
    public var code: Code
    /// A sentence for people, without secrets.
    public var message: String
    /// The gateway's own word.
    public var failure: GatewayFailure?
    /// The WebSocket close code, when that ended the connection.
    public var closeCode: UInt16?

    /// An error.
    public init(_ code: Code, _ message: String, failure: GatewayFailure? = nil, closeCode: UInt16? = nil) {
        self.code = code
        self.message = message
        self.failure = failure
        self.closeCode = closeCode
    }

    /// The gateway refused a call.
    static func failed(_ method: String, _ failure: GatewayFailure) -> GatewayError {
        if failure.kind == .unknownMethod {
            return GatewayError(.unsupported, "The gateway does not have \(method).", failure: failure)
        }
        return GatewayError(.failed, "The gateway refused \(method): \(failure.message)", failure: failure)
    }

    /// Whether somebody has to approve this client, or to wait out its lock, before another try can succeed.
    var needsSomebody: Bool {
        if code == .untrusted { return true }
        return switch kind {
        case .pairingRequired, .authenticationLocked: true
        default: false
        }
    }

    /// What the gateway's word means; `nil` when it had none.
    public var kind: GatewayFailureKind? { failure?.kind }

    /// A text of code and message.
    public var description: String { "\(code.rawValue): \(message)" }
}

import HTTPOperations
import HTTPTypes
import OpenClawGateway

/// What a failed call of an instance's gateway is answered with: one table for all operations.
struct ProxyFailure: Sendable, Hashable {
    /// An answer.
    struct Rule: Sendable, Hashable {
        /// Its status.
        var status: HTTPResponse.Status
        /// Its stable code.
        var code: String
        /// What it says; `nil` for the gateway's own sentence.
        var message: String?
        /// After how many seconds another try makes sense, when the gateway does not say.
        var retryAfter: Int?

        init(_ status: HTTPResponse.Status, _ code: String, _ message: String? = nil, retryAfter: Int? = nil) {
            self.status = status
            self.code = code
            self.message = message
            self.retryAfter = retryAfter
        }
    }

    private static let notRunning = Rule(.conflict, "INSTANCE_NOT_RUNNING", "instance not running")
    private static let unreachable = Rule(.badGateway, "INSTANCE_UNREACHABLE", "The instance cannot be reached.", retryAfter: 5)
    private static let late = Rule(.gatewayTimeout, "INSTANCE_TIMEOUT", "The instance did not answer in time.")
    private static let unavailable = Rule(.badGateway, "INSTANCE_UNAVAILABLE", "The instance does not do its work at the moment.")
    private static let badAnswer = Rule(.badGateway, "INSTANCE_BAD_RESPONSE", "The instance's answer could not be understood.")

    /// No connection to the instance's gateway.
    static let connecting: [GatewayAccessError.Code: Rule] = [
        .unknown: notRunning,
        .notReady: notRunning,
        .unreachable: unreachable,
        .timeout: late,
        .refused: Rule(.badGateway, "INSTANCE_REFUSED", "The instance does not let the control plane in."),
        .busy: Rule(.serviceUnavailable, "GATEWAYS_BUSY", "As many instances as may be are in use at the moment.", retryAfter: 5),
    ]

    /// A connection, and no word of the gateway.
    static let calling: [GatewayError.Code: Rule] = [
        .unreachable: unreachable,
        .closed: unreachable,
        .refused: Rule(.badGateway, "INSTANCE_REFUSED", "The instance does not let the control plane in."),
        .timeout: late,
        .invalidAnswer: badAnswer,
        .failed: badAnswer,
        .unsupported: Rule(.notImplemented, "INSTANCE_NOT_CAPABLE", "The instance's release does not have this."),
        .tooLarge: Rule(.contentTooLarge, "PAYLOAD_TOO_LARGE", "This is larger than the instance takes."),
        .busy: Rule(.serviceUnavailable, "INSTANCE_BUSY", "As many calls as may be are open to the instance.", retryAfter: 5),
    ]

    /// The gateway's own words; its refusals are the caller's business, its troubles are not.
    static let words: [String: Rule] = [
        GatewayFailure.Code.invalidRequest: Rule(.badRequest, "INSTANCE_REFUSED_REQUEST"),
        GatewayFailure.Code.forbidden: Rule(.forbidden, "INSTANCE_FORBIDS"),
        GatewayFailure.Code.notLinked: Rule(.conflict, "INSTANCE_NOT_LINKED"),
        GatewayFailure.Code.notPaired: Rule(.conflict, "INSTANCE_NOT_PAIRED"),
        GatewayFailure.Code.unavailable: unavailable,
        GatewayFailure.Code.agentTimeout: Rule(.gatewayTimeout, "INSTANCE_TIMEOUT", "The instance's agent did not answer in time."),
        "AGENT_RESULT_NOT_FOUND": Rule(.notFound, "INSTANCE_HAS_NONE"),
        "APPROVAL_NOT_FOUND": Rule(.notFound, "INSTANCE_HAS_NONE"),
    ]

    /// Refusals that the protocol tells apart by their text only.
    private static func rule(_ failure: GatewayFailure) -> Rule {
        guard failure.code == GatewayFailure.Code.invalidRequest else { return words[failure.code] ?? unavailable }
        switch failure.kind {
        case .notFound: return Rule(.notFound, "INSTANCE_HAS_NONE")
        case .alreadyExists: return Rule(.conflict, "INSTANCE_HAS_ONE")
        case .baseHashStale: return Rule(.conflict, "CONFIG_CHANGED", "The configuration changed meanwhile: read it again.")
        case .missingScope: return Rule(.forbidden, "INSTANCE_FORBIDS")
        default: return words[failure.code] ?? unavailable
        }
    }

    /// The answer.
    let rule: Rule
    /// The sentence of the answer.
    let message: String
    /// After how many seconds another try makes sense; `nil` when that is not known.
    let retryAfter: Int?

    /// The answer to a failure; `nil` when it is not one of a gateway.
    init?(_ error: any Error) {
        var word: GatewayFailure?
        switch error {
        case let error as GatewayAccessError:
            guard let rule = Self.connecting[error.code] else { return nil }
            self.rule = rule
            word = error.cause?.failure
        case let error as GatewayError:
            if let failure = error.failure, error.code == .failed {
                rule = Self.rule(failure)
                word = failure
            } else if let rule = Self.calling[error.code] {
                self.rule = rule
            } else {
                return nil
            }
        default: return nil
        }
        message = rule.message ?? word.map { String($0.message.prefix(500)) } ?? "The instance refused this."
        let seconds = word?.retryAfter.map { Int($0.components.seconds) + ($0.components.attoseconds > 0 ? 1 : 0) }
        retryAfter = seconds.map { max(1, $0) } ?? rule.retryAfter
    }

    /// The error to throw. What the gateway said stays out of the log: it may quote what it was sent.
    var operationError: OperationError {
        OperationError(
            rule.status,
            code: rule.code,
            message: message,
            headers: retryAfter.map { [.retryAfter: String($0)] } ?? [:]
        )
    }

    /// For the document: what every operation that asks an instance may be answered with.
    static let declarations: [ErrorDeclaration] = [
        ErrorDeclaration(.conflict, "INSTANCE_NOT_RUNNING", "The instance is not running."),
        ErrorDeclaration(.badRequest, "INSTANCE_REFUSED_REQUEST", "The instance refuses this; the sentence is its own."),
        ErrorDeclaration(.forbidden, "INSTANCE_FORBIDS", "The instance does not allow this; the sentence is its own."),
        ErrorDeclaration(.notImplemented, "INSTANCE_NOT_CAPABLE", "The instance's release does not have this."),
        ErrorDeclaration(.badGateway, "INSTANCE_UNREACHABLE", "The instance cannot be reached, or does not do its work."),
        ErrorDeclaration(.gatewayTimeout, "INSTANCE_TIMEOUT", "The instance did not answer in time."),
        ErrorDeclaration(.serviceUnavailable, "GATEWAYS_BUSY", "As many instances as may be are in use at the moment."),
    ]
}

extension OperationError {
    /// 409: the instance is not running.
    static let instanceNotRunning = OperationError(.conflict, code: "INSTANCE_NOT_RUNNING", message: "instance not running")

    /// 403: the instance's conversations may not be read.
    static let consentMissing = OperationError(
        .forbidden,
        code: "CONSENT_REQUIRED",
        message: "consent_debug_access is required"
    )
}

import HTTPOperations
import KubernetesClient
import OpenClawGateway

extension AgentProvisioning.Outcome {
    /// What it means for a step that a call of the gateway failed.
    init(_ error: GatewayError) {
        if error.code == .failed, error.kind == .notFound {
            self = .absent
        } else {
            self = .failed(ProvisionTrouble(error))
        }
    }
}

extension ProvisionTrouble {
    /// A call of the gateway failed.
    init(_ error: GatewayError) {
        self.init(message: error.message, retryAfter: error.failure?.retryAfter)
        switch error.code {
        // A restart closes connections; the client opens the next one by itself.
        case .closed, .busy: mayRepeat = true
        case .unsupported, .tooLarge: isTransient = false
        case .failed:
            switch error.kind {
            case .rateLimited, .startingUp: mayRepeat = true
            case .unsupportedFile, .missingScope: isTransient = false
            case .other: isTransient = error.failure?.code != GatewayFailure.Code.invalidRequest || error.failure?.isRetryable == true
            default: break
            }
        default: break
        }
    }

    /// There is no connection. A tenant without a row may have one again: see ``AgentReconciler/endStrays()`` for those that are gone.
    init(_ error: GatewayAccessError) { self.init(message: error.message) }

    /// Whatever ended a run.
    init(_ error: any Error) {
        switch error {
        case let trouble as ProvisionTrouble: self = trouble
        case let error as GatewayError: self.init(error)
        case let error as GatewayAccessError: self.init(error)
        case is TimeLimitExceeded: self.init(message: "It did not end in time.")
        case is CancellationError: self.init(message: "It was interrupted.")
        case let error as OperationError: self.init(message: error.message)
        default: self.init(message: "Something went wrong on our side.")
        }
    }
}

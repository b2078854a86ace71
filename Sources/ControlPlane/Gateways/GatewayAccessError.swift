import HTTPOperations
import OpenClawGateway

/// Why there is no connection to a tenant's gateway.
struct GatewayAccessError: Error, Sendable, CustomStringConvertible {
    /// The codes there are.
    enum Code: String, Sendable, Hashable, CaseIterable {
        /// There is no such tenant.
        case unknown = "TENANT_UNKNOWN"
        /// The tenant has no gateway that could be asked now.
        case notReady = "GATEWAY_NOT_READY"
        /// The gateway does not answer.
        case unreachable = "GATEWAY_UNREACHABLE"
        /// It did not answer in time.
        case timeout = "GATEWAY_TIMEOUT"
        /// The gateway does not let the platform in.
        case refused = "GATEWAY_REFUSED"
        /// This process is connected to as many gateways as it may be.
        case busy = "GATEWAYS_BUSY"
    }

    /// The code.
    var code: Code
    /// A sentence for people, without secrets.
    var message: String
    /// The connection's own word.
    var cause: GatewayError?

    /// An error.
    init(_ code: Code, _ message: String, cause: GatewayError? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The error of a connection that did not come about.
    ///
    /// - Parameters:
    ///   - error: what the client said.
    ///   - isSilent: whether the other side took the connection and has not said anything.
    init(connecting error: GatewayError, isSilent: Bool = false) {
        switch error.code {
        case .unreachable where isSilent:
            self.init(.timeout, "The gateway did not answer in time.", cause: error)
        case .refused, .failed:
            let word = error.failure?.detailCode ?? error.code.rawValue
            self.init(.refused, "The gateway does not let the platform in (\(word)).", cause: error)
        case .timeout: self.init(.timeout, "The gateway did not answer in time.", cause: error)
        default: self.init(.unreachable, "The gateway cannot be reached.", cause: error)
        }
    }

    var description: String { "\(code.rawValue): \(message)" }
}

import HTTPOperations
import JSONValue
import KubernetesClient
import OpenClawGateway

/// Changes the configuration of a gateway, against whatever else changes it, and over restarts that changes cause.
struct ConfigurationWriter: Sendable {
    let time: TimeSource
    /// How long all of it may take.
    var limit: Duration = .seconds(45)

    /// A look at the configuration before something is written.
    struct Look: Sendable {
        var config: JSON
        /// Whether the secrets of the change are there already: they cannot be read back.
        var hasSecrets: Bool
    }

    /// Changes a configuration.
    ///
    /// Reads, asks what to change, and writes with the state that was read; starts anew when that was not the newest. A change whose answer was
    /// lost is recognised by what is read next.
    ///
    /// - Parameters:
    ///   - note: what the change is for, for the gateway's log.
    ///   - demanded: the tag that the configuration must have when it is read first (RFC 9110 section 13.1.1); nil for any.
    ///   - change: gives the merge patch; an empty object when nothing is to be changed.
    /// - Returns: the configuration afterwards, and whether anything was written.
    /// - Throws: ``GatewayError`` of the last try; ``OperationError`` 412 when the configuration is another than was demanded.
    func change(
        _ client: GatewayClient,
        note: String,
        ifMatch demanded: String? = nil,
        _ change: @Sendable (Look) -> JSON
    ) async throws -> (configuration: GatewayConfiguration, isWritten: Bool) {
        let deadline = time.now + limit
        /// The state a write began from whose answer was lost.
        var lost: String??
        var hasSent = false
        while true {
            do {
                let current = try await client.configuration(timeout: max(.seconds(1), deadline - time.now))
                if !hasSent, let demanded, !EntityTag(current.hash ?? "").matches(ifMatch: demanded) {
                    throw OperationError.preconditionFailed
                }
                // The file is another one than before the lost answer: the change is in it.
                let isWritten = lost.map { $0 != current.hash } ?? false
                let patch = change(Look(config: current.config, hasSecrets: isWritten))
                if patch.objectValue?.isEmpty ?? true { return (current, isWritten) }
                var params: JSON = ["raw": .string(patch.text()), "note": .string(note)]
                if let hash = current.hash { params["baseHash"] = .string(hash) }
                let arrays = ConfigurationPlan.arrays(of: patch)
                if !arrays.isEmpty { params["replacePaths"] = .array(arrays.prefix(256).map { .string($0) }) }
                hasSent = true
                lost = .some(current.hash)
                _ = try await client.call("config.patch", params, timeout: max(.seconds(1), min(.seconds(30), deadline - time.now)))
                return (try await client.configuration(timeout: max(.seconds(1), deadline - time.now)), true)
            } catch let error as GatewayError {
                if error.kind == .baseHashStale {
                    lost = nil
                    if demanded != nil { throw OperationError.preconditionFailed }
                }
                guard let pause = Self.pause(after: error), time.now + pause < deadline else { throw error }
                try await time.sleep(for: pause)
            }
        }
    }

    /// How long to wait before a change is tried again; nil when it is not to be.
    static func pause(after error: GatewayError) -> Duration? {
        switch error.code {
        // A restart closes the connection in the middle of the change, which may have been done.
        case .closed, .timeout, .unreachable: .milliseconds(250)
        case .failed:
            switch error.kind {
            case .baseHashStale: .milliseconds(50)
            case .rateLimited, .startingUp: error.failure?.retryAfter ?? .seconds(2)
            default: error.failure?.isRetryable == true ? error.failure?.retryAfter ?? .seconds(1) : nil
            }
        default: nil
        }
    }
}

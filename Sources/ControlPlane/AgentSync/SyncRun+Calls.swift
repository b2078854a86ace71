import KubernetesClient
import OpenClawGateway

extension SyncRun {
    /// Pauses between the tries of one call: a gateway that restarts on a change of its configuration is back within them.
    private static var pauses: [Duration] { [.milliseconds(250), .seconds(1), .seconds(2), .seconds(4), .seconds(4)] }
    /// A gateway that wants to be left alone for longer is.
    private static var longestPause: Duration { .seconds(5) }

    /// Makes a call that can be made twice, over restarts of the gateway and while it is busy.
    ///
    /// - Throws: ``SyncFailure``; `CancellationError`.
    func persistently<Value: Sendable>(_ call: @Sendable () async throws(GatewayError) -> Value) async throws -> Value {
        var tries = 0
        while true {
            do throws(GatewayError) {
                return try await call()
            } catch {
                if error.code == .cancelled { throw CancellationError() }
                guard let pause = Self.pause(after: error, tries: tries) else { throw SyncFailure(error) }
                tries += 1
                // wait: bounded by the number of pauses and by the agent's time
                try await sync.time.sleep(for: pause)
            }
        }
    }

    /// How long to wait before a call is made again; nil when it is of no use.
    static func pause(after error: GatewayError, tries: Int) -> Duration? {
        guard tries < pauses.count else { return nil }
        switch error.code {
        case .closed, .unreachable, .timeout, .busy: return pauses[tries]
        case .failed:
            switch error.kind {
            case .rateLimited, .startingUp: break
            default: guard error.failure?.isRetryable == true else { return nil }
            }
            let pause = max(pauses[tries], error.failure?.retryAfter ?? .zero)
            return pause <= longestPause ? pause : nil
        default: return nil
        }
    }
}

extension SyncFailure {
    /// A call of the gateway failed for good, or for too long.
    init(_ error: GatewayError) {
        switch error.kind {
        case .notFound: self = .absent
        case .unsupportedFile: self.init(message: error.message, isUnsupportedFile: true)
        default:
            self.init(message: error.message, isGatewayAway: [.closed, .unreachable, .timeout, .refused].contains(error.code))
        }
    }

    /// The gateway does not have the agent.
    static let absent = SyncFailure(message: "The gateway does not have the agent; PATCH /api/v1/agents/{id}?force=true makes it again.")
}

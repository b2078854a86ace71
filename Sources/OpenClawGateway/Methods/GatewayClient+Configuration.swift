import JSONValue

/// A gateway's configuration, with its secrets left out.
public struct GatewayConfiguration: Sendable, Hashable {
    /// The settings.
    public var config: JSON
    /// Names this state of the file; absent while there is no file.
    public var hash: String?
}

/// What came of a change of the configuration.
public struct ConfigurationChange: Sendable, Hashable {
    /// Whether anything had to be written.
    public var isWritten: Bool
    /// How often it was tried.
    public var attempts: Int
}

extension GatewayClient {
    /// Reads the configuration.
    public func configuration(timeout: Duration = .seconds(30)) async throws(GatewayError) -> GatewayConfiguration {
        let answer = try await read("config.get", timeout: timeout)
        guard let config = answer["config"] ?? answer["parsed"] else { throw .invalid("config.get") }
        return GatewayConfiguration(config: config, hash: answer["hash"]?.stringValue)
    }

    /// Changes the configuration, against whatever else changes it, and over restarts that changes cause.
    ///
    /// Reads, asks what to change, and writes with the state that was read; starts anew when that was not the newest, waits when the gateway says that
    /// there were too many changes, and connects again when the gateway restarts. A change whose answer was lost is recognised by what is read next.
    /// - Parameters:
    ///   - note: what the change is for, for the gateway's log.
    ///   - replacing: paths of arrays that may become shorter.
    ///   - timeout: how long all of it may take. Default: 2 minutes.
    ///   - change: gives the merge patch (RFC 7396) for a configuration; `nil` when nothing is to be changed.
    /// - Throws: ``GatewayError`` of the last try.
    public func patchConfiguration(
        note: String,
        replacing: [String] = [],
        timeout: Duration = .seconds(120),
        _ change: @Sendable (JSON) -> JSON?
    ) async throws(GatewayError) -> ConfigurationChange {
        let deadline = elapsed + timeout
        var attempts = 0
        while true {
            do throws(GatewayError) {
                let current = try await configuration(timeout: max(.seconds(1), deadline - elapsed))
                guard let patch = change(current.config), patch.objectValue?.isEmpty != true else {
                    return ConfigurationChange(isWritten: attempts > 0, attempts: attempts)
                }
                attempts += 1
                var params: JSON = ["raw": .string(patch.text()), "note": .string(note)]
                if let hash = current.hash { params["baseHash"] = .string(hash) }
                if !replacing.isEmpty { params["replacePaths"] = .array(replacing.map { .string($0) }) }
                _ = try await call("config.patch", params, timeout: max(.seconds(1), min(.seconds(30), deadline - elapsed)))
                return ConfigurationChange(isWritten: true, attempts: attempts)
            } catch {
                guard let pause = Self.pause(after: error), elapsed + pause < deadline else { throw error }
                do { try await sleep(pause) } catch {
                    throw GatewayError(.cancelled, "The change of the configuration was cancelled.")
                }
            }
        }
    }

    /// How long to wait before a change is tried again; `nil` when it is not to be.
    static func pause(after error: GatewayError) -> Duration? {
        switch error.code {
        // A restart closes the connection in the middle of the change, which may have been done.
        case .closed, .timeout, .unreachable: return .milliseconds(250)
        case .failed:
            switch error.kind {
            case .baseHashStale: return .milliseconds(50)
            case .rateLimited, .startingUp: return error.failure?.retryAfter ?? .seconds(2)
            default: return error.failure?.isRetryable == true ? error.failure?.retryAfter ?? .seconds(1) : nil
            }
        default: return nil
        }
    }
}

import KubernetesClient
import NIOConcurrencyHelpers

/// Named checks of whether a process lives, and of whether it is ready for work.
public final class HealthChecks: Sendable {
    /// A check; it throws when things are not well. What it throws is logged, not shown.
    public typealias Check = @Sendable () async throws -> Void

    /// How checks went.
    public struct Report: Sendable, Hashable {
        /// Names of the checks, sorted, and whether each succeeded.
        public var results: [String: Bool]
        /// Why checks failed.
        public var failures: [String: String]
        /// Whether all succeeded.
        public var isHealthy: Bool { failures.isEmpty }
    }

    private struct State {
        var liveness: [String: Check] = [:]
        var readiness: [String: Check] = [:]
    }

    private let state = NIOLockedValueBox(State())
    private let time: TimeSource
    private let limit: Duration

    /// Makes checks: none, so that all is well.
    ///
    /// - Parameter limit: how long one check may take. Default: 5 s.
    public init(time: TimeSource = .system, limit: Duration = .seconds(5)) {
        self.time = time
        self.limit = limit
    }

    /// Adds a check of whether the process must be restarted.
    public func addLiveness(_ name: String, _ check: @escaping Check) { state.withLockedValue { $0.liveness[name] = check } }

    /// Adds a check of whether the process is ready for work.
    public func addReadiness(_ name: String, _ check: @escaping Check) { state.withLockedValue { $0.readiness[name] = check } }

    /// Does the liveness checks.
    ///
    /// - Parameter only: one check by its name; `nil` when there is no such check.
    public func liveness(only: String? = nil) async -> Report? { await run(state.withLockedValue { $0.liveness }, only: only) }

    /// Does the readiness checks.
    ///
    /// - Parameter only: one check by its name; `nil` when there is no such check.
    public func readiness(only: String? = nil) async -> Report? { await run(state.withLockedValue { $0.readiness }, only: only) }

    private func run(_ checks: [String: Check], only: String?) async -> Report? {
        var checks = checks
        if let only {
            guard let check = checks[only] else { return nil }
            checks = [only: check]
        }
        return await withTaskGroup(of: (String, String?).self) { group in
            for (name, check) in checks {
                group.addTask { [time, limit] in
                    do {
                        try await time.withTimeout(limit, check)
                        return (name, nil)
                    } catch {
                        return (name, String(describing: error))
                    }
                }
            }
            var report = Report(results: [:], failures: [:])
            for await (name, failure) in group {
                report.results[name] = failure == nil
                report.failures[name] = failure
            }
            return report
        }
    }
}

import KubernetesClient
import NIOConcurrencyHelpers

/// Named checks of three questions: whether a process lives, whether it is ready for work, and whether its work goes on.
///
/// Liveness and progress are asked on the thread of the ``HealthServer``, so that they have an answer even when no task of the process gets
/// a thread. Readiness may ask others.
public final class HealthChecks: Sendable {
    /// A check that may wait; it throws when things are not well. What it throws is logged, not shown.
    public typealias Check = @Sendable () async throws -> Void
    /// A check that answers at once; it throws when things are not well. What it throws is logged, not shown.
    public typealias ImmediateCheck = @Sendable () throws -> Void

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
        var liveness: [String: ImmediateCheck] = [:]
        var progress: [String: ImmediateCheck] = [:]
        var readiness: [String: Check] = [:]
        /// When a task last had a thread; `nil` before the first time.
        var pulse: Duration?
    }

    private let state = NIOLockedValueBox(State())
    let time: TimeSource
    let limit: Duration
    private let pulseLimit: Duration

    /// Makes checks: none, so that all is well.
    ///
    /// - Parameters:
    ///   - limit: how long one check of readiness may take. Default: 5 s.
    ///   - pulseLimit: how long tasks may wait for a thread before the progress check `tasks` fails. Default: 10 s.
    public init(time: TimeSource = .system, limit: Duration = .seconds(5), pulseLimit: Duration = .seconds(10)) {
        self.time = time
        self.limit = limit
        self.pulseLimit = pulseLimit
    }

    /// Adds a check of whether the process must be restarted.
    public func addLiveness(_ name: String, _ check: @escaping ImmediateCheck) { state.withLockedValue { $0.liveness[name] = check } }

    /// Adds a check of whether work goes on. A failure tells people; it restarts nothing.
    public func addProgress(_ name: String, _ check: @escaping ImmediateCheck) { state.withLockedValue { $0.progress[name] = check } }

    /// Adds a check of whether the process is ready for work.
    public func addReadiness(_ name: String, _ check: @escaping Check) { state.withLockedValue { $0.readiness[name] = check } }

    /// Does the liveness checks.
    ///
    /// - Parameter only: one check by its name; `nil` when there is no such check.
    public func liveness(only: String? = nil) -> Report? { run(state.withLockedValue { $0.liveness }, only: only) }

    /// Does the progress checks. `tasks` is among them once ``runPulse()`` runs: whether tasks get threads.
    ///
    /// - Parameter only: one check by its name; `nil` when there is no such check.
    public func progress(only: String? = nil) -> Report? {
        let (checks, pulse) = state.withLockedValue { ($0.progress, $0.pulse) }
        guard let pulse else { return run(checks, only: only) }
        let age = time.now - pulse
        return run(
            checks.merging(["tasks": { [pulseLimit] in if age > pulseLimit { throw Starved(age: age) } }]) { own, _ in own },
            only: only
        )
    }

    /// Does the readiness checks.
    ///
    /// - Parameter only: one check by its name; `nil` when there is no such check.
    public func readiness(only: String? = nil) async -> Report? {
        guard let checks = Self.chosen(state.withLockedValue { $0.readiness }, only) else { return nil }
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

    /// Shows each second that tasks get threads, until the task is cancelled.
    func runPulse() async {
        while !Task.isCancelled {
            state.withLockedValue { $0.pulse = time.now }
            try? await time.sleep(for: min(.seconds(1), pulseLimit / 4))
        }
    }

    private func run(_ checks: [String: ImmediateCheck], only: String?) -> Report? {
        guard let checks = Self.chosen(checks, only) else { return nil }
        var report = Report(results: [:], failures: [:])
        for (name, check) in checks {
            do {
                try check()
                report.results[name] = true
            } catch {
                report.results[name] = false
                report.failures[name] = String(describing: error)
            }
        }
        return report
    }

    private static func chosen<Value>(_ checks: [String: Value], _ only: String?) -> [String: Value]? {
        guard let only else { return checks }
        return checks[only].map { [only: $0] }
    }

    private struct Starved: Error, CustomStringConvertible {
        var age: Duration
        var description: String { "No task has had a thread for \(age): something blocks threads that tasks share" }
    }
}

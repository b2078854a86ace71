import Foundation

/// How a manager runs an operator.
public struct ManagerConfiguration: Sendable {
    /// The name of the operator, with a domain: who reports events, as `example.com/operator`.
    public var name: String
    /// Which instance of it; different for each process.
    public var identity: String
    /// How to share work between processes; `nil` to work at once.
    public var leaderElection: LeaderElectionConfiguration?
    /// Where health and metrics are served; `nil` for nowhere.
    public var health: HealthServer.Address?
    /// How long the shutdown may take before everything is cancelled. Default: 25 s, within the 30 s that
    /// pods have.
    public var shutdownBound: Duration

    /// Makes a configuration.
    ///
    /// - Parameter identity: Default: the host's name with a random part.
    public init(
        name: String,
        identity: String? = nil,
        leaderElection: LeaderElectionConfiguration? = nil,
        health: HealthServer.Address? = nil,
        shutdownBound: Duration = .seconds(25)
    ) {
        self.name = name
        self.identity = identity ?? "\(ProcessInfo.processInfo.hostName)_\(UUID().uuidString.lowercased())"
        self.leaderElection = leaderElection
        self.health = health
        self.shutdownBound = shutdownBound
    }
}

/// Buckets under which the runtime's metrics are what dashboards for controller-runtime expect.
public enum OperatorMetrics {
    /// Upper bounds by metric, for `PrometheusRegistry.Configuration.buckets`.
    public static let buckets: [String: [Double]] = [
        "workqueue_queue_duration_seconds": exponential,
        "workqueue_work_duration_seconds": exponential,
        "controller_event_to_reconcile_seconds": [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120],
        "controller_runtime_reconcile_time_seconds": [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5,
            3.0, 3.5, 4.0, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
        ],
    ]

    /// 10 ns, ×10, twelve of them.
    private static let exponential: [Double] = (0..<12).map { step in (0..<step).reduce(1e-8) { value, _ in value * 10 } }
}

import KubernetesClient

/// How a controller works.
public struct ControllerConfiguration: Sendable {
    /// How many keys are reconciled at once. Default: 4.
    public var workers: Int
    /// How long one reconcile may take; `nil` for as long as it likes. Default: 120 s.
    public var reconcileTimeout: Duration?
    /// How long the caches may take to be complete before ``Controller/run()`` fails. Default: 120 s.
    public var cacheSyncTimeout: Duration
    /// Delays of keys that fail. Default: 5 ms ×2 up to 1000 s.
    public var backoff: Backoff
    /// How long a key waits at most for the caches to see its own last writes; longer than a silent watch takes to be found out. After it
    /// the key is reconciled with ``ReconcileContext/isCacheCurrent`` saying no. Default: 60 s.
    public var ownWriteTimeout: Duration
    /// How long reconciles under way may go on at shutdown before they are cancelled; shorter than that of the manager.
    /// Default: 20 s.
    public var shutdownBound: Duration

    /// Makes a configuration; see the properties for the defaults.
    public init(
        workers: Int = 4,
        reconcileTimeout: Duration? = .seconds(120),
        cacheSyncTimeout: Duration = .seconds(120),
        backoff: Backoff = .reconcile,
        ownWriteTimeout: Duration = .seconds(60),
        shutdownBound: Duration = .seconds(20)
    ) {
        self.workers = max(1, workers)
        self.reconcileTimeout = reconcileTimeout
        self.cacheSyncTimeout = cacheSyncTimeout
        self.backoff = backoff
        self.ownWriteTimeout = ownWriteTimeout
        self.shutdownBound = shutdownBound
    }
}

/// Priorities of keys.
public enum ReconcilePriority {
    /// Of changes that happen now.
    public static let live = 0
    /// Of what is told because a cache begins or is told again; below everything live.
    public static let replay = -100
}

import KubernetesClient
import KubernetesModel
import Logging

/// Watches Leases for those who wait for them. It is a help and no more: while there is no watch, as without the permission, each elector
/// looks after its retry period.
struct LeaseWatch: Sendable {
    /// What was told: the name, and what the Lease says, or `nil` when it was deleted.
    typealias Handler = @Sendable (String, LeaseRecord?) -> Void

    /// The longest time between attempts to watch.
    private static let longestPause = Duration.seconds(60)

    private let api: ResourceAPI<CoordinationV1.Lease>
    private let options: WatchOptions
    private let pause: Duration
    private let time: TimeSource
    private let logger: Logger

    /// - Parameters:
    ///   - options: select the Leases. They have no version: each watch begins with what is there.
    ///   - logger: with the name of the Lease, or of the group.
    init(
        client: KubernetesClient,
        configuration: LeaderElectionConfiguration,
        options: WatchOptions,
        time: TimeSource,
        logger: Logger
    ) {
        api = client.resource(CoordinationV1.Lease.self, namespace: configuration.namespace).retrying(.never)
        self.options = options
        pause = configuration.retryPeriod
        self.time = time
        self.logger = logger
    }

    /// Tells of each change until it is cancelled.
    ///
    /// - Throws: `CancellationError`.
    func run(_ handler: Handler) async throws {
        var failures = 0
        while true {
            let start = time.now
            do {
                for try await event in try await api.watch(options) {
                    switch event {
                    case .added(let lease), .modified(let lease): handler(lease.metadata.name, LeaseRecord(lease))
                    case .deleted(let lease): handler(lease.metadata.name, nil)
                    case .bookmark: break
                    case .error(let status): throw KubernetesError.status(status)
                    }
                    failures = 0
                }
                try Task.checkCancellation()
                // The server ends each watch after a time; one that ends at once is not asked again at once.
                if time.now - start >= pause { continue }
            } catch {
                try Task.checkCancellation()
                failures += 1
                logger.debug("Could not watch the Lease", metadata: ["cause": "\(error)"])
            }
            try await time.sleep(for: min(Self.longestPause, pause * (1 << min(failures, 5))))
        }
    }
}

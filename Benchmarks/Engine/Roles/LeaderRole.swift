import ArgumentParser
import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Observability
import OperatorRuntime
import ServiceLifecycle
import Synchronization
import UnixSignals

/// An operator that stands for election, as a process of its own.
struct LeaderRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "leader", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var identity: String
    @Option var leaseMilliseconds: Int
    @Option var renewMilliseconds: Int
    @Option var retryMilliseconds: Int

    func run() async throws {
        ParentLink.dieWithParent()
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "enginebench-leader")
        let manager = Manager(
            configuration: ManagerConfiguration(
                name: "bench.opencrane.io/leader",
                identity: identity,
                leaderElection: LeaderElectionConfiguration(
                    leaseName: "enginebench",
                    namespace: "default",
                    leaseDuration: .milliseconds(leaseMilliseconds),
                    renewDeadline: .milliseconds(renewMilliseconds),
                    retryPeriod: .milliseconds(retryMilliseconds)
                )
            ),
            client: client,
            logger: Setting.logger,
            metrics: PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
        )
        let informer = manager.informer(Tenant.self)
        let first = Once()
        let controller = Controller<ObjectKey>("tenant", logger: Setting.logger) { key, _ in
            if first.isFirst() { ParentLink.report(["reconciled": .integer(Moment.now.nanoseconds), "key": .string("\(key)")]) }
            return .done
        }
        controller.reconciles(informer)
        manager.add(controller)
        let watching = Task {
            try await informer.waitUntilSynced()
            ParentLink.report(["synced": true])
            try await manager.waitUntilLeading()
            ParentLink.report(["leading": .integer(Moment.now.nanoseconds)])
        }
        defer { watching.cancel() }
        try await ServiceGroup(services: [manager], gracefulShutdownSignals: [.sigterm], logger: Setting.logger).run()
        await client.shutdown()
    }

    private final class Once: Sendable {
        private let happened = Atomic<Bool>(false)

        func isFirst() -> Bool { !happened.exchange(true, ordering: .relaxed) }
    }
}

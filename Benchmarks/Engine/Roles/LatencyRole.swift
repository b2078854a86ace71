import ArgumentParser
import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import Observability
import OperatorRuntime

/// How long a change takes until its reconcile begins; if wanted, while all other keys are reconciled too.
struct LatencyRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "latency", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var workers = 4
    @Option(help: "What a reconcile costs, in milliseconds of waiting.") var cost = 0
    @Flag(help: "Keep the queue full of all keys.") var resync = false
    @Flag(help: "Give these keys the priority of changes, as a queue without priorities would.") var flat = false

    /// What is known of the changes.
    private struct Changes {
        /// The newest stamp that was reconciled, by key.
        var stamps: [ObjectKey: String] = [:]
        /// When the cache told of a change that no reconcile has seen yet.
        var told: [ObjectKey: Moment] = [:]
        var fromDue = Latencies()
        var fromCache = Latencies()
        /// Changes that were due before are not counted; `nil` when none are.
        var since: Moment?
        var reconciles = 0
    }

    func run() async throws {
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "enginebench-latency")
        let registry = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
        let informer = Informer(client.resource(Tenant.self), logger: Setting.logger, metrics: registry)
        let changes = NIOLockedValueBox(Changes())
        informer.addHandler { event in
            guard case .updated(_, _, isResync: false) = event else { return }
            let now = Moment.now
            changes.withLockedValue { if $0.told[event.key] == nil { $0.told[event.key] = now } }
        }
        let controller = Controller<ObjectKey>(
            "tenant",
            configuration: ControllerConfiguration(workers: workers),
            logger: Setting.logger,
            metrics: registry
        ) { [cost] key, _ in
            Self.began(key, stamp: informer.store[key]?.metadata.annotations[Fleet.stamp], changes)
            if cost > 0 { try await Task.sleep(for: .milliseconds(cost)) }
            return .done
        }
        controller.reconciles(informer)
        let informing = Task { try await informer.run() }
        let controlling = Task { try await controller.run() }
        let feeding = Task { if resync { try await feed(controller, informer) } }
        defer { for task in [informing, controlling, feeding] { task.cancel() } }
        try await informer.waitUntilSynced()
        if !resync { try await poll("The end of the first reconciles") { controller.waiting == 0 } }
        try await answer(changes)
    }

    private static func began(_ key: ObjectKey, stamp: String?, _ changes: NIOLockedValueBox<Changes>) {
        let now = Moment.now
        changes.withLockedValue { changes in
            changes.reconciles += 1
            guard let stamp, changes.stamps[key] != stamp, let due = Int64(stamp) else { return }
            changes.stamps[key] = stamp
            let told = changes.told.removeValue(forKey: key)
            guard let since = changes.since, due >= since.nanoseconds, let told else { return }
            changes.fromDue.add(now - Moment(nanoseconds: due))
            changes.fromCache.add(now - told)
        }
    }

    /// Keeps all keys waiting, as one resync after the other does.
    private func feed(_ controller: Controller<ObjectKey>, _ informer: Informer<Tenant>) async throws {
        try await informer.waitUntilSynced()
        let keys = informer.store.keys
        while true {
            if controller.waiting < keys.count * 9 / 10 {
                for key in keys { controller.enqueue(key, priority: flat ? ReconcilePriority.live : ReconcilePriority.replay) }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func answer(_ changes: NIOLockedValueBox<Changes>) async throws {
        ParentLink.report(["ready": true])
        var began = Moment.now
        var processor = processorTime()
        for await word in ParentLink.commands() {
            switch word {
            case "begin":
                changes.withLockedValue {
                    $0.since = .now
                    $0.fromDue = Latencies()
                    $0.fromCache = Latencies()
                    $0.reconciles = 0
                }
                began = .now
                processor = processorTime()
                ParentLink.report(["begun": true])
            case "end":
                let result = changes.withLockedValue { changes in
                    changes.since = nil
                    return (changes.fromDue, changes.fromCache, changes.reconciles)
                }
                let seconds = Double(Moment.now - began) / 1e9
                ParentLink.report([
                    "fromDue": result.0.summary, "fromCache": result.1.summary, "reconciles": .number(Double(result.2) / seconds),
                    "processor": .number((processorTime() - processor) / seconds),
                ])
            default: continue
            }
        }
    }
}

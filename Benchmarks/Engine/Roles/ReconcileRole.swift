import ArgumentParser
import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Observability
import OperatorRuntime
import Synchronization

/// How many reconciles a second a controller does that find nothing to do.
struct ReconcileRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reconcile", shouldDisplay: false)

    @Option var kubeconfig: String
    @Option var workers: Int
    @Option var seconds: Double
    @Option var objects: Int
    @Option var repetitions: Int
    @Flag(help: "Apply each tenant as it already is.") var apply = false

    func run() async throws {
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "enginebench-reconcile")
        let registry = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
        let informer = Informer(
            client.resource(Tenant.self),
            options: InformerOptions(transform: Transforms.keepManagedFields(of: Fleet.fieldManager)),
            logger: Setting.logger,
            metrics: registry
        )
        let counts = Counts()
        let applier = Applier(client: client, fieldManager: Fleet.fieldManager)
        let desired = wanted()
        let controller = Controller<ObjectKey>(
            "tenant",
            configuration: ControllerConfiguration(workers: workers),
            logger: Setting.logger,
            metrics: registry
        ) { key, _ in
            guard let tenant = informer.store[key] else { throw BenchError("\(key) is not in the cache") }
            if let wanted = desired[key] {
                if try await applier.apply(wanted, live: tenant).isWrite { counts.written.add(1, ordering: .relaxed) }
            } else if tenant.spec.displayName.isEmpty {
                throw BenchError("\(key) has no name")
            }
            counts.reconcile()
            return .done
        }
        controller.reads(informer)
        let informing = Task { try await informer.run() }
        let controlling = Task { try await controller.run() }
        defer {
            informing.cancel()
            controlling.cancel()
        }
        try await informer.waitUntilSynced()
        let keys = informer.store.keys
        // Once unmeasured: what is remembered for each key is there afterwards.
        try await reconcileAll(keys, controller, counts)
        for _ in 0..<repetitions {
            let start = Moment.now
            let processor = processorTime()
            let before = counts.reconciled.load(ordering: .relaxed)
            while Double(Moment.now - start) < seconds * 1e9 { try await reconcileAll(keys, controller, counts) }
            let number = Double(counts.reconciled.load(ordering: .relaxed) - before)
            ParentLink.report([
                "rate": .number(number / (Double(Moment.now - start) / 1e9)),
                "processor": .number((processorTime() - processor) / number * 1e6),
                "written": .integer(Int64(counts.written.load(ordering: .relaxed))),
            ])
        }
    }

    /// Asks for every key, and waits until all were reconciled.
    private func reconcileAll(_ keys: [ObjectKey], _ controller: Controller<ObjectKey>, _ counts: Counts) async throws {
        counts.expect(keys.count)
        for key in keys { controller.enqueue(key) }
        var done = counts.done.makeAsyncIterator()
        await done.next()
    }

    private func wanted() -> [ObjectKey: Tenant] {
        guard apply else { return [:] }
        let fleet = Fleet(count: objects)
        return Dictionary(uniqueKeysWithValues: (0..<objects).map { (fleet.key($0), fleet.tenant($0)) })
    }

    private final class Counts: Sendable {
        let reconciled = Atomic<Int>(0)
        let written = Atomic<Int>(0)
        /// Tells when as many were reconciled as were expected: no timer takes part in what is measured.
        let done: AsyncStream<Void>
        private let goal = Atomic<Int>(0)
        private let isDone: AsyncStream<Void>.Continuation

        init() { (done, isDone) = AsyncStream.makeStream() }

        func expect(_ more: Int) { goal.store(reconciled.load(ordering: .relaxed) + more, ordering: .relaxed) }

        func reconcile() {
            if reconciled.add(1, ordering: .relaxed).newValue == goal.load(ordering: .relaxed) { isDone.yield() }
        }
    }
}

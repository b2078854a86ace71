import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

// snippet: informer
/// A cache alone: who runs in a namespace, by node, always up to date and read without asking the server.
public func podsByNode(_ client: KubernetesClient, namespace: String, logger: Logger) -> Informer<CoreV1.Pod> {
    var options = InformerOptions<CoreV1.Pod>()
    options.indexes = [StoreIndex("node") { pod in pod.spec?.nodeName.map { [$0] } ?? [] }]
    return Informer(client.resource(CoreV1.Pod.self, namespace: namespace), options: options, logger: logger)
}

/// Reads that belong together are done on one snapshot.
public func nodes(of pods: Store<CoreV1.Pod>, _ names: [String]) -> [String: [String]] {
    let snapshot = pods.snapshot
    let pairs = names.map { ($0, snapshot.objects(index: "node", value: $0).map(\.metadata.name)) }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
}
// end

// snippet: election
/// Leader election alone: work goes on wherever the Lease is, and is cancelled where it is lost.
public func worksAlone(
    _ client: KubernetesClient,
    identity: String,
    logger: Logger,
    time: TimeSource,
    work: @escaping @Sendable () async throws -> Void
) async throws {
    let elector = LeaderElector(
        client: client,
        configuration: LeaderElectionConfiguration(leaseName: "nightly", namespace: "default"),
        identity: identity,
        logger: logger,
        time: time
    )
    try await elector.run(work)
}
// end

// snippet: queue
/// A work queue alone: a key that is added while it is worked on comes again, but never twice at once.
public func drain(_ queue: WorkQueue<String>, _ work: @Sendable (String) async throws -> Void) async {
    while let item = await queue.next() {
        let outcome: WorkQueue<String>.Outcome
        do {
            try await work(item.key)
            outcome = .done
        } catch {
            // It comes back after 5 ms, 10 ms, 20 ms and so on.
            outcome = .failed
        }
        queue.finish(item.key, outcome, took: .zero)
    }
}
// end

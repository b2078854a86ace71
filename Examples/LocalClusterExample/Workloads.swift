import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import WorkloadSimulator

// snippet: simulator
/// The address of a Deployment's first pod once all are ready, in a cluster where nothing runs: the simulator says what kubelets would.
public func rollOut(_ deployment: AppsV1.Deployment, logger: Logger) async throws -> String? {
    try await withClusterServer { server in
        let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
        let simulator = WorkloadSimulator(client: client, logger: logger)
        let address = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulator.run() }
            defer { group.cancelAll() }
            let stored = try await client.resource(AppsV1.Deployment.self).create(deployment)
            let deployments = client.resource(AppsV1.Deployment.self, namespace: stored.metadata.namespace)
            for try await event in try await deployments.watch(WatchOptions(resourceVersion: stored.metadata.resourceVersion)) {
                if case .modified(let now) = event, now.status?.readyReplicas == now.spec?.replicas { break }
            }
            let pods = try await client.resource(CoreV1.Pod.self, namespace: stored.metadata.namespace).list()
            return pods.items.first?.status?.podIP
        }
        await client.shutdown()
        return address
    }
}
// end

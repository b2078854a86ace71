import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import OperatorRuntime
import ServiceLifecycle

/// A client of a cluster, known to it by name.
func testClient(_ cluster: ClusterServer, userAgent: String = "tester") throws -> KubernetesClient {
    var configuration = try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig)
    configuration.userAgent = userAgent
    return try KubernetesClient(configuration: configuration, logger: quietLogger)
}

/// Writes errors only.
var quietLogger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}

/// Runs services for the time of `body`, and cancels them afterwards.
func running<Result: Sendable>(
    _ services: any ServiceLifecycle.Service...,
    body: @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for service in services { group.addTask { try await service.run() } }
        defer { group.cancelAll() }
        return try await body()
    }
}

/// A ConfigMap of the default namespace.
func configMap(_ name: String, _ data: [String: String] = [:], labels: [String: String] = [:]) -> CoreV1.ConfigMap {
    CoreV1.ConfigMap(metadata: ObjectMeta(name: name, namespace: "default", labels: labels), data: data)
}

import KubernetesClient
import Logging
import Observability
import OperatorRuntime

// snippet: observed
/// A manager that logs in JSON and serves its metrics, and those of its client and of the process, at `/metrics`.
public func observed(_ configuration: ClientConfiguration, output: LogOutput = .standardError) throws -> (Manager, PrometheusRegistry) {
    let logger = Logger(label: "team-operator") { JSONLogHandler(label: $0, output: output) }
    let metrics = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
    metrics.addCollector(ProcessMetrics.collector())
    metrics.setHelp("informer_store_objects", "Objects in a cache")
    // A value of this type shows itself nowhere; values under keys that end in `token` or `password` are hidden as well.
    let password = SensitiveString("correct horse")
    logger.info("Starting", metadata: ["server": "\(configuration.server)", "database": "\(password)"])
    let client = try KubernetesClient(configuration: configuration, logger: logger, metrics: metrics)
    let manager = Manager(
        configuration: ManagerConfiguration(name: "example.com/team-operator", health: .init(host: "127.0.0.1", port: 0)),
        client: client,
        logger: logger,
        metrics: metrics
    )
    return (manager, metrics)
}
// end

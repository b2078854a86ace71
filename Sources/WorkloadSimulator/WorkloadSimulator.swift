import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime
import ServiceLifecycle

/// Plays the controllers and kubelets that a cluster without nodes lacks: Deployments become ready, claims bound, Ingresses addressed.
///
/// No container ever runs. It is meant for development and tests, against any API server that has no nodes of its own.
public final class WorkloadSimulator: Service {
    private let client: KubernetesClient
    private let configuration: SimulatorConfiguration
    private let logger: Logger
    private let time: TimeSource
    private let random: @Sendable () -> UInt64
    private let runsElsewhere: @Sendable (CoreV1.Pod) -> Bool

    /// Makes a simulator.
    ///
    /// - Parameters:
    ///   - client: client of the API server.
    ///   - configuration: what is played, and how fast.
    ///   - logger: logger.
    ///   - time: clock. Default the system's.
    ///   - random: source of the suffixes of Pod names. Default the system's.
    ///   - runsElsewhere: whether something else runs a Pod: it is made, and left alone from then on. Default no.
    public init(
        client: KubernetesClient,
        configuration: SimulatorConfiguration = .init(),
        logger: Logger,
        time: TimeSource = .system,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        runsElsewhere: @escaping @Sendable (CoreV1.Pod) -> Bool = { _ in false }
    ) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.time = time
        self.random = random
        self.runsElsewhere = runsElsewhere
    }

    /// Plays until cancelled or shut down.
    ///
    /// - Throws: ``SimulatorError`` when the cluster has nodes, whose kubelets the simulator would fight with.
    public func run() async throws {
        try await refuseNodes()
        let manager = Manager(
            configuration: ManagerConfiguration(name: "workload-simulator", identity: "workload-simulator"),
            client: client,
            logger: logger,
            time: time,
            random: { [random] in Double(random() >> 11) * 0x1p-53 }
        )
        let stage = SimulatorStage(
            client: client,
            manager: manager,
            configuration: configuration,
            logger: logger,
            time: time,
            random: random,
            runsElsewhere: runsElsewhere
        )
        stage.set(on: manager)
        try await manager.run()
    }

    private func refuseNodes() async throws {
        guard !configuration.ignoresNodes else { return }
        let nodes = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)
        do {
            let page = try await client.dynamic(nodes).list(ListOptions(limit: 1))
            guard page.items.isEmpty else {
                throw SimulatorError(
                    code: "CLUSTER_HAS_NODES",
                    message: "The cluster has nodes of its own, so its workloads are not simulated"
                )
            }
        } catch let error as KubernetesError where error.isNotFound {
            // An API server that does not serve nodes has none.
        }
    }
}

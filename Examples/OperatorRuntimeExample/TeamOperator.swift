import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

// snippet: operator
/// Gives each namespace with the label `team` a ConfigMap that says whom to ask.
public func teamOperator(_ client: KubernetesClient, logger: Logger) -> Manager {
    let manager = Manager(
        configuration: ManagerConfiguration(
            name: "example.com/team-operator",
            leaderElection: LeaderElectionConfiguration(leaseName: "team-operator", namespace: "default")
        ),
        client: client,
        logger: logger
    )
    let namespaces = manager.informer(CoreV1.Namespace.self, options: InformerOptions(labelSelector: "team"))
    let applier = Applier(client: client, fieldManager: "team-operator")
    let maps = manager.informer(
        CoreV1.ConfigMap.self,
        options: InformerOptions(labelSelector: "app.kubernetes.io/managed-by=team-operator").applied(by: applier)
    )
    let controller = manager.controller("team") { key, context in
        guard let namespace = namespaces.store[key], !namespace.metadata.isBeingDeleted else { return .done }
        let wanted = contact(for: namespace)
        let applied = try await applier.apply(wanted, live: maps.store[wanted.key])
        if applied.isWrite { context.logger.info("Wrote the contact", metadata: ["team": "\(wanted.data?["team"] ?? "")"]) }
        return .done
    }
    controller.reconciles(namespaces, predicate: .labelsChanged)
    // A ConfigMap that is changed or deleted brings its namespace back.
    controller.watches(maps) { map in map.metadata.namespace.map { [ObjectKey(name: $0)] } ?? [] }
    return manager
}
// end

// snippet: plan
/// What a namespace should have: a function, to be tested as one.
public func contact(for namespace: CoreV1.Namespace) -> CoreV1.ConfigMap {
    CoreV1.ConfigMap(
        metadata: ObjectMeta(
            name: "contact",
            namespace: namespace.metadata.name,
            labels: ["app.kubernetes.io/managed-by": "team-operator"],
            ownerReferences: [namespace.ownerReference()]
        ),
        data: ["team": namespace.metadata.labels["team"] ?? ""]
    )
}
// end

import CraneAPI
import KubernetesClient
import KubernetesModel
import OperatorRuntime

@testable import CraneOperator

/// Reconcilers whose caches have not heard of anything: the worst that a silent watch can do.
struct BlindReconcilers {
    let tenants: TenantReconciler
    let clusterTenants: ClusterTenantReconciler
    let context: ReconcileContext

    init(_ stage: Stage) throws {
        let configuration = Stage.configuration
        let client = try Stage.client(of: stage.server, agent: Stage.operatorAgent)
        let manager = Manager(
            configuration: ManagerConfiguration(name: "blind", identity: "blind"),
            client: client,
            logger: Stage.quiet
        )
        let namePolicies = NamePolicySupport(
            isServed: false,
            options: OperatorInformers.childOptions(),
            client: client,
            logger: Stage.quiet,
            time: .system,
            random: { 0.5 }
        )
        let informers = OperatorInformers(manager: manager, watchNamespace: nil, namePolicies: namePolicies)
        let applier = Applier(client: client, fieldManager: FieldManagers.operator)
        let writer = ChildWriter(client: client, applier: applier, randomBytes: SecureRandom.bytes)
        let children = TenantChildStores(informers, client: client, applier: applier)
        let machines = MachineTenantReconciler(
            client: client,
            installation: InstallationIdentity(client: client, namespace: nil, logger: Stage.quiet),
            configuration: configuration,
            registry: MachineRegistry(),
            applier: applier,
            writer: writer,
            children: children,
            bootstraps: BootstrapSecrets(client: client, secrets: informers.secrets),
            gateways: GatewayPool(maximum: 1, interval: .seconds(1), time: .system, logger: Stage.quiet),
            events: manager.events,
            ids: SecureRandom.uuid
        )
        tenants = TenantReconciler(
            client: client,
            informers: informers,
            configuration: configuration,
            applier: applier,
            writer: writer,
            children: children,
            events: manager.events,
            machines: machines
        )
        clusterTenants = ClusterTenantReconciler(
            client: client,
            informers: informers,
            configuration: configuration,
            applier: applier,
            writer: writer,
            events: manager.events
        )
        context = ReconcileContext(
            controller: "blind",
            reconcileID: "1",
            logger: Stage.quiet,
            failures: 0,
            time: .system,
            fencingToken: nil,
            isCacheCurrent: false
        )
    }
}

import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import OperatorRuntime
import ServiceLifecycle
import Testing
import WorkloadSimulator

@testable import CraneOperator

/// An API server with the definitions and the simulated workloads, for one test.
struct Stage: Sendable {
    static let operatorAgent = "operator-under-test"
    private static let definitions = ResourceType(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )

    let server: ClusterServer
    let client: KubernetesClient
    let namespace = "team-a"

    static var quiet: Logger {
        var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        return logger
    }

    /// Runs a test on a stage of its own.
    static func set(simulated: Bool = true, _ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        try await withClusterServer(ClusterServer.Configuration(authorization: .rbac)) { server in
            let client = try Self.client(of: server, agent: "test", isOperator: false)
            let stage = Stage(server: server, client: client)
            try await stage.prepare()
            let simulator = WorkloadSimulator(client: try Self.client(of: server, agent: "simulator", isOperator: false), logger: quiet)
            try await withRunning(simulated ? [simulator] : []) { try await body(stage) }
        }
    }

    /// A client of the administrator, or one with the operator's account: it has the rights that are declared for it, and no others.
    static func client(of server: ClusterServer, agent: String, isOperator: Bool = true) throws -> KubernetesClient {
        try KubernetesClient(configuration: configuration(of: server, agent: agent, isOperator: isOperator), logger: quiet)
    }

    static func configuration(of server: ClusterServer, agent: String, isOperator: Bool = true) throws -> ClientConfiguration {
        var configuration = try ClientConfiguration(kubeconfigYAML: server.kubeconfig)
        configuration.userAgent = agent
        if isOperator { configuration.impersonation = Impersonation(user: "system:serviceaccount:\(account.namespace):\(account.name)") }
        return configuration
    }

    /// The account is in the namespace in which the tests have operators elect a leader.
    private static let account = (namespace: "default", name: "opencrane-operator")

    /// Gives the operator's account what is declared for it.
    private func grant() async throws {
        let grant = PermissionGrant(account: Self.account.name, ownNamespace: Self.account.namespace, tenantNamespaces: nil)
        for object in OperatorRBAC.roles.flatMap(grant.objects) {
            let kind = object["kind"]?.stringValue ?? ""
            let type = ResourceType(
                group: PermissionGrant.group,
                version: "v1",
                kind: kind,
                plural: kind.lowercased() + "s",
                isNamespaced: !kind.hasPrefix("Cluster")
            )
            let namespace = object[at: ["metadata", "namespace"]]?.stringValue
            _ = try await client.dynamic(type, namespace: namespace).create(DynamicObject(object))
        }
    }

    /// Runs services beside a body, and stops them afterwards.
    static func withRunning<R: Sendable>(_ services: [any Service], _ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            for service in services {
                group.addTask {
                    do { try await service.run() } catch is CancellationError {}
                    if !Task.isCancelled { Issue.record("A service ended by itself") }
                    return nil
                }
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw NeverHappened(what: "the body ended")
        }
    }

    private func prepare() async throws {
        try await grant()
        for definition in CraneCRDs.all { _ = try await client.dynamic(Self.definitions).create(DynamicObject(definition)) }
        try await eventually("the three kinds are served") {
            let types = [Tenant.resourceType, AccessPolicy.resourceType, ClusterTenant.resourceType]
            for type in types where try await !client.discovery.serves(type, refresh: true) { return false }
            return true
        }
        _ = try await client.resource(CoreV1.Namespace.self).create(CoreV1.Namespace(metadata: ObjectMeta(name: namespace)))
    }

    /// Has the API server serve CiliumNetworkPolicy.
    func serveCilium() async throws {
        let schema: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let definition: JSON = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "ciliumnetworkpolicies.cilium.io"],
            "spec": [
                "group": "cilium.io", "scope": "Namespaced",
                "names": ["plural": "ciliumnetworkpolicies", "singular": "ciliumnetworkpolicy", "kind": "CiliumNetworkPolicy"],
                "versions": [["name": "v2", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema]]],
            ],
        ]
        _ = try await client.dynamic(Self.definitions).create(DynamicObject(definition))
        try await eventually("CiliumNetworkPolicy is served") {
            try await client.discovery.serves(CiliumV2.CiliumNetworkPolicy.resourceType, refresh: true)
        }
    }

    /// Has the API server serve CiliumNetworkPolicy no more.
    func ceaseCilium() async throws {
        _ = try await client.dynamic(Self.definitions).delete("ciliumnetworkpolicies.cilium.io")
        try await eventually("CiliumNetworkPolicy is not served") {
            try await !client.discovery.serves(CiliumV2.CiliumNetworkPolicy.resourceType, refresh: true)
        }
    }

    // MARK: - The operator

    static var configuration: OperatorConfiguration {
        var configuration = Samples.configuration
        configuration.process.leaderElection = false
        configuration.process.healthPort = nil
        return configuration
    }

    func makeOperator(
        _ configuration: OperatorConfiguration = Stage.configuration,
        client: KubernetesClient? = nil
    ) throws -> CraneOperator {
        CraneOperator(
            configuration: configuration,
            client: try client ?? Self.client(of: server, agent: Self.operatorAgent),
            logger: Self.quiet
        )
    }

    /// Runs a test with an operator.
    func operating(
        _ configuration: OperatorConfiguration = Stage.configuration,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await Self.withRunning([try makeOperator(configuration)], body)
    }

    /// Writes of the operator, Events and Leases left out.
    var operatorWrites: Int { server.requests.writes(userAgent: Self.operatorAgent) }

    /// Waits until the operator has written nothing for some time.
    func settle(for quiet: Duration = .milliseconds(1500)) async throws {
        var count = operatorWrites
        var since = ContinuousClock.now
        try await eventually("the operator rests", within: .seconds(60)) {
            let now = operatorWrites
            if now != count { (count, since) = (now, ContinuousClock.now) }
            return ContinuousClock.now - since > quiet
        }
    }

    // MARK: - Resources

    var tenants: ResourceAPI<Tenant> { client.resource(Tenant.self, namespace: namespace) }
    var policies: ResourceAPI<AccessPolicy> { client.resource(AccessPolicy.self, namespace: namespace) }
    var clusterTenants: ResourceAPI<ClusterTenant> { client.resource(ClusterTenant.self) }

    @discardableResult
    func createTenant(_ name: String = "mia", _ change: (inout TenantSpec) -> Void = { _ in }) async throws -> Tenant {
        var spec = TenantSpec(displayName: name, email: "\(name)@corp.test")
        change(&spec)
        return try await tenants.create(Tenant(metadata: ObjectMeta(name: name), spec: spec))
    }

    @discardableResult
    func createPolicy(_ name: String, _ change: (inout AccessPolicySpec) -> Void) async throws -> AccessPolicy {
        var spec = AccessPolicySpec()
        change(&spec)
        return try await policies.create(AccessPolicy(metadata: ObjectMeta(name: name), spec: spec))
    }

    @discardableResult
    func createClusterTenant(_ name: String = "corp", _ change: (inout ClusterTenantSpec) -> Void = { _ in }) async throws -> ClusterTenant
    {
        var spec = ClusterTenantSpec(displayName: name, isolationTier: .shared)
        change(&spec)
        return try await clusterTenants.create(ClusterTenant(metadata: ObjectMeta(name: name), spec: spec))
    }

    /// Waits until a condition of a tenant has a status and, if given, a reason.
    @discardableResult
    func awaitTenant(
        _ name: String = "mia",
        _ type: String = ConditionType.ready,
        _ status: ConditionStatus = .true,
        reason: String? = nil
    ) async throws -> Tenant {
        var last: Tenant?
        do {
            try await eventually("Tenant \(name) has \(type)=\(status.rawValue) \(reason ?? "")") {
                let tenant = try await tenants.getIfPresent(name)
                last = tenant
                guard let tenant, tenant.status?.observedGeneration == tenant.metadata.generation,
                    let condition = tenant.status?.conditions?.condition(type)
                else { return false }
                return condition.status == status && (reason == nil || condition.reason == reason)
            }
        } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); status: \(try JSON(encoding: last?.status).text())")
        }
        return try await tenants.get(name)
    }

    @discardableResult
    func awaitClusterTenant(_ name: String = "corp", _ phase: ClusterTenantPhase = .ready) async throws -> ClusterTenant {
        try await eventually("ClusterTenant \(name) is \(phase.rawValue)") {
            let clusterTenant = try await clusterTenants.getIfPresent(name)
            return clusterTenant?.status?.phase == phase && clusterTenant?.status?.observedGeneration == clusterTenant?.metadata.generation
        }
        return try await clusterTenants.get(name)
    }

    /// Kind and name of everything in a namespace that carries a tenant's label, pods and ReplicaSets left out.
    func children(of tenant: String = "mia", in namespace: String) async throws -> Set<String> {
        var found: Set<String> = []
        let options = ListOptions(labelSelector: "opencrane.io/tenant=\(tenant)")
        func list<T: KubernetesResource>(_ type: T.Type) async throws {
            for object in try await client.resource(type, namespace: namespace).list(options).items {
                found.insert("\(T.resourceType.kind)/\(object.metadata.name)")
            }
        }
        try await list(CoreV1.ServiceAccount.self)
        try await list(CoreV1.Secret.self)
        try await list(CoreV1.ConfigMap.self)
        try await list(CoreV1.PersistentVolumeClaim.self)
        try await list(AppsV1.Deployment.self)
        try await list(CoreV1.Service.self)
        try await list(NetworkingV1.Ingress.self)
        try await list(NetworkingV1.NetworkPolicy.self)
        return found
    }

    func pods(in namespace: String) async throws -> [CoreV1.Pod] {
        try await client.resource(CoreV1.Pod.self, namespace: namespace).list().items
    }

    /// All children of a tenant.
    static func allChildren(_ name: String = "mia") -> Set<String> {
        [
            "ServiceAccount/openclaw-\(name)", "Secret/openclaw-\(name)-encryption-key", "ConfigMap/openclaw-\(name)-config",
            "PersistentVolumeClaim/openclaw-\(name)-state", "Deployment/openclaw-\(name)", "Service/openclaw-\(name)",
            "Ingress/openclaw-\(name)", "NetworkPolicy/openclaw-\(name)",
        ]
    }
}

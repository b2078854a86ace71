import CraneAPI
import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import Observability
import OperatorRuntime
import ServiceLifecycle

/// The operator: watches Tenants, AccessPolicies and ClusterTenants, and makes the cluster match them.
public final class CraneOperator: Service {
    /// What is run beside the controllers and fed by the same informers, for example a projection.
    public typealias Companion = @Sendable (Manager, OperatorFeeds) async throws -> [any Service]

    private let configuration: OperatorConfiguration
    private let client: KubernetesClient
    private let logger: Logger
    private let time: TimeSource
    private let randomBytes: @Sendable (Int) -> [UInt8]
    private let random: @Sendable () -> Double
    private let registry: MachineRegistry
    private let ids: @Sendable () -> String
    private let companion: Companion?
    private let manager: Manager

    /// Makes an operator.
    ///
    /// - Parameters:
    ///   - configuration: settings.
    ///   - client: client of the API server.
    ///   - logger: logger.
    ///   - time: clock. Default the system's.
    ///   - metrics: where `/metrics` reads from; `nil` means no metrics.
    ///   - randomBytes: source of encryption keys; must be cryptographically secure. Default the system's.
    ///   - random: gives numbers from 0 up to 1, for jitter.
    ///   - machines: the providers of virtual machines. Default none.
    ///   - ids: makes UUIDs in lower case. Default the system's.
    ///   - companion: makes services that run beside the controllers. Default none.
    public init(
        configuration: OperatorConfiguration,
        client: KubernetesClient,
        logger: Logger,
        time: TimeSource = .system,
        metrics: PrometheusRegistry? = nil,
        randomBytes: @escaping @Sendable (Int) -> [UInt8] = SecureRandom.bytes,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        machines: MachineRegistry = MachineRegistry(),
        ids: @escaping @Sendable () -> String = SecureRandom.uuid,
        companion: Companion? = nil
    ) {
        self.configuration = configuration
        self.client = client
        self.logger = logger
        self.time = time
        self.randomBytes = randomBytes
        self.random = random
        registry = machines
        self.ids = ids
        self.companion = companion
        manager = Manager(
            configuration: Self.managerConfiguration(configuration),
            client: client,
            logger: logger,
            time: time,
            random: random,
            metrics: metrics
        )
    }

    /// Port of the health server, once it listens.
    public var healthPort: Int? { manager.healthPort }

    /// Returns the port of the health server once it listens; `nil` when there is none. The operator must be running, or be run.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilHealthListens() async throws -> Int? { try await manager.waitUntilHealthListens() }

    /// Runs until cancelled or shut down.
    public func run() async throws {
        logger.info("Operator started", metadata: ["configuration": "\(configuration)"])
        for notice in configuration.notices { logger.warning("\(notice)") }
        let namePolicies = try await optional(CiliumV2.CiliumNetworkPolicy.self)
        // Who asks for no certificates has nothing to do with cert-manager.
        var certificates: CertificateSupport?
        if configuration.ingress.customerIssuer != nil { certificates = try await optional(CertManagerV1.Certificate.self) }
        let informers = OperatorInformers(
            manager: manager,
            watchNamespace: configuration.watchNamespace,
            namePolicies: namePolicies,
            certificates: certificates,
            bindsRoles: configuration.controlPlaneAccess != nil
        )
        manager.add(namePolicies)
        if let certificates { manager.add(certificates) }
        addControllers(manager, informers)
        if let companion {
            let feeds = OperatorFeeds(
                tenants: informers.tenants,
                policies: informers.policies,
                clusterTenants: informers.clusterTenants
            )
            for service in try await companion(manager, feeds) { manager.add(service) }
        }
        try await manager.run()
    }

    /// Follows a kind that the cluster may serve or not.
    private func optional<Object: KubernetesResource>(_ type: Object.Type) async throws -> OptionalKind<Object> {
        OptionalKind(
            isServed: try await awaitDiscovery(of: type),
            options: OperatorInformers.childOptions(),
            client: client,
            logger: logger,
            time: time,
            random: random
        )
    }

    /// Asks whether the cluster serves a kind, and waits for the API server meanwhile.
    private func awaitDiscovery<Object: KubernetesResource>(of type: Object.Type) async throws -> Bool {
        var delay: Duration = .milliseconds(250)
        while true {
            do {
                return try await client.discovery.serves(Object.resourceType)
            } catch let error as KubernetesError where error.isRetryable {
                logger.warning("The API server does not answer yet", metadata: ["error": "\(error)"])
                try await time.sleep(for: delay)
                delay = min(delay * 2, .seconds(10))
            }
        }
    }

    private func certificates(_ informers: OperatorInformers, _ applier: Applier, _ writer: ChildWriter) -> CustomerCertificates? {
        guard let issuer = configuration.ingress.customerIssuer, let support = informers.certificates else { return nil }
        return CustomerCertificates(
            issuer: issuer,
            certificates: support,
            secrets: informers.secrets,
            applier: applier,
            writer: writer
        )
    }

    private func access(_ informers: OperatorInformers, _ applier: Applier, _ writer: ChildWriter) -> CustomerAccess? {
        guard let access = configuration.controlPlaneAccess, let bindings = informers.roleBindings else { return nil }
        return CustomerAccess(access: access, client: client, bindings: bindings, applier: applier, writer: writer)
    }

    private static func managerConfiguration(_ configuration: OperatorConfiguration) -> ManagerConfiguration {
        let process = configuration.process
        return ManagerConfiguration(
            name: "\(CraneGroup.name)/operator",
            identity: process.identity,
            leaderElection: process.leaderElection
                ? LeaderElectionConfiguration(
                    leaseName: FieldManagers.operator,
                    namespace: configuration.platformNamespace,
                    shards: process.shards
                ) : nil,
            health: process.healthPort.map { HealthServer.Address(host: process.healthHost, port: $0) }
        )
    }

    private func addControllers(_ manager: Manager, _ informers: OperatorInformers) {
        let applier = Applier(client: client, fieldManager: FieldManagers.operator)
        let writer = ChildWriter(client: client, applier: applier, randomBytes: randomBytes)
        let wiring = OperatorWiring(configuration: configuration, informers: informers, logger: logger, time: time)
        let children = TenantChildStores(informers, client: client, applier: applier)
        let gateways = GatewayPool(
            maximum: configuration.machines.maximumGateways,
            interval: configuration.machines.gatewayInterval,
            time: time,
            logger: logger
        )
        let installation = InstallationIdentity(client: client, namespace: configuration.watchNamespace, logger: logger)
        let machines = MachineTenantReconciler(
            client: client,
            installation: installation,
            configuration: configuration,
            registry: registry,
            applier: applier,
            writer: writer,
            children: children,
            bootstraps: BootstrapSecrets(client: client, secrets: informers.secrets),
            gateways: gateways,
            events: manager.events,
            ids: ids
        )
        let tenants = TenantReconciler(
            client: client,
            informers: informers,
            configuration: configuration,
            applier: applier,
            writer: writer,
            children: children,
            events: manager.events,
            machines: machines
        )
        let controller = wiring.tenantController(tenants)
        manager.add(controller)
        gateways.onChange { [weak controller] key in controller?.enqueue(key) }
        // Without machines there is nothing to connect to.
        if !registry.entries.isEmpty {
            manager.add(gateways)
            let tenants = client.resource(Tenant.self, namespace: configuration.watchNamespace)
            let sweep = OrphanSweep(
                registry: registry,
                installation: { await installation.label() },
                tenants: { try await tenants.listAll().items },
                settings: configuration.machines,
                ids: ids,
                time: time,
                logger: logger
            )
            manager.add(sweep, needsLeadership: true)
        }
        for (_, entry) in registry.entries.sorted(by: { $0.key < $1.key }) {
            if let service = entry.service { manager.add(service, needsLeadership: true) }
        }
        let clusterTenants = ClusterTenantReconciler(
            client: client,
            informers: informers,
            configuration: configuration,
            applier: applier,
            writer: writer,
            events: manager.events,
            certificates: certificates(informers, applier, writer),
            access: access(informers, applier, writer)
        )
        manager.add(wiring.clusterTenantController(clusterTenants))
        let policies = AccessPolicyReconciler(client: client, informers: informers, configuration: configuration, applier: applier)
        manager.add(wiring.policyController(policies))
    }
}

/// The informers of the three kinds, for services that run beside the controllers.
public struct OperatorFeeds: Sendable {
    /// Tenants.
    public let tenants: Informer<Tenant>
    /// AccessPolicies.
    public let policies: Informer<AccessPolicy>
    /// ClusterTenants.
    public let clusterTenants: Informer<ClusterTenant>
}

/// Random bytes fit for keys.
public enum SecureRandom {
    /// Bytes of the system's cryptographically secure generator.
    @Sendable
    public static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()  // edge: the process's own source
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }  // edge: as above
    }

    /// A random UUID (RFC 9562, version 4) in lower case.
    @Sendable
    public static func uuid() -> String {
        UUID().uuidString.lowercased()  // edge: as above
    }
}

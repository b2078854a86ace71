import HTTPOperations
import KubernetesClient
import Projection
import ServiceLifecycle

/// How instances are asked.
struct InstanceProxyConfiguration: Sendable {
    /// Chats.
    var chat = ChatRelay.Limits()
    /// The collection of what was used.
    var usage = UsageCollector.Limits()
    /// How long a connection to an instance may take to come about.
    var connectTimeout: Duration = .seconds(10)
}

/// The operations that reach into instances, and what works for them in the background.
struct InstanceProxies: Sendable {
    /// The operations.
    let operations: [Operation]
    /// Brings changes of settings to machines.
    let push: InstancePush
    /// What has to run.
    let services: [any Service]

    /// Puts them together.
    ///
    /// - Parameters:
    ///   - parts: what the control plane is made of.
    ///   - access: finds instances for callers.
    ///   - configuration: how instances are asked.
    ///   - holder: names this process among the replicas.
    init(
        _ parts: ControlPlaneParts,
        access: InstanceAccess,
        configuration: InstanceProxyConfiguration = .init(),
        holder: String = RequestID.random()
    ) {
        let proxy = InstanceProxy(
            access: access,
            gateways: parts.gateways,
            time: .system,
            connectTimeout: configuration.connectTimeout
        )
        let relay = ChatRelay(
            gateways: parts.gateways,
            lease: ChatLease(pool: parts.pool),
            limits: configuration.chat,
            now: parts.now,
            logger: parts.logger
        )
        let usage = UsageRepository(pool: parts.pool)
        let collector = UsageCollector(
            gateways: parts.gateways,
            tenants: access.tenants,
            usage: usage,
            keys: InstallationKeys(pool: parts.pool, sealer: parts.configuration.modelProxy.sealer),
            holder: holder,
            limits: configuration.usage,
            now: parts.now,
            random: parts.random,
            logger: parts.logger
        )
        let configurations = ConfigurationProxy(
            proxy: proxy,
            applied: AppliedSettings(pool: parts.pool),
            secrets: InstanceSecrets(sealer: parts.configuration.modelProxy.sealer),
            writer: ConfigurationWriter(time: .system),
            now: parts.now
        )
        operations =
            InstanceProxyOperations(
                proxy: proxy,
                relay: relay,
                configurations: configurations,
                conversations: ConversationProxy(proxy: proxy),
                runtime: RuntimeReader(proxy: proxy, log: InstanceLog(pool: parts.pool)),
                usage: usage,
                audit: AuditRepository(pool: parts.pool),
                now: parts.now
            ).operations
        push = InstancePush { row, policy in try await configurations.push(models: policy, to: row) }
        services = [relay, collector]
    }
}

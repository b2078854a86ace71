import Foundation
import HTTPOperations
import ModelProxy
import Projection
import ServiceLifecycle

/// What is spent on models: ceilings, keys of tenants and of providers, uses, alerts.
struct BudgetCapability: Sendable {
    /// What the main surface serves of it.
    let operations: [HTTPOperations.Operation]
    /// What has to run; nothing without a model proxy.
    let services: [any Service]

    /// Puts it together.
    init(_ parts: ControlPlaneParts) {
        let configuration = parts.configuration
        let settings = configuration.modelProxy
        let writer = MutationWriter(pool: parts.pool, now: parts.now)
        let budgets = BudgetRepository(pool: parts.pool)
        let keys = ModelKeyRepository(pool: parts.pool)
        let providers = ProviderKeyRepository(pool: parts.pool)
        let usage = TokenUsageRepository(pool: parts.pool)
        let keyOperations = ModelKeyOperations(
            settings: settings,
            budgets: budgets,
            keys: keys,
            tenants: TenantRepository(pool: parts.pool),
            writer: writer,
            namespace: configuration.namespace,
            now: parts.now
        )
        operations =
            BudgetOperations(settings: settings, budgets: budgets, keys: keyOperations, writer: writer).operations
            + ProviderKeyOperations(settings: settings, keys: providers, writer: writer).operations
            + TokenUsageOperations(usage: usage, namespace: configuration.namespace).operations
        guard let proxy = settings.client else {
            services = []
            return
        }
        var handlers: [any OutboxHandler] = [
            CeilingHandler(proxy: proxy, budgets: budgets),
            ProviderKeyHandler(proxy: proxy, keys: providers, sealer: settings.sealer, now: parts.now),
            ModelKeyHandler(
                settings: settings,
                proxy: proxy,
                kubernetes: parts.client,
                keys: keys,
                budgets: budgets,
                audit: AuditRepository(pool: parts.pool),
                namespace: configuration.namespace,
                limit: configuration.kubernetesTimeout / 2,
                now: parts.now,
                logger: parts.logger
            ),
        ]
        if let webhook = settings.webhook { handlers.append(BudgetAlertHandler(url: webhook)) }
        var limits = OutboxRelay.Limits()
        limits.interval = settings.delivering
        limits.backoff = IntentBackoff(first: min(.seconds(1), settings.delivering * 2), longest: .seconds(30))
        services = [
            OutboxRelay(
                outbox: OutboxRepository(pool: parts.pool),
                handlers: handlers,
                limits: limits,
                now: parts.now,
                random: parts.random,
                logger: parts.logger
            ),
            SpendCollector(
                settings: settings,
                proxy: proxy,
                budgets: budgets,
                usage: usage,
                lease: BackgroundLease(pool: parts.pool, name: "model-spend", holder: UUID()),  // edge: names this replica
                now: parts.now,
                logger: parts.logger
            ),
            ModelKeyWatch(
                settings: settings,
                keys: keys,
                namespace: configuration.namespace,
                now: parts.now,
                logger: parts.logger
            ),
        ]
    }
}

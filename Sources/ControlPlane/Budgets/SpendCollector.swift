import Foundation
import KubernetesClient
import Logging
import Metrics
import ModelProxy
import Postgres
import ServiceLifecycle

/// Asks the model proxy now and then what was spent and used, keeps it, and notices who passed a threshold. One replica at a time does.
struct SpendCollector: Service {
    let settings: ModelProxySettings
    let proxy: ModelProxyClient
    let budgets: BudgetRepository
    let usage: TokenUsageRepository
    let lease: BackgroundLease
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let logger: Logger

    /// Collects until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await collect()
                } catch is CancellationError {
                    return
                } catch {
                    Counter(label: "model_spend_failures_total", dimensions: []).increment()
                    logger.warning("what was spent on models could not be read", metadata: ["error": .string("\(error)")])
                }
                do { try await time.sleep(for: settings.collecting) } catch { return }
            }
        }
    }

    /// Reads everything once, if this replica is the one. What cannot be read of the team stops nothing else.
    ///
    /// - Returns: whether it is.
    /// - Throws: ``ModelProxyError``; `PostgresError`.
    @discardableResult
    func collect() async throws -> Bool {
        let start = now()
        guard try await hold() else { return false }
        var failure: (any Error)?
        do {
            guard let team = try await proxy.team(ModelProxySettings.team) else { return true }
            var readings = [SpendReading(scope: .global, spend: team.spend, limit: team.budget)]
            for (name, member) in team.members {
                readings.append(SpendReading(scope: .account(name), spend: member.spend, limit: member.budget))
            }
            try await keep(readings, start)
        } catch let error as ModelProxyError where error.code == .answerInvalid {
            failure = error
        }
        try await proxy.keys(team: ModelProxySettings.team) { keys in
            try await keep(
                keys.compactMap { key in
                    let prefix = ModelProxySettings.alias("")
                    guard key.alias.hasPrefix(prefix) else { return nil }
                    return SpendReading(scope: .tenant(String(key.alias.dropFirst(prefix.count))), spend: key.spend, limit: key.budget)
                },
                start
            )
            _ = try await hold()
        }
        // Yesterday's last uses may have been counted after midnight.
        let today = UsageDay(start)
        let used = try await proxy.usage(from: "\(today.advanced(by: -1))", through: "\(today)")
        try await usage.keep(used, now: start)
        if let failure { throw failure }
        return true
    }

    private func hold() async throws -> Bool {
        let now = now()
        return try await lease.take(until: now.addingTimeInterval(settings.collecting.seconds * 2), now: now)
    }

    private func keep(_ readings: [SpendReading], _ readAt: Date) async throws {
        let changed = try await budgets.keep(readings, alerting: settings.webhook != nil, now: readAt)
        if changed > 0 { Counter(label: "budget_transitions_total", dimensions: []).increment(by: Int64(changed)) }
    }
}

/// Finds tenants whose keys may have to change, and has them looked at.
struct ModelKeyWatch: Service {
    let settings: ModelProxySettings
    let keys: ModelKeyRepository
    /// Namespace of the tenants.
    let namespace: String
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let logger: Logger

    /// Looks until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await look()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("tenants could not be looked through for model keys", metadata: ["error": .string("\(error)")])
                }
                do { try await time.sleep(for: settings.watching) } catch { return }
            }
        }
    }

    /// Looks once.
    ///
    /// - Throws: `PostgresError`.
    @discardableResult
    func look() async throws -> Int {
        try await keys.announceDue(
            namespace: namespace,
            stale: now().addingTimeInterval(-settings.rechecking.seconds),
            limit: 500
        )
    }
}

import Foundation
import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import Postgres
import Projection
import ServiceLifecycle

/// Fetches approved sources when they are due. Any number of replicas may run one: a source is with one of them at a time, by a lease.
struct SourceScheduler: Service {
    let sources: SourceRepository
    let pool: PostgresPool
    let importer: SourceImport
    let registries: any SourceFetching
    let repositories: any SourceFetching
    let settings: SourceConfiguration
    let logger: Logger
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    let makeID: @Sendable () -> UUID

    /// Fetches until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while !Task.isCancelled, try await runNext() {}
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("third-party sources could not be looked at", metadata: ["error": .string("\(error)")])
                }
                do { try await Task.sleep(for: settings.interval) } catch { return }
            }
        }
    }

    /// Fetches what is due first.
    ///
    /// - Returns: whether something was due.
    /// - Throws: `PostgresError`.
    func runNext() async throws -> Bool {
        let lease = makeID()
        let start = now()
        let end = start.addingTimeInterval(settings.lease.seconds)
        let source = try await sources.take(lease: lease, now: start, until: end) { [settings, random] failures in
            settings.backoff.delay(afterAttempts: failures, spread: random())
        }
        guard let source else { return false }
        do {
            let found = try await TimeSource.system.withTimeout(settings.limit) { try await fetch(source) }
            try await keep(found, of: source, lease)
        } catch is CancellationError {
            // Whoever shuts down has not failed: another replica begins at once.
            await release(source, lease)
            return false
        } catch let error as PostgresError {
            try await fail(
                source,
                lease,
                SourceRecord.Failure(code: "DATABASE_FAILURE", message: "What was fetched could not be kept."),
                error
            )
        } catch let error as SourceFailure {
            try await fail(source, lease, SourceRecord.Failure(code: error.code, message: error.message), error)
        } catch {
            try await fail(
                source,
                lease,
                SourceRecord.Failure(code: "SOURCE_TIMED_OUT", message: "The source could not be fetched in time."),
                error
            )
        }
        return true
    }

    private func fetch(_ source: SourceRecord) async throws -> [SourceItem] {
        switch source.type {
        case .mcpRegistry: return try await registries.fetch(source)
        case .gitRepository, .anthropicSkills: return try await repositories.fetch(source)
        case .manualUpload:
            let noted = try await SourceRepository.items(of: [source.id], limit: SourceNotes.mostItems, in: sources.pool.reads)
            return SourceImport.noted(noted[source.id] ?? [])
        }
    }

    private func keep(_ found: [SourceItem], of source: SourceRecord, _ lease: UUID) async throws {
        try await pool.withTransaction(retry: .serializationFailures(attempts: 3)) { transaction in
            let now = now()
            // Whoever was too slow, or whose source has another origin by now, keeps nothing.
            guard try await SourceRepository.holds(lease, on: source.id, now: now, in: transaction),
                let current = try await SourceRepository.get(source.id, in: transaction), !current.differsInOrigin(from: source)
            else {
                try await transaction.execute(
                    "update third_party_sources set lease_id = null, lease_until = null where id = \(source.id) and lease_id = \(lease)"
                )
                return
            }
            let changed = try await importer.apply(found, of: source, now: now, in: transaction)
            let next =
                source.syncMode == .scheduled && source.type.isFetched ? now.addingTimeInterval(Double(source.interval) * spread) : nil
            try await SourceRepository.succeed(source.id, now: now, next: next, in: transaction)
            guard changed > 0 else { return }
            let audit = AuditDraft(
                actor: "source-scheduler",
                requestID: lease.text,
                action: "Synced",
                resource: "ThirdPartySource/\(source.id.text)",
                tenant: nil,
                message: "source-scheduler found \(found.count) items in the source \(source.name); \(changed) are new or changed."
            )
            try await AuditRepository.append(audit, outcome: .succeeded, now: now, in: transaction)
        }
    }

    /// Gives a source back, also when the task that holds it is cancelled.
    private func release(_ source: SourceRecord, _ lease: UUID) async {
        await Task { [sources, logger] in
            do {
                try await sources.release(source, lease: lease)
            } catch {
                // It is free by itself when the lease is over.
                logger.notice("a source could not be given back", metadata: ["source": .string(source.name), "error": .string("\(error)")])
            }
        }.value
    }

    private func fail(_ source: SourceRecord, _ lease: UUID, _ failure: SourceRecord.Failure, _ error: any Error) async throws {
        logger.warning(
            "a third-party source could not be fetched",
            metadata: ["source": .string(source.name), "error": .string("\(error)")]
        )
        let wait = settings.backoff.delay(afterAttempts: source.failures + 1, spread: random())
        try await sources.fail(source.id, lease: lease, failure, next: now().addingTimeInterval(wait.seconds))
    }

    /// 90 to 100 % of an interval, so that sources that were registered together are not fetched together for ever.
    private var spread: Double { 0.9 + 0.1 * min(max(random(), 0), 1) }
}

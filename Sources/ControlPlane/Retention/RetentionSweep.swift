import Foundation
import KubernetesClient
import Logging
import Metrics
import Postgres
import ServiceLifecycle

/// Removes what has been kept for long enough, now and then.
struct RetentionSweep: Service {
    let rows: RetentionRepository
    let settings: RetentionSettings
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    let logger: Logger

    /// Sweeps until cancelled or shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Replicas that began together do not sweep together.
                do { try await time.sleep(for: settings.interval * (0.5 + 0.5 * random())) } catch { return }
                do {
                    try await sweep()
                } catch is CancellationError {
                    return
                } catch {
                    Counter(label: "opencrane_retention_failures_total").increment()
                    logger.warning("what is old could not be removed", metadata: ["error": .string("\(error)")])
                }
            }
        }
    }

    /// Removes what is old, as much as one sweep may.
    ///
    /// - Returns: how many rows went, by kind; kinds of which none went are left out.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> [RetentionRepository.Kind: Int] {
        let now = now()
        for log in [RetentionRepository.Kind.provisioningLog, .bootstrapLog] {
            var last = ""
            while let next = try await rows.noteDepartures(log, after: last, now: now) { last = next }
        }
        var removed: [RetentionRepository.Kind: Int] = [:]
        for kind in RetentionRepository.Kind.allCases {
            for _ in 0..<settings.rounds {
                guard let count = try await rows.remove(kind, now: now), count > 0 else { break }
                removed[kind, default: 0] += count
                Counter(label: "opencrane_retention_removed_total", dimensions: [("table", kind.rawValue)]).increment(by: count)
            }
        }
        if !removed.isEmpty {
            let counts = removed.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue): \($0.value)" }
            logger.info("what was old was removed", metadata: ["rows": .string(counts.joined(separator: ", "))])
        }
        return removed
    }
}

extension RetentionSweep {
    /// Puts it together.
    init(_ parts: ControlPlaneParts) {
        let settings = parts.configuration.retention
        self.init(
            rows: RetentionRepository(
                pool: parts.pool,
                settings: settings,
                audit: AuditRetention(authenticator: parts.configuration.auditAuthenticator)
            ),
            settings: settings,
            now: parts.now,
            random: parts.random,
            logger: parts.logger
        )
    }
}

import Foundation
import KubernetesClient
import Logging
import Metrics
import Postgres
import Projection
import ServiceLifecycle

/// Looks for drift of all kinds now and then, one replica at a time, and keeps what it finds. Every replica shows the latest look as the gauge
/// `opencrane_projection_drift`.
struct DriftEvaluator: Service {
    let projection: ProjectionService
    let repository: DriftRepository
    let settings: MetricsSettings
    let lease: BackgroundLease
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let logger: Logger

    /// Looks until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = settings.delay
            while !Task.isCancelled {
                do { try await time.sleep(for: pause) } catch { return }
                pause = settings.driftInterval
                do {
                    try await look()
                } catch is CancellationError {
                    return
                } catch {
                    Counter(label: "opencrane_drift_evaluation_failures_total").increment()
                    logger.warning("drift could not be looked for", metadata: ["error": .string("\(error)")])
                }
                do { try await show() } catch {
                    logger.debug("what is known of drift could not be read", metadata: ["error": .string("\(error)")])
                }
            }
        }
    }

    /// Looks once, if this replica is the one.
    ///
    /// - Returns: what somebody is told, if anything; nil too when another replica looks.
    /// - Throws: ``OperationError`` when Kubernetes or the database cannot be reached; `PostgresError`.
    @discardableResult
    func look() async throws -> DriftAlert.Transition? {
        let begun = now()
        // Longer than a look may take, and the pause after it: whoever looks goes on to.
        guard try await lease.take(until: begun.addingTimeInterval(settings.driftInterval.seconds * 2 + 60), now: begun) else { return nil }
        var found: [DriftEvaluation] = []
        for kind in ProjectedKind.allCases {
            let report = try await projection.report(kind, limit: 0)
            found.append(
                DriftEvaluation(
                    kind: kind,
                    sourceCount: report.summary.sourceCount,
                    projectionCount: report.summary.projectionCount,
                    driftCount: report.summary.driftCount,
                    lag: report.oldestObservedAt.map { max(0, begun.timeIntervalSince($0)).rounded(.down) },
                    evaluatedAt: begun
                )
            )
        }
        let transition = try await repository.keep(found, settings: settings, begun: begun, now: now())
        if let transition {
            Counter(label: "opencrane_drift_transitions_total", dimensions: [("state", transition.rawValue)]).increment()
            logger.warning("the alert of drift changed", metadata: ["state": .string(transition.rawValue)])
        }
        return transition
    }

    /// Shows the latest look, whoever's it was.
    private func show() async throws {
        let state = try await repository.state()
        for look in state.evaluations {
            Gauge(label: "opencrane_projection_drift", dimensions: [("kind", look.kind.rawValue)]).record(look.driftCount)
        }
        Gauge(label: "opencrane_projection_drift_alert").record(state.alert.isFiring ? 1 : 0)
    }
}

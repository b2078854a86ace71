import Foundation
import Logging
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Looks for drift of all kinds from time to time, so that drift is a metric and not only an answer to a question.
///
/// It sets the gauge `opencrane_projection_drift` with the label `kind`, and keeps the latest report of each kind, with the first hundred that differ.
public final class DriftMonitor<C: Clock<Duration>>: Service {
    private let detector: DriftDetector
    private let namespace: String?
    private let interval: Duration
    private let delay: Duration
    private let clock: C
    private let logger: Logger
    private let reports = NIOLockedValueBox<[ProjectedKind: DriftReport]>([:])

    /// Makes a monitor.
    ///
    /// - Parameters:
    ///   - detector: compares rows and objects.
    ///   - namespace: only this namespace; `nil` for all.
    ///   - interval: the pause between two looks; default 300 s.
    ///   - delay: the pause before the first look, so that rows that are being written at the start are no drift; default none.
    ///   - clock: measures the pause.
    ///   - logger: says when drift appears or a look fails.
    public init(
        detector: DriftDetector,
        namespace: String? = nil,
        interval: Duration = .seconds(300),
        delay: Duration = .zero,
        clock: C = ContinuousClock(),
        logger: Logger
    ) {
        self.detector = detector
        self.namespace = namespace
        self.interval = interval
        self.delay = delay
        self.clock = clock
        self.logger = logger
    }

    /// The latest report of a kind; `nil` before the first look.
    public func latest(_ kind: ProjectedKind) -> DriftReport? { reports.withLockedValue { $0[kind] } }

    /// Looks until the graceful shutdown or a cancellation.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            if self.delay > .zero { try? await self.clock.sleep(for: self.delay) }
            while !Task.isCancelled {
                for kind in ProjectedKind.allCases { await self.look(at: kind) }
                try? await self.clock.sleep(for: self.interval)
            }
        }
    }

    /// Looks once.
    func look(at kind: ProjectedKind) async {
        do {
            let report = try await detector.detect(kind, namespace: namespace, limit: 100)
            let before = reports.withLockedValue { reports in
                defer { reports[kind] = report }
                return reports[kind]?.summary.driftCount ?? 0
            }
            Gauge(label: "opencrane_projection_drift", dimensions: [("kind", kind.rawValue)]).record(report.summary.driftCount)
            if report.summary.driftCount > 0, before == 0 {
                logger.warning(
                    "rows differ from objects",
                    metadata: ["kind": "\(kind.rawValue)", "count": "\(report.summary.driftCount)"]
                )
            }
        } catch {
            logger.warning("drift cannot be looked for", metadata: ["kind": "\(kind.rawValue)", "error": "\(error)"])
        }
    }
}

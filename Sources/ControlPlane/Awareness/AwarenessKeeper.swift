import Foundation
import KubernetesClient
import Logging
import ServiceLifecycle

/// Forgets what counts no more of how tenants take part. Any number of replicas may run one.
struct AwarenessKeeper: Service {
    let participation: ParticipationRepository
    /// Time between two looks.
    var interval: Duration = .seconds(3600)
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let logger: Logger

    /// Forgets until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await time.sleep(for: interval) } catch { return }
                do { try await participation.forget(now: now()) } catch {
                    logger.warning("old events of tenants could not be forgotten", metadata: ["error": .string("\(error)")])
                }
            }
        }
    }
}

import KubernetesClient
import NIOConcurrencyHelpers

/// Keeps a single leader from working beside instances that divide the keys into shards, as while their number is changed to one.
///
/// It is asked after the Lease was taken, while an instance with shards looks at that Lease after it has said that it claims some; so at
/// least one of two sees the other. Who may not list the Leases has no shards to wait for.
final class SingleAdmission: Sendable {
    private let presence: PresenceAPI
    private let registry: NIOLockedValueBox<InstanceRegistry>
    private let limit: Duration
    private let time: TimeSource

    init(client: KubernetesClient, configuration: LeaderElectionConfiguration, identity: String, time: TimeSource) {
        presence = PresenceAPI(client: client, configuration: configuration, identity: identity, time: time)
        registry = NIOLockedValueBox(InstanceRegistry(identity: identity, period: configuration.retryPeriod))
        limit = max(.seconds(1), configuration.renewDeadline / 2)
        self.time = time
    }

    /// Whether nobody claims shards.
    func isClear() async throws -> Bool {
        do {
            let seen = try await time.withTimeout(limit) { [presence] in try await presence.list() }
            let (isClear, silent) = registry.withLockedValue { registry in
                registry.observe(seen, now: time.now)
                return (registry.rivals(shards: 1).isEmpty, registry.silent)
            }
            // Whoever leads next shall not wait for them again.
            if isClear { for one in silent { try? await presence.tidy(one) } }
            return isClear
        } catch let error as KubernetesError where error.isForbidden {
            return true
        }
    }
}

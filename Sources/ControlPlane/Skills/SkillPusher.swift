import Foundation
import KubernetesClient
import Logging
import OCIRegistry
import ServiceLifecycle

/// Pushes the content of published skills into the registry, and sweeps away content that nobody has. Any number of replicas may run one.
struct SkillPusher: Service {
    static let mediaType = "application/vnd.opencrane.skill.bundle.v1+text"

    let skills: SkillRepository
    let pushes: SkillPushRepository
    /// The registry; nil when there is none.
    let registry: RegistryClient?
    let configuration: SkillConfiguration
    let logger: Logger
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    let makeID: @Sendable () -> UUID

    /// Pushes until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var sweptAt = Date.distantPast
            while !Task.isCancelled {
                do {
                    if registry != nil { while !Task.isCancelled, try await pushNext() {} }
                    if now().timeIntervalSince(sweptAt) > 600 {
                        try await skills.sweep(unusedSince: now().addingTimeInterval(-configuration.retention.seconds))
                        sweptAt = now()
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the content of skills could not be looked after", metadata: ["error": .string("\(error)")])
                }
                do { try await Task.sleep(for: configuration.interval) } catch { return }
            }
        }
    }

    /// Pushes what is due first.
    ///
    /// - Returns: whether there was something.
    func pushNext() async throws -> Bool { try await push(nil) != nil }

    /// What became of a push.
    enum Outcome: Sendable, Hashable {
        case pushed
        case failed(code: String, message: String)
    }

    /// Pushes some content.
    ///
    /// - Parameter digest: which; nil for what is due first.
    /// - Returns: nil when there is nothing to be pushed, or somebody else is at it.
    /// - Throws: `PostgresError`.
    func push(_ digest: String?) async throws -> Outcome? {
        guard let registry else { return nil }
        let lease = makeID()
        let start = now()
        guard
            let (digest, attempts) = try await pushes.take(
                digest,
                lease: lease,
                now: start,
                until: start.addingTimeInterval(configuration.lease.seconds)
            )
        else { return nil }
        do {
            guard let content = try await skills.content(digest) else { return nil }
            let limit = configuration.pushLimit
            let (layer, _) = try await TimeSource.system.withTimeout(limit) {
                try await registry.push(content, mediaType: Self.mediaType, artifactType: Self.mediaType)
            }
            guard layer.digest.description == digest else {
                throw RegistryError(.digestMismatch, "The content is not the one that the digest names.")
            }
            try await pushes.succeed(digest, lease: lease, repository: registry.address.description, now: now())
            return .pushed
        } catch let error as CancellationError {
            throw error
        } catch {
            let known = error as? RegistryError
            let code = known?.code.rawValue ?? "registry_timeout"
            let message = known?.message ?? "The registry did not take the content in time."
            logger.warning(
                "the content of a skill could not be pushed",
                metadata: ["digest": .string(digest), "error": .string("\(error)"), "attempts": .stringConvertible(attempts + 1)]
            )
            let wait = configuration.backoff.delay(afterAttempts: attempts + 1, spread: random())
            let next = attempts + 1 < configuration.mostAttempts ? now().addingTimeInterval(wait.seconds) : nil
            try await pushes.fail(digest, lease: lease, code: code, message: message, next: next)
            return .failed(code: code, message: message)
        }
    }
}

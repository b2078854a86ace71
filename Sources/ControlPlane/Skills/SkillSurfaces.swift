import CraneAPI
import Foundation
import HTTPOperations
import OCIRegistry
import Projection
import ServiceLifecycle

/// The catalogue of skills: its operations, the delivery to the pods of tenants, and what works for it in the background.
struct SkillSurfaces: Sendable {
    /// What the main surface serves.
    let operations: [HTTPOperations.Operation]
    /// What is served besides.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    /// Makes it.
    ///
    /// - Parameters:
    ///   - parts: what it is made of.
    ///   - makeID: makes ids.
    init(_ parts: ControlPlaneParts, makeID: @escaping @Sendable () -> UUID = { UUID() }) {  // edge: ids of new rows
        let configuration = parts.configuration.skills
        let skills = SkillRepository(pool: parts.pool)
        let writer = MutationWriter(pool: parts.pool, now: parts.now)
        let registry = configuration.registry.map { RegistryClient(address: $0.address, credential: $0.credential) }
        let scans = SkillScans(external: configuration.externalScanner, limit: configuration.scanLimit)
        let pusher = SkillPusher(
            skills: skills,
            pushes: SkillPushRepository(pool: parts.pool),
            registry: registry,
            configuration: configuration,
            logger: parts.logger,
            now: parts.now,
            random: parts.random,
            makeID: makeID
        )
        operations =
            SkillOperations(
                service: SkillService(
                    skills: skills,
                    writer: writer,
                    rules: scans.rules,
                    isPushing: registry != nil,
                    makeID: makeID
                ),
                contents: SkillContentService(skills: skills, writer: writer, scanner: scans),
                backfill: SkillBackfill(pusher: pusher, writer: writer, limit: parts.configuration.requestTimeout),
                patience: max(parts.configuration.requestTimeout, configuration.pushLimit, configuration.scanLimit)
            ).operations
        let delivery = SkillDelivery(
            skills: skills,
            grants: GrantRepository(pool: parts.pool),
            groups: GroupRepository(pool: parts.pool),
            tenants: TenantRepository(pool: parts.pool),
            namespace: parts.configuration.namespace,
            registry: registry,
            pullLimit: min(configuration.pullLimit, parts.configuration.requestTimeout / 3)
        )
        func authenticator(_ audience: String) -> WorkloadAuthenticator {
            WorkloadAuthenticator(
                WorkloadIdentity(
                    reviewer: TokenReviewer(client: parts.client, audience: audience, limit: parts.configuration.kubernetesTimeout),
                    tenants: TenantRepository(pool: parts.pool),
                    namespace: parts.configuration.namespace
                )
            )
        }
        surfaces = [
            Surface(
                title: "OpenCrane skill delivery",
                version: "1.0.0",
                description: "What the pods of tenants fetch skills from.",
                basePath: "/api/internal",
                authenticator: authenticator(PodAudiences.controlPlane),
                credential: WorkloadAuthenticator.credential,
                errors: WorkloadAuthenticator.errors,
                operations: [delivery.operation],
                timeout: parts.configuration.requestTimeout
            ),
            Surface(
                title: "OpenCrane skill registry",
                version: "1.0.0",
                description: "What OPENCRANE_SKILL_REGISTRY_URL of the pods of tenants leads to, unless another registry is named.",
                basePath: "/bundles",
                authenticator: authenticator(PodAudiences.skillRegistry),
                credential: WorkloadAuthenticator.skillCredential,
                errors: WorkloadAuthenticator.errors,
                operations: [delivery.registryOperation],
                timeout: parts.configuration.requestTimeout
            ),
        ]
        services = [pusher]
    }
}

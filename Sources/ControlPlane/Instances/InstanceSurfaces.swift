import CraneAPI
import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import Postgres
import Projection
import ServiceLifecycle

/// The surfaces by which instances are made, seen and changed, and what works for them in the background.
struct InstanceSurfaces: Sendable {
    /// What is served.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    /// Makes the surfaces.
    ///
    /// - Parameters:
    ///   - parts: what they are made of.
    ///   - makeID: makes ids of instances and tasks.
    init(_ parts: ControlPlaneParts, makeID: @escaping @Sendable () -> UUID = { UUID() }) throws {
        let configuration = parts.configuration
        let instances = InstanceRepository(pool: parts.pool)
        let access = InstanceAccess(instances: instances, tenants: TenantRepository(pool: parts.pool))
        var told = configuration
        // Whoever is at an instance must be done, or have given up, before another may take it.
        told.instances.lease = max(told.instances.lease, configuration.kubernetesTimeout * 4)
        let reconciler = InstanceReconciler(
            configuration: told,
            client: parts.client,
            pool: parts.pool,
            writer: parts.writer,
            logger: parts.logger,
            now: parts.now,
            random: parts.random
        )
        let proxies = InstanceProxies(parts, access: access, configuration: configuration.instanceProxies)
        let service = InstanceService(
            access: access,
            log: InstanceLog(pool: parts.pool),
            configuration: configuration.instances,
            catalog: configuration.instances.catalog ?? configuration.fleet.machineProvider.map { InstanceCatalog.builtIn($0) },
            namespace: configuration.namespace,
            ownerEmail: configuration.fleet.ownerEmail,
            secrets: InstanceSecrets(sealer: configuration.modelProxy.sealer),
            push: proxies.push,
            wake: { reconciler.wake() },
            now: parts.now,
            random: parts.random,
            makeID: makeID
        )
        let reopening = InstanceSecretsReopening(
            access: access,
            client: parts.client,
            audit: AuditRepository(pool: parts.pool),
            limit: configuration.kubernetesTimeout / 2,
            now: parts.now
        )
        surfaces = [
            Surface(
                title: "OpenCrane instances",
                version: "1.0.0",
                description: "Assistants on machines of their own: ordered, seen, changed and deleted.",
                basePath: "/v1",
                envelope: .detail,
                authenticator: AuthenticatorChain([parts.apiKeys, parts.authenticator]),
                credential: APIKeyAuthenticator.credentials[0],
                alternativeCredentials: Array(APIKeyAuthenticator.credentials.dropFirst()),
                errors: APIKeyAuthenticator.errors,
                operations: InstanceOperations(service: service, reopening: reopening).operations + proxies.operations,
                bodyLimit: min(configuration.bodyLimit, InstanceSettings.limit),
                timeout: configuration.requestTimeout
            )
        ]
        services = [reconciler] + proxies.services
    }
}

extension InstanceReconciler {
    /// Puts it together.
    ///
    /// - Parameters:
    ///   - configuration: what the control plane is told.
    ///   - client: the way to Kubernetes.
    ///   - pool: the way to PostgreSQL.
    ///   - writer: writes tenants.
    ///   - logger: takes notes.
    ///   - now: the time.
    ///   - random: random numbers from 0 to 1.
    init(
        configuration: ControlPlaneConfiguration,
        client: KubernetesClient,
        pool: PostgresPool,
        writer: IntentWriter,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        random: @escaping @Sendable () -> Double
    ) {
        let instances = InstanceRepository(pool: pool)
        let tenants = TenantRepository(pool: pool)
        let views = TenantViews(rows: tenants, namespace: configuration.namespace)
        let worker = InstanceWorker(
            instances: instances,
            tenants: tenants,
            intents: IntentRepository(pool: pool),
            service: ResourceService(
                client: client,
                writer: writer,
                namespace: configuration.namespace,
                readLimit: configuration.kubernetesTimeout / 2,
                row: { try await views.state($0) },
                check: { tenant, before in
                    if before == nil { try await InstanceWorker.requireWanted(tenant, instances) }
                }
            ),
            client: client,
            configuration: configuration.instances,
            secrets: InstanceSecrets(sealer: configuration.modelProxy.sealer),
            limit: configuration.kubernetesTimeout / 2,
            logger: logger,
            now: now,
            random: random
        )
        self.init(
            configuration: configuration.instances,
            instances: instances,
            worker: worker,
            namespace: configuration.namespace,
            backoff: configuration.relay.backoff,
            logger: logger,
            now: now,
            random: random
        )
    }
}

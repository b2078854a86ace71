import CraneAPI
import FleetTemplates
import Foundation
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import OperatorRuntime

/// The Secrets that machines are born with, as the API server has them. What was read is remembered: such a Secret never changes.
final class BootstrapSecrets: Sendable {
    /// What stands where a tenant's bootstrap Secret belongs.
    enum Finding: Sendable {
        /// Nothing.
        case absent
        /// The Secret of an earlier run.
        case older(CoreV1.Secret)
        /// The Secret of the run.
        case current(BootstrapMaterial)
        /// Something that may neither be used nor taken away.
        case blocked(TenantBlock)
    }

    private static let memory = 10_000
    private let client: KubernetesClient
    private let secrets: Informer<CoreV1.Secret>
    private let known = NIOLockedValueBox<[String: BootstrapMaterial]>([:])

    init(client: KubernetesClient, secrets: Informer<CoreV1.Secret>) {
        self.client = client
        self.secrets = secrets
    }

    /// Looks for a tenant's Secret.
    ///
    /// - Parameter run: the run that is wanted.
    func find(_ tenant: Tenant, namespace: String, run: Int) async throws -> Finding {
        let key = ObjectKey(namespace: namespace, name: TenantNames(tenant: tenant.metadata.name).bootstrapSecret)
        if let uid = secrets.store[key]?.metadata.uid, let material = known.withLockedValue({ $0[uid] }), material.run >= run,
            let seen = secrets.store[key], Self.obstacle(seen, to: tenant) == nil, !seen.metadata.isBeingDeleted
        {
            return .current(material)
        }
        guard let secret = try await client.resource(CoreV1.Secret.self, namespace: namespace).getIfPresent(key) else { return .absent }
        if let block = Self.obstacle(secret, to: tenant) { return .blocked(block) }
        if secret.metadata.isBeingDeleted {
            return .blocked(TenantBlock(.moving, "Secret \(key.name) is being deleted", isStalled: false))
        }
        guard (BootstrapMaterial.run(of: secret) ?? 0) >= run else { return .older(secret) }
        guard let material = BootstrapMaterial(secret) else {
            let message = "Secret \(key.name) cannot be read: raise the run by \(BootstrapMaterial.runAnnotation) to have it made anew"
            return .blocked(TenantBlock(.bootstrapSecretMissing, message, isStalled: true))
        }
        if let uid = secret.metadata.uid {
            known.withLockedValue { known in
                if known.count >= Self.memory { known = [:] }
                known[uid] = material
            }
        }
        return .current(material)
    }

    /// Why a Secret is not the tenant's own; `nil` when it is.
    static func obstacle(_ secret: CoreV1.Secret, to tenant: Tenant) -> TenantBlock? {
        let reference = ChildReference(secret)
        guard reference.tenant != nil else {
            let message = "There is a Secret \(secret.metadata.name) that is not the operator's: remove it, or rename the tenant"
            return TenantBlock(.nameTaken, message, isStalled: true)
        }
        // A Secret that outlived its tenant is not for the next one: its machine is gone.
        var observation = TenantObservation()
        observation.note(reference, of: tenant)
        if observation.occupant == nil, !observation.hasRemains, reference.ownerUID != tenant.metadata.uid { observation.hasRemains = true }
        do throws(TenantBlock) {
            try TenantChecks.observation(observation)
            return nil
        } catch {
            return error
        }
    }

    /// The templates there are: the platform's, and those of a ConfigMap.
    func catalog(_ configuration: OperatorConfiguration) async throws -> TemplateCatalog {
        var catalog = TemplateCatalog.builtIn
        guard let name = configuration.machines.templates else { return catalog }
        let api = client.resource(CoreV1.ConfigMap.self, namespace: configuration.platformNamespace)
        if let map = try await api.list(ListOptions(fieldSelector: "metadata.name=\(name)")).items.first {
            // One that is wrong is told of when somebody asks for it: then there is no such template.
            _ = catalog.add(configMap: map.data ?? [:])
        }
        return catalog
    }

    /// Variables of the Secrets that a tenant's channels name; those that are no names of variables are left out.
    func environment(_ tenant: Tenant, namespace: String) async throws -> [String: String] {
        var variables: [String: String] = [:]
        let names = Set((tenant.spec.channels ?? []).compactMap(\.credentialsSecretName)).sorted()
        for name in names {
            let secret = try await client.resource(CoreV1.Secret.self, namespace: namespace).getIfPresent(name)
            for (key, value) in secret?.data ?? [:] where Self.isVariable(key) {
                guard let bytes = Data(base64Encoded: value), let text = String(data: bytes, encoding: .utf8),
                    !text.contains(where: \.isNewline)
                else { continue }
                variables[key] = text
            }
        }
        return variables
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, first == 0x5F || !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    }
}

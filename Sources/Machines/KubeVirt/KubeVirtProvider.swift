import JSONValue
import KubernetesClient
import KubernetesModel

/// Machines of KubeVirt: a VirtualMachine each, with its user data in a Secret.
///
/// Nothing needs to be stored before a call: the objects say what is wanted.
public struct KubeVirtProvider: MachineProvider {
    /// `kubevirt`.
    public let name = "kubevirt"
    private let client: KubernetesClient
    private let configuration: KubeVirtConfiguration

    /// A provider.
    ///
    /// - Parameters:
    ///   - client: may read and write VirtualMachines and Secrets, and read VirtualMachineInstances.
    ///   - configuration: what machines are like by default.
    public init(client: KubernetesClient, configuration: KubeVirtConfiguration) {
        self.client = client
        self.configuration = configuration
    }

    /// Applies the Secret and the VirtualMachine.
    public func ensure(_ request: MachineRequest, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        let (target, namespace) = (request.target, namespace(of: request.target))
        let found = try await find(target)
        if let found, found.isBeingDeleted { return found.observation(id: id(target), instance: nil) }
        if found == nil, request.desiredPower != .on { return MachineObservation(state: .absent) }
        var request = request
        // It is born once: what it was made with stays, whatever is rendered now.
        let isBornOtherwise = found?.userDataHash.map { $0 != request.userDataHash } ?? false
        if let born = found?.userDataHash { request.userDataHash = born }
        let manifest = VirtualMachineManifest(request, namespace: namespace, configuration: configuration)
        let machine = try manifest.machine(uid: found?.uid)
        let secret = try await secret(target)
        return try await calling(.ensure) {
            // At rest nothing is written.
            let wanted = VirtualMachineSight(machine)
            if let found, found.manifestHash == wanted.manifestHash, found.runStrategy == wanted.runStrategy,
                found.labels.merging(wanted.labels, uniquingKeysWith: { $1 }) == found.labels,
                secret?.ownerReferences.contains(where: { $0.uid == found.uid }) == true
            {
                return found.observation(id: id(target), instance: try await instance(target))
            }
            let secrets = client.resource(CoreV1.Secret.self, namespace: namespace).asDynamic
            // The Secret comes first, else the machine starts without; its owner is known only afterwards.
            if found == nil { _ = try await apply(manifest.secret(ownerUID: nil), to: secrets, force: false) }
            let machines = client.dynamic(KubeVirtResources.machines, namespace: namespace)
            // A new machine is not forced: if somebody made one of the name in the meantime, their label is in the way.
            let applied = VirtualMachineSight(try await apply(machine, to: machines, force: found != nil).json)
            if !isBornOtherwise { _ = try await apply(manifest.secret(ownerUID: applied.uid), to: secrets, force: true) }
            return applied.observation(id: id(target), instance: try await instance(target))
        }
    }

    /// Reads the VirtualMachine and its instance.
    public func observe(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        guard let found = try await find(target) else { return MachineObservation(state: .absent) }
        return try await calling(.observe) { found.observation(id: id(target), instance: try await instance(target)) }
    }

    /// Sets `spec.runStrategy`. KubeVirt has no sleep that frees memory, so ``MachinePower/suspended`` stops the machine.
    public func power(
        _ power: MachinePower,
        of target: MachineTarget,
        operation: MachineOperation?
    ) async throws(MachineError) -> MachineObservation {
        guard let found = try await find(target) else { return MachineObservation(state: .absent) }
        let strategy = VirtualMachineManifest.runStrategy(for: power)
        return try await calling(.power) {
            guard !found.isBeingDeleted, found.runStrategy != strategy else {
                return found.observation(id: id(target), instance: try await instance(target))
            }
            // The uid makes it this machine and no later one of the name.
            let patch: JSON = ["metadata": ["uid": .string(found.uid)], "spec": ["runStrategy": .string(strategy)]]
            let patched = try await client.dynamic(KubeVirtResources.machines, namespace: namespace(of: target)).patch(
                ObjectKey(name: target.name),
                .merge(patch),
                WriteOptions(fieldManager: configuration.fieldManager)
            )
            return VirtualMachineSight(patched.json).observation(id: id(target), instance: try await instance(target))
        }
    }

    /// Deletes the VirtualMachine, what it owns first. Its Secret goes with it; one without a machine is deleted as well.
    public func destroy(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        let found = try await find(target)
        let isSecretOurs = try await anySecret(target).map { VirtualMachineManifest.belongs($0.labels, to: target.owner) } ?? false
        return try await calling(.destroy) {
            let namespace = namespace(of: target)
            if isSecretOurs {
                let key = ObjectKey(name: VirtualMachineManifest.secretName(of: target.name))
                try await client.resource(CoreV1.Secret.self, namespace: namespace).deleteIfPresent(key)
            }
            guard let found else { return MachineObservation(state: .absent) }
            if !found.isBeingDeleted {
                let options = DeleteOptions(preconditions: .init(uid: found.uid), propagationPolicy: .foreground)
                let machines = client.dynamic(KubeVirtResources.machines, namespace: namespace)
                guard try await machines.deleteIfPresent(ObjectKey(name: target.name), options) else {
                    return MachineObservation(state: .absent)
                }
            }
            var seen = found.observation(id: id(target), instance: nil)
            (seen.state, seen.providerState, seen.trouble, seen.retryAfter) = (.deleting, "Terminating", nil, .seconds(5))
            return seen
        }
    }

    /// The VirtualMachines of all namespaces that carry our label.
    public func machines() async throws(MachineError) -> [MachineListing] {
        try await calling(.list) {
            let label = "\(VirtualMachineManifest.managedByLabel)=\(OwnerLabels.product),\(VirtualMachineManifest.ownerLabel)"
            let list = try await client.dynamic(KubeVirtResources.machines).listAll(ListOptions(labelSelector: label))
            return list.items.map { item in
                let sight = VirtualMachineSight(item.json)
                let namespace = item.key.namespace ?? ""
                return MachineListing(
                    id: MachineID("kubevirt://\(namespace)/\(item.key.name)"),
                    name: item.key.name,
                    namespace: namespace,
                    ownerLabel: sight.labels[VirtualMachineManifest.ownerLabel] ?? "",
                    installation: sight.labels[VirtualMachineManifest.installationLabel],
                    state: sight.isBeingDeleted ? .deleting : PrintableStatus.state(of: sight.status)
                )
            }
        }
    }

    // MARK: - The shell

    private func namespace(of target: MachineTarget) -> String { target.namespace ?? configuration.namespace }
    private func id(_ target: MachineTarget) -> MachineID { MachineID("kubevirt://\(namespace(of: target))/\(target.name)") }

    /// - Throws: ``MachineError`` with `foreignMachine` when it belongs to another owner.
    private func find(_ target: MachineTarget) async throws(MachineError) -> VirtualMachineSight? {
        let machines = client.dynamic(KubeVirtResources.machines, namespace: namespace(of: target))
        guard let object = try await calling(.observe, { try await machines.getIfPresent(target.name) }) else { return nil }
        let sight = VirtualMachineSight(object.json)
        guard VirtualMachineManifest.belongs(sight.labels, to: target.owner) else { throw .foreign(target.name, "a VirtualMachine") }
        return sight
    }

    /// The metadata of the machine's Secret.
    ///
    /// - Throws: ``MachineError`` with `foreignMachine` when it belongs to another owner.
    private func secret(_ target: MachineTarget) async throws(MachineError) -> ObjectMeta? {
        guard let metadata = try await anySecret(target) else { return nil }
        guard VirtualMachineManifest.belongs(metadata.labels, to: target.owner) else { throw .foreign(metadata.name, "a Secret") }
        return metadata
    }

    private func anySecret(_ target: MachineTarget) async throws(MachineError) -> ObjectMeta? {
        let secrets = client.resource(CoreV1.Secret.self, namespace: namespace(of: target))
        return try await calling(.observe) { try await secrets.getIfPresent(VirtualMachineManifest.secretName(of: target.name)) }?.metadata
    }

    private func instance(_ target: MachineTarget) async throws -> JSON? {
        try await client.dynamic(KubeVirtResources.instances, namespace: namespace(of: target)).getIfPresent(target.name)?.json
    }

    private func apply(_ json: JSON, to api: ResourceAPI<DynamicObject>, force: Bool) async throws -> DynamicObject {
        try await api.apply(DynamicObject(json), fieldManager: configuration.fieldManager, force: force, fieldValidation: .warn)
    }

    private func calling<Result: Sendable>(
        _ verb: KubeVirtTrouble.Verb,
        _ body: @Sendable () async throws -> Result
    ) async throws(MachineError) -> Result {
        do { return try await body() } catch { throw KubeVirtTrouble.error(error, of: verb) }
    }
}

import JSONValue
import KubernetesModel

/// The objects of a machine.
struct VirtualMachineManifest: Sendable {
    static let ownerLabel = "opencrane.io/machine-owner"
    static let managedByLabel = "app.kubernetes.io/managed-by"
    static let machineLabel = "opencrane.io/machine"
    static let installationLabel = "opencrane.io/installation"
    static let ownerAnnotation = "opencrane.io/machine-owner-name"
    static let hashAnnotation = "opencrane.io/user-data-sha256"
    /// The fingerprint of what was applied, so that the same is not applied again and again.
    static let manifestAnnotation = "opencrane.io/manifest-sha256"
    /// Labels on all our objects of a machine.
    let labels: [String: String]

    let request: MachineRequest
    let namespace: String
    let configuration: KubeVirtConfiguration

    init(_ request: MachineRequest, namespace: String, configuration: KubeVirtConfiguration) {
        self.request = request
        self.namespace = namespace
        self.configuration = configuration
        var own = Self.ownLabels(request.target)
        own[Self.installationLabel] = request.installation
        labels = request.labels.merging(own) { $1 }
    }

    static func ownLabels(_ target: MachineTarget) -> [String: String] {
        [
            managedByLabel: OwnerLabels.product, ownerLabel: OwnerLabels.value(of: target.owner), machineLabel: target.name,
        ]
    }

    static func secretName(of machine: String) -> String { "\(machine)-init" }
    static func runStrategy(for power: MachinePower) -> String { power == .on ? "Always" : "Halted" }

    /// Whether an object's labels say that it belongs to an owner.
    static func belongs(_ labels: [String: String], to owner: MachineOwner) -> Bool {
        labels[managedByLabel] == OwnerLabels.product && labels[ownerLabel] == OwnerLabels.value(of: owner)
    }

    /// The Secret with the user data. Inline data over 2048 bytes is refused by KubeVirt, so it is always here.
    ///
    /// - Parameter ownerUID: the uid of the VirtualMachine, once there is one, so that the Secret goes with it.
    func secret(ownerUID: String?) -> JSON {
        var metadata = ObjectMeta(name: Self.secretName(of: request.target.name), namespace: namespace, labels: labels)
        if let ownerUID {
            metadata.ownerReferences = [
                OwnerReference(
                    apiVersion: KubeVirtResources.machines.apiVersion,
                    kind: KubeVirtResources.machines.kind,
                    name: request.target.name,
                    uid: ownerUID
                )
            ]
        }
        return [
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": Self.json(metadata),
            "data": ["userdata": .string(Base64.encode(request.userData))],
        ]
    }

    /// The VirtualMachine.
    ///
    /// - Parameter uid: of the one that is there, so that no other of the same name is changed.
    /// - Throws: ``MachineError`` with `invalidRequest` for what KubeVirt would refuse.
    func machine(uid: String?) throws(MachineError) -> JSON {
        guard MachineName.isLegal(request.target.name) else {
            throw MachineError(.invalidRequest, "\(request.target.name) is no name of a virtual machine", isPermanent: true)
        }
        let name = request.target.name
        var metadata = ObjectMeta(name: name, namespace: namespace, labels: labels)
        metadata.annotations = [Self.ownerAnnotation: request.target.owner.name, Self.hashAnnotation: request.userDataHash]
        metadata.uid = uid
        var spec: JSON = [
            "runStrategy": .string(Self.runStrategy(for: request.desiredPower)),
            "dataVolumeTemplates": [disk(name: "\(name)-root")],
            "template": [
                "metadata": ["labels": .object(labels.mapValues { .string($0) })],
                "spec": [
                    "domain": domain,
                    "networks": [network],
                    "volumes": [
                        ["name": "root", "dataVolume": ["name": .string("\(name)-root")]],
                        ["name": "init", "cloudInitNoCloud": ["secretRef": ["name": .string(Self.secretName(of: name))]]],
                    ],
                ],
            ],
        ]
        if size == nil { spec["instancetype"] = ["kind": "VirtualMachineClusterInstancetype", "name": .string(machineType)] }
        metadata.annotations[Self.manifestAnnotation] = Digests.hexadecimal(
            of: (["labels": .object(labels.mapValues { .string($0) }), "spec": spec] as JSON).text(),
            length: 64
        )
        return [
            "apiVersion": .string(KubeVirtResources.machines.apiVersion), "kind": .string(KubeVirtResources.machines.kind),
            "metadata": Self.json(metadata), "spec": spec,
        ]
    }

    private var machineType: String { request.machineType ?? configuration.machineType }

    /// Cores and memory of a size like `2x8Gi`; `nil` when the type is a name.
    private var size: (cores: Int64, memory: String)? {
        guard let match = machineType.wholeMatch(of: /([1-9][0-9]{0,2})x([1-9][0-9]{0,5}[MG]i)/), let cores = Int64(match.1) else {
            return nil
        }
        return (cores, String(match.2))
    }

    private var domain: JSON {
        let interface: JSON = request.network == nil ? ["name": "default", "masquerade": [:]] : ["name": "default", "bridge": [:]]
        var domain: JSON = [
            "devices": [
                "disks": [["name": "root", "disk": ["bus": "virtio"]], ["name": "init", "disk": ["bus": "virtio"]]],
                "interfaces": [interface],
            ]
        ]
        if let size {
            domain["cpu"] = ["cores": .integer(size.cores)]
            domain["memory"] = ["guest": .string(size.memory)]
        }
        return domain
    }

    /// The pod's network, or one of Multus.
    private var network: JSON {
        guard let name = request.network else { return ["name": "default", "pod": [:]] }
        return ["name": "default", "multus": ["networkName": .string(name)]]
    }

    private func disk(name: String) -> JSON {
        let image = request.image ?? configuration.image
        let source: JSON = image.hasPrefix("docker://") ? ["registry": ["url": .string(image)]] : ["http": ["url": .string(image)]]
        var storage: JSON = ["resources": ["requests": ["storage": .string("\(request.diskGb ?? configuration.diskGb)Gi")]]]
        if let storageClass = configuration.storageClass { storage["storageClassName"] = .string(storageClass) }
        return ["metadata": ["name": .string(name)], "spec": ["storage": storage, "source": source]]
    }

    private static func json(_ metadata: ObjectMeta) -> JSON {
        // Metadata made here has nothing that cannot be encoded.
        (try? JSON(encoding: metadata)) ?? [:]
    }
}

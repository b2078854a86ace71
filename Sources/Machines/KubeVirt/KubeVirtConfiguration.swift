import KubernetesModel

/// What machines of KubeVirt are like by default.
public struct KubeVirtConfiguration: Sendable {
    /// The namespace of machines whose target names none.
    public var namespace: String
    /// The size of machines that name none: `4x16Gi` for cores and memory, or the name of a VirtualMachineClusterInstancetype.
    /// Default: `2x8Gi`.
    public var machineType: String
    /// The image of machines that name none, with cloud-init: a `docker://` or `https://` address. Default: Ubuntu 24.04.
    public var image: String
    /// The disk in gigabytes of machines that name none. Default: 30.
    public var diskGb: Int
    /// The storage class of disks; `nil` for the cluster's default.
    public var storageClass: String?
    /// Who the fields of our objects belong to. Default: `opencrane-operator`.
    public var fieldManager: String

    /// A configuration with defaults for all but the namespace.
    public init(namespace: String) {
        self.namespace = namespace
        machineType = "2x8Gi"
        image = "docker://quay.io/containerdisks/ubuntu:24.04"
        diskGb = 30
        fieldManager = "opencrane-operator"
    }
}

/// The resources of KubeVirt that are used.
enum KubeVirtResources {
    static let machines = ResourceType(
        group: "kubevirt.io",
        version: "v1",
        kind: "VirtualMachine",
        plural: "virtualmachines",
        isNamespaced: true
    )
    static let instances = ResourceType(
        group: "kubevirt.io",
        version: "v1",
        kind: "VirtualMachineInstance",
        plural: "virtualmachineinstances",
        isNamespaced: true
    )
}

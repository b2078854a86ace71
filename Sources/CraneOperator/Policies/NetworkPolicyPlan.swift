import CraneAPI
import KubernetesModel

/// The one network policy of a tenant: nothing in but the ingress controller and the platform's pods, nothing out but DNS, the platform's services
/// and what the tenant's AccessPolicy opens.
public struct NetworkPolicyPlan: Sendable {
    /// Name of the tenant, which its pods carry as a label.
    public var tenant: String
    /// What the AccessPolicy opens.
    public var egress: EgressCompilation
    /// The operator's settings.
    public var configuration: OperatorConfiguration
    /// Whether the cluster serves CiliumNetworkPolicy.
    public var hasNamePolicies: Bool

    /// Makes a plan.
    public init(tenant: String, egress: EgressCompilation, configuration: OperatorConfiguration, hasNamePolicies: Bool) {
        self.tenant = tenant
        self.egress = egress
        self.configuration = configuration
        self.hasNamePolicies = hasNamePolicies
    }

    /// The NetworkPolicy.
    public func networkPolicy(metadata: ObjectMeta) -> NetworkingV1.NetworkPolicy {
        NetworkingV1.NetworkPolicy(
            metadata: metadata,
            spec: .init(
                podSelector: LabelSelector(matchLabels: [CraneLabels.tenant: tenant]),
                policyTypes: ["Ingress", "Egress"],
                ingress: [incoming],
                egress: [nameService] + platform + opened
            )
        )
    }

    /// The CiliumNetworkPolicy for names; `nil` when there are none, or the cluster has no such kind.
    public func namePolicy(metadata: ObjectMeta) -> CiliumV2.CiliumNetworkPolicy? {
        let external = planesByName
        guard hasNamePolicies, !egress.names.isEmpty || !external.isEmpty else { return nil }
        var rules = [nameServiceWithProxy]
        if !egress.names.isEmpty { rules.append(Self.rule(names: egress.names, port: 443)) }
        for (port, hosts) in external { rules.append(Self.rule(names: hosts, port: port)) }
        return CiliumV2.CiliumNetworkPolicy(
            metadata: metadata,
            spec: .init(
                description: "Names that tenant \(tenant) may reach",
                endpointSelector: LabelSelector(matchLabels: [CraneLabels.tenant: tenant]),
                egress: rules
            )
        )
    }

    private var incoming: NetworkingV1.NetworkPolicyIngressRule {
        // Not all of the platform's namespace: where tenants run there as well, they would reach each other's gateways.
        .init(
            from: [
                .init(namespaceSelector: Self.namespace(configuration.ingress.controllerNamespace)),
                .init(
                    podSelector: LabelSelector(matchLabels: configuration.network.platformLabels),
                    namespaceSelector: Self.namespace(configuration.platformNamespace)
                ),
            ],
            ports: [.init(port: .int(configuration.gatewayPort), protocol: "TCP")]
        )
    }

    private var nameService: NetworkingV1.NetworkPolicyEgressRule {
        .init(
            to: [
                .init(
                    podSelector: LabelSelector(matchLabels: configuration.network.dnsLabels),
                    namespaceSelector: Self.namespace(configuration.network.dnsNamespace)
                )
            ],
            ports: [.init(port: 53, protocol: "UDP"), .init(port: 53, protocol: "TCP")]
        )
    }

    /// The platform's services: by namespace within the cluster, by address block outside.
    private var platform: [NetworkingV1.NetworkPolicyEgressRule] {
        var ports: [PodSelection: Set<Int>] = [:]
        var outside: Set<Int> = []
        var addresses: [AddressBlock: Set<Int>] = [:]
        for (plane, pods) in planes {
            if let namespace = plane.namespace(whenShort: configuration.platformNamespace) {
                ports[PodSelection(namespace: namespace, labels: pods.labels), default: []].insert(pods.port ?? plane.port)
            } else if let address = AddressBlock(parsing: "\(plane.host)/32") {
                addresses[address, default: []].insert(plane.port)
            } else {
                outside.insert(plane.port)
            }
        }
        var rules = ports.sorted { $0.key < $1.key }.map { pods, ports in
            let selector = pods.labels.isEmpty ? nil : LabelSelector(matchLabels: pods.labels)
            return NetworkingV1.NetworkPolicyEgressRule(
                to: [.init(podSelector: selector, namespaceSelector: Self.namespace(pods.namespace))],
                ports: Self.ports(ports)
            )
        }
        for (address, ports) in addresses.sorted(by: { $0.key.base < $1.key.base }) {
            rules.append(.init(to: [.init(ipBlock: .init(cidr: address.description))], ports: Self.ports(ports)))
        }
        let blocks = configuration.network.planeBlocks
        if !outside.isEmpty, !blocks.isEmpty {
            rules.append(.init(to: blocks.map { .init(ipBlock: .init(cidr: $0.description)) }, ports: Self.ports(outside)))
        }
        return rules
    }

    private var opened: [NetworkingV1.NetworkPolicyEgressRule] {
        egress.openings.map { opening in
            let except = opening.except.isEmpty ? nil : opening.except.map(\.description)
            return .init(
                to: [.init(ipBlock: .init(cidr: opening.block.description, except: except))],
                ports: opening.ports.map { .init(port: .int($0), protocol: opening.protocol) }
            )
        }
    }

    /// Hosts of planes outside the cluster for which no address block is known, by port.
    private var planesByName: [(Int, [String])] {
        guard configuration.network.planeBlocks.isEmpty else { return [] }
        var hosts: [Int: Set<String>] = [:]
        for (plane, _) in planes
        where plane.namespace(whenShort: configuration.platformNamespace) == nil && AddressBlock(parsing: "\(plane.host)/32") == nil {
            hosts[plane.port, default: []].insert(plane.name)
        }
        return hosts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }

    private var planes: [(PlaneEndpoint, PlanePods)] {
        Plane.allCases.compactMap { plane in
            configuration.planes.address(of: plane).flatMap { PlaneEndpoint($0) }.map {
                ($0, configuration.planes.pods[plane] ?? PlanePods())
            }
        }
    }

    /// Pods of one namespace.
    private struct PodSelection: Hashable, Comparable {
        var namespace: String
        var labels: [String: String]

        static func < (left: PodSelection, right: PodSelection) -> Bool { left.order < right.order }

        private var order: (String, String) {
            (namespace, labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
        }
    }

    /// DNS through Cilium's proxy: without seeing the answers it cannot know which addresses belong to a name.
    private var nameServiceWithProxy: CiliumV2.CiliumEgressRule {
        var labels = ["k8s:io.kubernetes.pod.namespace": configuration.network.dnsNamespace]
        for (label, value) in configuration.network.dnsLabels { labels["k8s:\(label)"] = value }
        return .init(
            toEndpoints: [LabelSelector(matchLabels: labels)],
            toPorts: [.init(ports: [.init(port: "53", protocol: "ANY")], rules: .init(dns: [.init(matchPattern: "*")]))]
        )
    }

    private static func rule(names: [String], port: Int) -> CiliumV2.CiliumEgressRule {
        .init(
            toFQDNs: names.map { $0.contains("*") ? .init(matchPattern: $0) : .init(matchName: $0) },
            toPorts: [.init(ports: [.init(port: String(port), protocol: "TCP")])]
        )
    }

    private static func namespace(_ name: String) -> LabelSelector {
        LabelSelector(matchLabels: ["kubernetes.io/metadata.name": name])
    }

    private static func ports(_ numbers: Set<Int>) -> [NetworkingV1.NetworkPolicyPort] {
        numbers.sorted().map { .init(port: .int($0), protocol: "TCP") }
    }
}

import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel

/// Reads and writes the presence Leases by which the instances of an operator know of each other.
struct PresenceAPI: Sendable {
    private static let group = "operator-runtime/group"
    private static let shards = "operator-runtime/shards"
    private static let leaving = "operator-runtime/leaving"
    private static let waiting = "operator-runtime/waiting"

    /// The name of this instance's Lease.
    let name: String
    private let api: ResourceAPI<CoordinationV1.Lease>
    private let configuration: LeaderElectionConfiguration
    private let identity: String
    private let time: TimeSource

    init(client: KubernetesClient, configuration: LeaderElectionConfiguration, identity: String, time: TimeSource) {
        api = client.resource(CoordinationV1.Lease.self, namespace: configuration.namespace).retrying(.never)
        name = "\(configuration.leaseName)-instance-\(String(ShardAssignment.hash(identity), radix: 16))"
        self.configuration = configuration
        self.identity = identity
        self.time = time
    }

    /// Says that this instance lives.
    func announce(isLeaving: Bool, isWaiting: Bool) async throws {
        var metadata = ObjectMeta(name: name, namespace: configuration.namespace, labels: [Self.group: groupValue])
        metadata.annotations = [Self.shards: String(configuration.shards)]
        if isWaiting { metadata.annotations[Self.waiting] = "true" }
        if isLeaving { metadata.annotations[Self.leaving] = "true" }
        let spec = CoordinationV1.LeaseSpec(
            holderIdentity: identity,
            leaseDurationSeconds: max(1, Int(configuration.leaseDuration.inSeconds.rounded(.up))),
            renewTime: MicroTimestamp(time.timestamp)
        )
        _ = try await api.apply(
            CoordinationV1.Lease(metadata: metadata, spec: spec),
            fieldManager: "operator-runtime",
            force: true
        )
    }

    /// All instances.
    func list() async throws -> [InstanceRegistry.Presence] {
        try await api.listAll(ListOptions(labelSelector: "\(Self.group)=\(groupValue)")).items.compactMap { lease in
            guard let identity = lease.spec?.holderIdentity, !identity.isEmpty else { return nil }
            return InstanceRegistry.Presence(
                lease: lease.metadata.name,
                identity: identity,
                shards: lease.metadata.annotations[Self.shards].flatMap { Int($0) } ?? 1,
                isLeaving: lease.metadata.annotations[Self.leaving] == "true",
                isWaiting: lease.metadata.annotations[Self.waiting] == "true",
                madeAt: lease.metadata.creationTimestamp.map { .seconds($0.date.timeIntervalSince1970) },
                duration: .seconds(lease.spec?.leaseDurationSeconds ?? 15),
                version: lease.metadata.resourceVersion ?? ""
            )
        }
    }

    /// The single leader of instances without shards, as an instance that is younger than any other; its identity is empty when nobody leads.
    func single() async throws -> InstanceRegistry.Presence? {
        guard let lease = try await api.getIfPresent(configuration.leaseName) else { return nil }
        return InstanceRegistry.Presence(
            lease: lease.metadata.name,
            identity: lease.spec?.holderIdentity ?? "",
            shards: 1,
            isLeaving: false,
            duration: .seconds(lease.spec?.leaseDurationSeconds ?? 15),
            version: lease.metadata.resourceVersion ?? ""
        )
    }

    /// Removes what an instance has left behind, if it is as it was seen. The Lease of a single leader is given up instead, for its term.
    func tidy(_ one: InstanceRegistry.Presence) async throws {
        guard one.lease == configuration.leaseName else { return try await remove(one.lease, version: one.version) }
        let free: JSON = ["metadata": ["resourceVersion": .string(one.version)], "spec": ["holderIdentity": ""]]
        _ = try await api.mergePatch(one.lease, free)
    }

    /// Removes a Lease, if it is as it was seen.
    ///
    /// - Parameter version: `nil` for whatever it is now.
    func remove(_ lease: String, version: String?) async throws {
        try await api.deleteIfPresent(
            ObjectKey(namespace: configuration.namespace, name: lease),
            DeleteOptions(preconditions: version.map { .init(resourceVersion: $0) })
        )
    }

    /// A label's value may be shorter than a name.
    var groupValue: String { String(ShardAssignment.hash(configuration.leaseName), radix: 16) }
}

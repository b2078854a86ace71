import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// Reads and writes the Lease of a leader election.
struct LeaseAPI: Sendable {
    private let api: ResourceAPI<CoordinationV1.Lease>
    private let name: String
    private let labels: [String: String]
    private let time: TimeSource
    /// The Lease as last seen, so that what others put into it is kept.
    private let latest = NIOLockedValueBox<CoordinationV1.Lease?>(nil)

    /// - Parameter labels: what the Lease is given with each write, so that a watch can select it.
    init(client: KubernetesClient, configuration: LeaderElectionConfiguration, labels: [String: String], time: TimeSource) {
        api = client.resource(CoordinationV1.Lease.self, namespace: configuration.namespace).retrying(.never)
        name = configuration.leaseName
        self.labels = labels
        self.time = time
    }

    /// The version of the Lease as last read or written.
    var version: String? { latest.withLockedValue { $0?.metadata.resourceVersion } }

    func read() async throws -> LeaseRecord? {
        guard let lease = try await api.getIfPresent(name) else { return nil }
        return keep(lease)
    }

    func create(_ record: LeaseRecord) async throws -> LeaseRecord {
        var lease = CoordinationV1.Lease(metadata: ObjectMeta(name: name, namespace: api.namespace), spec: CoordinationV1.LeaseSpec())
        fill(&lease, record, acquires: true)
        return keep(try await api.create(lease))
    }

    func update(_ record: LeaseRecord, acquires: Bool) async throws -> LeaseRecord {
        var lease =
            latest.withLockedValue { $0 }
            ?? CoordinationV1.Lease(metadata: ObjectMeta(name: name, namespace: api.namespace), spec: CoordinationV1.LeaseSpec())
        lease.metadata.resourceVersion = record.version
        lease.metadata.managedFields = []
        fill(&lease, record, acquires: acquires)
        return keep(try await api.update(lease))
    }

    private func fill(_ lease: inout CoordinationV1.Lease, _ record: LeaseRecord, acquires: Bool) {
        var spec = lease.spec ?? CoordinationV1.LeaseSpec()
        let now = MicroTimestamp(time.timestamp)
        spec.holderIdentity = record.holder
        // The API wants at least one second.
        spec.leaseDurationSeconds = max(1, Int(record.duration.inSeconds.rounded(.up)))
        spec.leaseTransitions = Int(record.transitions)
        spec.renewTime = now
        if acquires { spec.acquireTime = now }
        lease.spec = spec
        lease.metadata.labels.merge(labels) { $1 }
    }

    private func keep(_ lease: CoordinationV1.Lease) -> LeaseRecord {
        latest.withLockedValue { $0 = lease }
        return LeaseRecord(lease)
    }
}

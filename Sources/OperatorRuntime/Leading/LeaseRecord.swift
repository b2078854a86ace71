import KubernetesModel

/// What a Lease says.
public struct LeaseRecord: Sendable, Hashable {
    /// Who leads; empty when nobody does.
    public var holder: String
    /// After what time without renewal others may take over.
    public var duration: Duration
    /// How often the leader has changed: the fencing token.
    public var transitions: Int64
    /// Changes with each write of the Lease.
    public var version: String

    /// Makes a record.
    public init(holder: String, duration: Duration, transitions: Int64, version: String) {
        self.holder = holder
        self.duration = duration
        self.transitions = transitions
        self.version = version
    }

    init(_ lease: CoordinationV1.Lease) {
        self.init(
            holder: lease.spec?.holderIdentity ?? "",
            duration: .seconds(lease.spec?.leaseDurationSeconds ?? 0),
            transitions: Int64(lease.spec?.leaseTransitions ?? 0),
            version: lease.metadata.resourceVersion ?? ""
        )
    }

    /// Whether both have versions that can be compared, and this one's is not the greater.
    func isNoNewer(than other: LeaseRecord) -> Bool {
        guard let version = UInt64(version), let others = UInt64(other.version) else { return false }
        return version <= others
    }
}

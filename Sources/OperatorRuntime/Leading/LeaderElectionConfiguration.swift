/// Which Lease decides who leads, and how quickly.
public struct LeaderElectionConfiguration: Sendable, Hashable {
    /// The name of the Lease.
    public var leaseName: String
    /// Its namespace.
    public var namespace: String
    /// After what time without renewal others may take over. Default: 15 s.
    public var leaseDuration: Duration
    /// After what time without a successful renewal the leader gives up; shorter than `leaseDuration`. Default: 10 s.
    public var renewDeadline: Duration
    /// The time between attempts; shorter than `renewDeadline`. Default: 2 s.
    public var retryPeriod: Duration
    /// Whether the Lease is given up at shutdown, so that another takes over at once. Default: yes.
    public var releaseOnShutdown: Bool

    /// Makes a configuration; see the properties for the defaults.
    public init(
        leaseName: String,
        namespace: String,
        leaseDuration: Duration = .seconds(15),
        renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2),
        releaseOnShutdown: Bool = true
    ) {
        self.leaseName = leaseName
        self.namespace = namespace
        self.leaseDuration = leaseDuration
        self.renewDeadline = min(renewDeadline, leaseDuration * 0.9)
        self.retryPeriod = min(retryPeriod, self.renewDeadline / 2)
        self.releaseOnShutdown = releaseOnShutdown
    }
}

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
}

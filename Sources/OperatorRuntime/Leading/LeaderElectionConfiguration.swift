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
    /// Into how many shards the keys are divided, each with a Lease of its own that is called `NAME-shard-N`. Must be the same for all
    /// instances that work at the same time; new ones with another number wait until the old ones have ended. Default: 1, a single leader
    /// with the Lease `NAME`.
    public var shards: Int

    /// Makes a configuration; see the properties for the defaults.
    public init(
        leaseName: String,
        namespace: String,
        leaseDuration: Duration = .seconds(15),
        renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2),
        releaseOnShutdown: Bool = true,
        shards: Int = 1
    ) {
        self.leaseName = leaseName
        self.namespace = namespace
        self.leaseDuration = leaseDuration
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
        self.releaseOnShutdown = releaseOnShutdown
        self.shards = shards
    }

    /// By how much followers spread their attempts, as a part of the retry period.
    static let jitter = 1.2
    /// By how much followers spread their attempts at a Lease that has run out or was given up.
    static let spread = Duration.milliseconds(100)

    /// Checks what client-go checks: the Lease lasts longer than the renew deadline, and that longer than the longest time between attempts.
    ///
    /// - Throws: ``InvalidLeaderElection``.
    public func validate() throws(InvalidLeaderElection) {
        func require(_ isRight: Bool, _ what: String) throws(InvalidLeaderElection) {
            if !isRight { throw InvalidLeaderElection(message: "The leader election of \(namespace)/\(leaseName) is not safe: \(what)") }
        }
        try require(!leaseName.isEmpty && !namespace.isEmpty, "the Lease needs a name and a namespace")
        try require(leaseDuration >= .seconds(1), "leaseDuration \(leaseDuration) must be at least 1 s, which is what the API can say")
        try require(leaseDuration > renewDeadline, "leaseDuration \(leaseDuration) must be longer than renewDeadline \(renewDeadline)")
        try require(retryPeriod > .zero, "retryPeriod \(retryPeriod) must be longer than nothing")
        try require(
            renewDeadline > retryPeriod * Self.jitter,
            "renewDeadline \(renewDeadline) must be longer than \(Self.jitter) times retryPeriod \(retryPeriod)"
        )
        try require((1...1024).contains(shards), "shards \(shards) must be from 1 to 1024")
    }
}

/// Settings of a leader election with which two could lead at once, or none would.
public struct InvalidLeaderElection: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable, for programs.
    public let code = "invalid-leader-election"
    /// Which rule is broken, with the values.
    public var message: String

    /// The message.
    public var description: String { message }
}

/// How machines of this host are run.
public struct LocalProcessConfiguration: Sendable {
    /// The directory of all machines; each has one of its own below it.
    public var root: String
    /// The gateway's command. `{stateDirectory}`, `{port}` and `{name}` are filled in. The program is a path, or is looked up on the `PATH`
    /// of ``environment``.
    public var gateway: [String]
    /// The environment of all programs, besides what the bootstrap leaves for the gateway. Nothing is inherited. Default: a plain `PATH`.
    public var environment: [String: String]
    /// The loopback ports that machines get. Default: 18800 to 28799, which no outgoing connection takes.
    public var ports: ClosedRange<Int>
    /// How often processes are looked at. Default: 500 ms.
    public var interval: Duration
    /// How long a process may take to end before it is killed. Default: 10 s.
    public var grace: Duration
    /// The pause before the first restart; it doubles with each. Default: 1 s.
    public var firstPause: Duration
    /// The longest pause. Default: 60 s.
    public var longestPause: Duration
    /// How long a process must live for its earlier ends to be forgotten. Default: 60 s.
    public var healthyAfter: Duration
    /// The size in bytes past which a log is cut; the end of what was cut is kept once. Default: 4 MiB.
    public var largestLog: Int
    /// Whether machines end with the provider's service. Default: no, they outlive it and are found again.
    public var endsWithService: Bool

    /// A configuration with defaults for all but what is run where.
    public init(root: String, gateway: [String]) {
        self.root = root
        self.gateway = gateway
        environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
        ports = 18_800...28_799
        interval = .milliseconds(500)
        grace = .seconds(10)
        firstPause = .seconds(1)
        longestPause = .seconds(60)
        healthyAfter = .seconds(60)
        largestLog = 4 << 20
        endsWithService = false
    }

    /// The pause before a restart.
    func pause(failures: Int) -> Duration {
        // 2 to the power of 20 is past any pause, and does not overflow.
        min(firstPause * (1 << min(max(failures - 1, 0), 20)), longestPause)
    }
}

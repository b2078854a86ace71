import KubernetesClient

/// Decides how a cache follows a resource: lists, watches, and recovers from everything that goes wrong. It does no I/O.
///
/// The shell tells what happened (``ReflectorInput``) and does what it is told (``ReflectorAction``). Objects do not pass through: the
/// machine only says what is to be done with those that just came.
///
/// The way is the one of client-go's reflector and kube-rs' watcher: list page by page (or stream the list, KEP-3157), watch from the
/// list's version, remember the version of each event and bookmark, continue there when the watch ends, and list anew when the server has
/// forgotten that version. Other than there, a stream of the list is closed when the list is complete, and a common watch goes on: the
/// stream needs a long time, and watches shall be short, so that a dead one is noticed soon.
public struct ReflectorMachine: Sendable {
    /// How the machine behaves.
    public struct Configuration: Sendable, Hashable {
        /// Objects a page of a list has at most.
        public var pageSize: Int
        /// Whether to try a streaming list first.
        public var usesStreamingList: Bool
        /// Whether the first list may be stale (`resourceVersion=0`), which is cheaper for the server.
        public var acceptsStaleList: Bool
        /// Delays after failures.
        public var backoff: Backoff
        /// After this time without a failure, delays begin anew.
        public var backoffReset: Duration
        /// A watch that ends sooner and told nothing new counts as failed.
        public var shortestWatch: Duration
        /// How many lists in a row may be older than what was seen before they are believed, as after the restoration of a backup.
        public var staleListsRefused: Int
        /// After how many dead, garbled or broken watches in a row, none of which told anything, everything is listed anew: for a server, or a
        /// way to it, that does lists but no watches.
        public var watchesLostBeforeList: Int
        /// After how many watches in a row that could not be opened everything is listed anew, for a server that refuses every watch from one
        /// version. When the list fails as well, the server is down, and the watch goes on being tried.
        public var openingsFailedBeforeList: Int

        /// Makes a configuration. Defaults: pages of 500, no streaming, newest list, 800 ms to 30 s, reset after 120 s, 1 s, 5 stale lists,
        /// 3 lost watches, 5 failed openings.
        public init(
            pageSize: Int = 500,
            usesStreamingList: Bool = false,
            acceptsStaleList: Bool = false,
            backoff: Backoff = .reflector,
            backoffReset: Duration = .seconds(120),
            shortestWatch: Duration = .seconds(1),
            staleListsRefused: Int = 5,
            watchesLostBeforeList: Int = 3,
            openingsFailedBeforeList: Int = 5
        ) {
            self.pageSize = pageSize
            self.usesStreamingList = usesStreamingList
            self.acceptsStaleList = acceptsStaleList
            self.backoff = backoff
            self.backoffReset = backoffReset
            self.shortestWatch = shortestWatch
            self.staleListsRefused = staleListsRefused
            self.watchesLostBeforeList = watchesLostBeforeList
            self.openingsFailedBeforeList = openingsFailedBeforeList
        }
    }

    /// Where the machine is.
    public enum State: Sendable, Hashable {
        /// Nothing was asked for yet, or everything must be asked for again.
        case empty
        /// A page of a list is under way.
        case listing(ReflectorList)
        /// A watch that begins with all objects is under way, and its end of them is not there yet.
        case streaming
        /// A watch after `version` is under way; `since` is when it was opened, and it told something new when `isFruitful`.
        case watching(version: String, since: Duration?, isFruitful: Bool)
        /// Nothing is under way; afterwards it goes on with `then`.
        case waiting(then: Resumption)
    }

    /// What follows a wait.
    public enum Resumption: Sendable, Hashable {
        /// From nothing.
        case begin
        /// The same page again.
        case list(ReflectorList)
        /// A watch after a version.
        case watch(version: String)
    }

    /// Where the machine is.
    public internal(set) var state: State = .empty
    /// The failures in a row.
    public internal(set) var failures = 0

    let configuration: Configuration
    var lastFailure: Duration?
    var streamingIsRefused = false
    var staleListIsRefused = false
    /// The newest version that was seen, where versions are numbers (KEP-5504).
    var newest: UInt64 = 0
    var staleLists = 0
    /// How many watches in a row were dead, garbled or broken before they told anything.
    var lostWatches = 0
    /// How many watches in a row could not be opened.
    var failedOpenings = 0
    /// Where a watch could go on that could not be opened, while a list is tried in its place.
    var abandonedVersion: String?
    /// The version of the list whose pages are being read. A server that cannot keep it gives later pages later versions; the watch must
    /// begin with the first one's, so that it tells what changed in between.
    var listVersion: String?
    /// Objects a page has at most, since a page was too large.
    var pageSize: Int

    /// Makes a machine that has not begun.
    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
        pageSize = max(1, configuration.pageSize)
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - input: what happened.
    ///   - now: the time since any fixed moment.
    ///   - random: a number from 0 up to 1 for jitter.
    /// - Returns: what to do, in this order. Without a `list`, `watch` or `wait` among it, what is under way goes on. Nothing for late news
    ///   of a call that was given up.
    public mutating func handle(_ input: ReflectorInput, now: Duration, random: Double = 0) -> [ReflectorAction] {
        let moment = Moment(now: now, random: random)
        return switch state {
        case .empty: input == .started ? begin() : []
        case .waiting(let resumption): input == .waited ? resume(resumption) : []
        case .listing(let list): listing(list, input, moment)
        case .streaming: streaming(input, moment)
        case .watching(let version, let since, let isFruitful): watching(Watch(version, since, isFruitful), input, moment)
        }
    }

    /// When a step is taken, and by what chance.
    struct Moment {
        var now: Duration
        var random: Double
    }

    /// The watch that is under way.
    struct Watch {
        var version: String
        var since: Duration?
        var isFruitful: Bool

        init(_ version: String, _ since: Duration?, _ isFruitful: Bool) {
            self.version = version
            self.since = since
            self.isFruitful = isFruitful
        }

        var state: State { .watching(version: version, since: since, isFruitful: isFruitful) }
    }

    mutating func begin() -> [ReflectorAction] {
        if configuration.usesStreamingList, !streamingIsRefused {
            state = .streaming
            return [.watch(version: nil, streaming: true)]
        }
        return resume(.list(firstPage))
    }

    var firstPage: ReflectorList { ReflectorList(resourceVersion: listedVersion, limit: pageSize, continueToken: nil) }

    /// The version that a list asks for.
    var listedVersion: String? { configuration.acceptsStaleList && !staleListIsRefused ? "0" : nil }

    mutating func resume(_ resumption: Resumption) -> [ReflectorAction] {
        switch resumption {
        case .begin:
            state = .empty
            return begin()
        case .list(let list):
            state = .listing(list)
            return [.list(list)]
        case .watch(let version):
            state = .watching(version: version, since: nil, isFruitful: false)
            return [.watch(version: version, streaming: false)]
        }
    }

    mutating func note(_ version: String) {
        if let number = UInt64(version), number > newest { newest = number }
    }

    /// Whether a full state goes back in time, which would undo what was decided on newer objects.
    mutating func isStale(_ version: String) -> Bool {
        guard let number = UInt64(version), number < newest else {
            staleLists = 0
            return false
        }
        staleLists += 1
        if staleLists <= configuration.staleListsRefused { return true }
        newest = number
        staleLists = 0
        return false
    }

    func failuresInARow(now: Duration) -> Int {
        guard let lastFailure, now - lastFailure < configuration.backoffReset else { return 0 }
        return failures
    }

    /// - Parameter delay: how long nothing is tried; the quiet time that lets delays begin anew counts from then on.
    mutating func noteFailure(now: Duration, delay: Duration = .zero) {
        failures = failuresInARow(now: now) + 1
        lastFailure = now + delay
    }

    mutating func wait(_ failure: ReflectorFailure, then resumption: Resumption, _ moment: Moment) -> [ReflectorAction] {
        let backoff = configuration.backoff.delay(failures: failuresInARow(now: moment.now), random: moment.random)
        let delay = max(backoff, min(failure.retryAfter ?? .zero, RetryPolicy.longestRetryAfter))
        noteFailure(now: moment.now, delay: delay)
        state = .waiting(then: resumption)
        return [.report(failure), .wait(delay)]
    }
}

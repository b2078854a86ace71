import KubernetesClient

/// Decides how a cache follows a resource: lists, watches, and recovers from everything that goes wrong. It does no I/O.
///
/// The shell tells what happened (``ReflectorInput``) and does what it is told (``ReflectorAction``). Objects do not pass through: the
/// machine only says what is to be done with those that just came.
///
/// The way is the one of client-go's reflector and kube-rs' watcher: list page by page (or stream the list, KEP-3157), watch from the
/// list's version, remember the version of each event and bookmark, continue there when the watch ends, and list anew when the server has
/// forgotten that version.
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
        /// A watch that ends sooner without an event counts as failed.
        public var shortestWatch: Duration
        /// How many lists in a row may be older than what was seen before they are believed, as after the restoration of a backup.
        public var staleListsRefused: Int

        /// Makes a configuration. Defaults: pages of 500, no streaming, newest list, 800 ms to 30 s, reset after 120 s, 1 s, 5 stale lists.
        public init(
            pageSize: Int = 500,
            usesStreamingList: Bool = false,
            acceptsStaleList: Bool = false,
            backoff: Backoff = .reflector,
            backoffReset: Duration = .seconds(120),
            shortestWatch: Duration = .seconds(1),
            staleListsRefused: Int = 5
        ) {
            self.pageSize = pageSize
            self.usesStreamingList = usesStreamingList
            self.acceptsStaleList = acceptsStaleList
            self.backoff = backoff
            self.backoffReset = backoffReset
            self.shortestWatch = shortestWatch
            self.staleListsRefused = staleListsRefused
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
        /// A watch after `version` is under way; `since` is when it was opened.
        case watching(version: String, since: Duration?, sawEvents: Bool)
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
    public private(set) var state: State = .empty
    /// The failures in a row.
    public private(set) var failures = 0

    private let configuration: Configuration
    private var lastFailure: Duration?
    private var streamingIsRefused = false
    private var staleListIsRefused = false
    /// The newest version that was seen, where versions are numbers (KEP-5504).
    private var newest: UInt64 = 0
    private var staleLists = 0

    /// Makes a machine that has not begun.
    public init(configuration: Configuration = .init()) { self.configuration = configuration }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - input: what happened.
    ///   - now: the time since any fixed moment.
    ///   - random: a number from 0 up to 1 for jitter.
    /// - Returns: what to do, in this order. Without a `list`, `watch` or `wait` among it, what is under way goes on.
    public mutating func handle(_ input: ReflectorInput, now: Duration, random: Double = 0) -> [ReflectorAction] {
        switch (state, input) {
        case (.empty, .started): return begin()
        case (.waiting(let resumption), .waited): return resume(resumption)

        case (.listing(let list), .page(let version, let token)):
            return page(list, version: version, token: token, now: now, random: random)
        case (.listing(let list), .failed(let failure)): return listFailed(list, failure, now: now, random: random)

        case (.streaming, .opened): return [.beginSnapshot]
        case (.streaming, .event): return [.addToSnapshot]
        case (.streaming, .bookmark(let version, true)):
            note(version)
            state = .watching(version: version, since: now, sawEvents: true)
            return [.commitSnapshot(version: version)]
        case (.streaming, .bookmark(_, false)): return []
        case (.streaming, .ended): return streamingFailed(.unavailable(retryAfter: nil), now: now, random: random)
        case (.streaming, .failed(let failure)): return streamingFailed(failure, now: now, random: random)

        case (.watching(let version, _, let saw), .opened):
            state = .watching(version: version, since: now, sawEvents: saw)
            return []
        case (.watching(_, let since, _), .event(let version)):
            note(version)
            state = .watching(version: version, since: since, sawEvents: true)
            return [.apply(version: version)]
        case (.watching(_, let since, _), .bookmark(let version, _)):
            note(version)
            state = .watching(version: version, since: since, sawEvents: true)
            return [.advance(version: version)]
        case (.watching(let version, let since, let saw), .ended):
            return watchEnded(version, since: since, sawEvents: saw, now: now, random: random)
        case (.watching(let version, _, _), .failed(let failure)):
            return watchFailed(version, failure, now: now, random: random)

        // Anything else is late news of a call that was given up.
        default: return []
        }
    }

    private mutating func begin() -> [ReflectorAction] {
        if configuration.usesStreamingList, !streamingIsRefused {
            state = .streaming
            return [.watch(version: nil, streaming: true)]
        }
        let stale = configuration.acceptsStaleList && !staleListIsRefused
        return resume(.list(ReflectorList(resourceVersion: stale ? "0" : nil, limit: configuration.pageSize, continueToken: nil)))
    }

    private mutating func resume(_ resumption: Resumption) -> [ReflectorAction] {
        switch resumption {
        case .begin:
            state = .empty
            return begin()
        case .list(let list):
            state = .listing(list)
            return [.list(list)]
        case .watch(let version):
            state = .watching(version: version, since: nil, sawEvents: false)
            return [.watch(version: version, streaming: false)]
        }
    }

    private mutating func page(
        _ list: ReflectorList,
        version: String?,
        token: String?,
        now: Duration,
        random: Double
    ) -> [ReflectorAction] {
        let version = version ?? "0"
        if list.continueToken == nil, let number = UInt64(version), number < newest {
            // Going back in time would undo what was decided on newer objects.
            staleLists += 1
            if staleLists <= configuration.staleListsRefused { return wait(.stale, then: .begin, now: now, random: random) }
            newest = number
        }
        staleLists = 0
        var actions: [ReflectorAction] = list.continueToken == nil ? [.beginSnapshot, .addToSnapshot] : [.addToSnapshot]
        if let token, !token.isEmpty {
            return actions + resume(.list(ReflectorList(resourceVersion: nil, limit: list.limit, continueToken: token)))
        }
        note(version)
        actions.append(.commitSnapshot(version: version))
        return actions + resume(.watch(version: version))
    }

    private mutating func note(_ version: String) {
        if let number = UInt64(version), number > newest { newest = number }
    }
}

extension ReflectorMachine {
    private mutating func listFailed(
        _ list: ReflectorList,
        _ failure: ReflectorFailure,
        now: Duration,
        random: Double
    ) -> [ReflectorAction] {
        switch failure {
        case .gone where list.continueToken != nil:
            // The pages' version is gone before the last one came: everything in one piece, which cannot get too old.
            return [.report(failure)] + resume(.list(ReflectorList(resourceVersion: nil, limit: nil, continueToken: nil)))
        case .gone, .versionTooLarge:
            staleListIsRefused = true
            return wait(failure, then: .begin, now: now, random: random)
        case .tooManyRequests, .unavailable, .idle, .refused, .notSupported, .stale:
            return wait(failure, then: .list(list), now: now, random: random)
        }
    }

    private mutating func streamingFailed(_ failure: ReflectorFailure, now: Duration, random: Double) -> [ReflectorAction] {
        switch failure {
        case .tooManyRequests: return wait(failure, then: .begin, now: now, random: random)
        case .notSupported, .refused:
            streamingIsRefused = true
            return [.report(failure)] + begin()
        case .gone, .versionTooLarge, .unavailable, .idle, .stale:
            // A list may succeed where a stream does not; the next full read tries the stream again.
            let list = ReflectorList(resourceVersion: nil, limit: configuration.pageSize, continueToken: nil)
            return wait(failure, then: .list(list), now: now, random: random)
        }
    }

    private mutating func watchEnded(
        _ version: String,
        since: Duration?,
        sawEvents: Bool,
        now: Duration,
        random: Double
    ) -> [ReflectorAction] {
        if !sawEvents, let since, now - since < configuration.shortestWatch {
            return wait(.unavailable(retryAfter: nil), then: .watch(version: version), now: now, random: random)
        }
        return resume(.watch(version: version))
    }

    private mutating func watchFailed(
        _ version: String,
        _ failure: ReflectorFailure,
        now: Duration,
        random: Double
    ) -> [ReflectorAction] {
        switch failure {
        case .gone, .versionTooLarge:
            staleListIsRefused = true
            // Once is normal after a long break, so nothing is lost by waiting; again and again is not.
            if failuresInARow(now: now) == 0 {
                noteFailure(now: now)
                return [.report(failure)] + resume(.begin)
            }
            return wait(failure, then: .begin, now: now, random: random)
        case .idle:
            return [.report(failure)] + resume(.watch(version: version))
        case .tooManyRequests, .unavailable, .stale:
            return wait(failure, then: .watch(version: version), now: now, random: random)
        case .refused, .notSupported:
            return wait(failure, then: .begin, now: now, random: random)
        }
    }

    private func failuresInARow(now: Duration) -> Int {
        guard let lastFailure, now - lastFailure < configuration.backoffReset else { return 0 }
        return failures
    }

    private mutating func noteFailure(now: Duration) {
        failures = failuresInARow(now: now) + 1
        lastFailure = now
    }

    private mutating func wait(
        _ failure: ReflectorFailure,
        then resumption: Resumption,
        now: Duration,
        random: Double
    ) -> [ReflectorAction] {
        noteFailure(now: now)
        let delay = configuration.backoff.delay(failures: failures - 1, random: random)
        state = .waiting(then: resumption)
        return [.report(failure), .wait(max(delay, failure.retryAfter ?? .zero))]
    }
}

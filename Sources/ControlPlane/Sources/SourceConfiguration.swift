import OutboundGuard

/// How third-party sources are fetched.
struct SourceConfiguration: Sendable {
    /// Where they may be.
    var policy = OutboundPolicy()
    /// Longest time of a fetch.
    var limit: Duration = .seconds(150)
    /// Time between two looks for sources that are due.
    var interval: Duration = .seconds(15)
    /// Wait after failures.
    var backoff = IntentBackoff(first: .seconds(60), longest: .seconds(21_600))
    /// How git is run.
    var git = GitFetcher.Limits()

    /// How long whoever fetches a source has it to itself: longer than that may take.
    var lease: Duration { limit * 2 }

    init() {}

    /// Reads it from the environment: `THIRD_PARTY_SOURCE_HOSTS`, the only hosts that sources may be at.
    init(_ read: EnvironmentReader) {
        guard let hosts = read.text("THIRD_PARTY_SOURCE_HOSTS") else { return }
        policy.hosts = hosts.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }.filter { !$0.isEmpty }
    }
}

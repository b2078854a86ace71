/// How long a watch may be silent before it counts as dead.
///
/// Nobody says anything on the watch of a resource at rest, so silence alone proves nothing. But the server was asked to end the watch after
/// a time, and a server that lives does so, and tells two seconds before with a bookmark how far everything was told. Silence beyond that
/// moment and a margin is death. So the time asked for bounds how long a dead watch goes unnoticed, and that is why it is short by default.
///
/// What was weighed and left aside:
/// - Long watches with bookmarks each minute (client-go, kube-rs): a minute is the server's choice, so nothing under a minute can be promised.
/// - TCP keep-alive, which the transport sets as well: the kernel of a server, proxy or load balancer answers for a process that hangs.
/// - HTTP/2 PING: the same with proxies, and one connection for all watches.
/// - Asking the server something else now and then: it shows that the server lives, not that this watch does.
///
/// The price is a request for each cache about each 22 seconds, which continues at the last bookmark: no list, and no object, is read.
struct WatchSilence: Sendable, Hashable {
    /// The moment by which the server ends the watch.
    var end: Duration
    /// How much later the end may come, and how long anything else may take from there on.
    var margin: Duration
    /// The longest silence before the end; `nil` for any.
    var longest: Duration?

    /// The moment at which the watch is dead if nothing comes until then.
    ///
    /// - Parameter last: when the last byte came, or the watch was opened.
    func deadline(last: Duration) -> Duration {
        let final = max(end, last) + margin
        guard let longest else { return final }
        return min(final, last + longest)
    }
}

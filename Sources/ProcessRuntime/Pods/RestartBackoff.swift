/// How long a container waits before it is started again, as kubelets do it: not at all at first, then 10 s, doubled up to 5 min; anew
/// after it has run for 10 min.
struct RestartBackoff: Sendable, Hashable {
    private static let first: Duration = .seconds(10)
    private static let longest: Duration = .seconds(300)
    private static let forgiveness: Duration = .seconds(600)

    private var next: Duration = .zero

    /// The wait after an end.
    ///
    /// - Parameter ran: how long the container had run.
    mutating func wait(afterRunning ran: Duration) -> Duration {
        if ran >= Self.forgiveness { next = .zero }
        let wait = next
        next = wait == .zero ? Self.first : min(wait * 2, Self.longest)
        return wait
    }
}

/// The progress of one operation on a connection with regard to its time: what happens when a wait for the socket ends early.
struct Operation {
    /// Why the server was asked to cancel.
    enum Interruption { case timedOut, cancelled }

    /// What to do about a wait that did not end with a ready socket.
    enum Action: Equatable { case proceed, cancelOnServer, giveUp }

    let timeout: Duration
    private(set) var deadline: ContinuousClock.Instant
    private(set) var interruption: Interruption?
    private let mayBeCancelled: Bool

    init(timeout: Duration, isCancellable: Bool, now: ContinuousClock.Instant = .now) {
        self.timeout = timeout
        deadline = now + timeout
        mayBeCancelled = isCancellable
    }

    /// After the server was asked to cancel, the task's cancellation says nothing new.
    var isCancellable: Bool { mayBeCancelled && interruption == nil }

    /// Decides on the end of a wait.
    mutating func waitEnded(
        _ outcome: SocketPoller.Outcome, now: ContinuousClock.Instant = .now, grace: Duration = PostgresConnection.cancellationGrace
    ) -> Action {
        switch outcome {
        case .ready: return .proceed
        case .timedOut where interruption != nil: return .giveUp
        case .timedOut: interruption = .timedOut
        case .cancelled: interruption = .cancelled
        }
        deadline = now + grace
        return .cancelOnServer
    }

    /// What to report for an error of the server: 57014 (query_canceled) is our own doing when we asked for it.
    func reported(_ error: PostgresError) -> any Error {
        guard error.sqlState == "57014" else { return error }
        switch interruption {
        case .cancelled: return CancellationError()
        case .timedOut: return PostgresError(.statementTimeout, "The statement took longer than \(timeout) and was cancelled.")
        case nil: return error
        }
    }
}

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
    private var graceEnd: ContinuousClock.Instant
    private var pause = Duration.milliseconds(100)

    init(timeout: Duration, isCancellable: Bool, now: ContinuousClock.Instant = .now) {
        self.timeout = timeout
        deadline = now + timeout
        graceEnd = deadline
        mayBeCancelled = isCancellable
    }

    /// After the server was asked to cancel, the task's cancellation says nothing new.
    var isCancellable: Bool { mayBeCancelled && interruption == nil }

    /// Decides on the end of a wait.
    ///
    /// A cancellation that reaches the server before the statement does has no effect, so it is asked for again, at growing intervals,
    /// until the grace is over.
    mutating func waitEnded(
        _ outcome: SocketPoller.Outcome,
        now: ContinuousClock.Instant = .now,
        grace: Duration = .seconds(5)
    ) -> Action {
        switch outcome {
        case .ready: return .proceed
        case .timedOut where interruption != nil:
            if now >= graceEnd { return .giveUp }
            pause *= 2
        case .timedOut, .cancelled:
            interruption = outcome == .timedOut ? .timedOut : .cancelled
            graceEnd = now + grace
        }
        deadline = min(graceEnd, now + pause)
        return .cancelOnServer
    }

    /// Whether the operation may go on with a further step.
    ///
    /// - Throws: what the interruption means, when the step before was finished although its cancellation was asked for.
    func checkContinuing() throws {
        switch interruption {
        case .cancelled: throw CancellationError()
        case .timedOut: throw timedOut
        case nil: break
        }
    }

    private var timedOut: PostgresError {
        PostgresError(.statementTimeout, "The statement took longer than \(timeout) and was cancelled.")
    }

    /// What to report for an error of the server: 57014 (query_canceled) is our own doing when we asked for it.
    func reported(_ error: PostgresError) -> any Error {
        guard error.sqlState == "57014" else { return error }
        switch interruption {
        case .cancelled: return CancellationError()
        case .timedOut: return timedOut
        case nil: return error
        }
    }
}

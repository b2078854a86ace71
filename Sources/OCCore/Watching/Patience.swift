/// Bears with a server that does not answer for a while, as one that is being restarted or rolled out.
struct Patience {
    /// How many looks in a row may get no answer, where no time is set.
    static let looks = 30

    private let context: CLIContext
    private var silences = 0
    private var hasAnswered = false

    /// Patience that nothing has tried yet.
    init(_ context: CLIContext) { self.context = context }

    /// Whether the looks without an answer have become too many.
    var isExhausted: Bool { silences >= Self.looks }

    /// The server has answered.
    mutating func answered() {
        if silences > 0 { context.errors("The server answers again\n") }
        silences = 0
        hasAnswered = true
    }

    /// Whether it is worth to look again after a failure: most pass when the server is back. A certificate that never was right does not.
    func bears(_ error: OCError) -> Bool { error.mayPass && (hasAnswered || error.code != "TLS_FAILED") }

    /// Tells of a failure, once for each silence.
    ///
    /// - Returns: the seconds until the next look: the interval, or what the server asked for.
    mutating func wait(after error: OCError, interval: Int) -> Int {
        if silences == 0 { context.errors("Warning: \(DisplayText.line(error.message)); still trying\n") }
        silences += 1
        return max(interval, min(error.retryAfter ?? 0, 60))
    }
}

extension OCError {
    /// Whether the same request may be answered later: the server is away, or has too much to do.
    var mayPass: Bool { exit == .unreachable || status.map { [429, 502, 503, 504].contains($0) } ?? false }
}

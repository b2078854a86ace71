/// What a caller does about an answer.
enum Repetition: Sendable, Equatable {
    /// It is the answer.
    case none
    /// The same request is sent again, with the same key.
    case again
    /// It must not be given: the request was right, and there is only one writer.
    case wrong

    /// Judges an answer.
    ///
    /// - Parameters:
    ///   - status: of the answer.
    ///   - code: of its error, if it is one.
    init(status: Int, code: String?) {
        switch (status, code) {
        case (200..<300, _): self = .none
        case (429, _), (503, _), (504, "TIMEOUT"), (409, "WRITE_IN_PROGRESS"): self = .again
        default: self = .wrong
        }
    }
}

/// How long a caller waits before it asks again: doubling from 25 ms to 1 s, of which a random half.
struct Backoff: Sendable {
    private var failures = 0

    mutating func next(using random: inout SplitMix) -> Duration {
        let longest = Duration.milliseconds(min(1000, 25 << min(failures, 10)))
        failures += 1
        return longest * (0.5 + Double(random.next() >> 11) / Double(1 << 54))
    }
}

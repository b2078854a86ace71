/// How a process ended.
struct ProcessEnd: Sendable, Hashable {
    /// Its exit code; 128 and the signal when a signal ended it.
    var code: Int
    /// The signal that ended it.
    var signal: Int?

    var isSuccess: Bool { code == 0 }
}

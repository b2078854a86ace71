import Foundation

/// A moment of the machine's monotonic clock, which all processes share, in nanoseconds.
package struct Moment: Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Nanoseconds since an earlier moment.
    package static func - (later: Moment, earlier: Moment) -> Int64 { later.nanoseconds - earlier.nanoseconds }

    package static func + (moment: Moment, nanoseconds: Int64) -> Moment { Moment(nanoseconds: moment.nanoseconds + nanoseconds) }
}

/// Looks again and again whether something is so.
///
/// - Throws: ``BenchError`` when it is not within the time.
package func poll(
    _ what: String,
    within limit: Duration = .seconds(120),
    every pause: Duration = .milliseconds(2),
    _ isSo: () throws -> Bool
)
    async throws
{
    let deadline = ContinuousClock.now + limit
    while try !isSo() {
        guard ContinuousClock.now < deadline else { throw BenchError("\(what) did not happen within \(limit)") }
        try await Task.sleep(for: pause)
    }
}

import Foundation

/// Times as REST writes them: RFC 3339 in UTC with milliseconds.
enum RESTTimestamp {
    /// Writes a time.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

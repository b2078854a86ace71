import Logging

/// Keeps log lines of a level and above.
struct LogRecorder: LogHandler {
    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    let lines: Recorded<Line>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        lines.add(Line(level: event.level, message: "\(event.message)", metadata: all))
    }

    static func logger(_ lines: Recorded<Line>) -> Logger { Logger(label: "test") { _ in LogRecorder(lines: lines) } }
}

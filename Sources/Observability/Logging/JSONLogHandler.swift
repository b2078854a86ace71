import Foundation
import Logging

/// Writes each log line as one JSON object: `time`, `level`, `label`, `message`, then the metadata, and `error` when there is one.
///
/// Values of keys that look like credentials are replaced by `<redacted>`, as are values of type ``Secret``.
///
/// ```swift
/// LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
/// ```
public struct JSONLogHandler: LogHandler {
    /// The least level that is written. Default: `info`.
    public var logLevel: Logger.Level
    /// Metadata of every line.
    public var metadata: Logger.Metadata = [:]
    /// Metadata added at the moment of logging.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let redaction: LogRedaction
    private let now: @Sendable () -> Date

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: the logger's label.
    ///   - level: the least level written.
    ///   - output: where lines go. Default: standard error.
    ///   - redaction: which metadata keys are hidden.
    ///   - now: the clock of the `time` member.
    public init(
        label: String,
        level: Logger.Level = .info,
        output: LogOutput = .standardError,
        redaction: LogRedaction = .standard,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.redaction = redaction
        self.metadataProvider = metadataProvider
        self.now = now
    }

    /// One entry of the handler's own metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var line = JSONLine()
        line.add("time", string: now().ISO8601Format(.init(includingFractionalSeconds: true)))
        line.add("level", string: event.level.rawValue)
        line.add("label", string: label)
        line.add("message", string: event.message.description)
        if let error = event.error { line.add("error", string: String(describing: error)) }
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            if Self.reserved.contains(key) {
                line.add("metadata." + key, value: value, redaction: redaction)
            } else {
                line.add(key, value: value, redaction: redaction)
            }
        }
        output.write(line.finish())
    }

    private static let reserved: Set<String> = ["time", "level", "label", "message", "error"]
}

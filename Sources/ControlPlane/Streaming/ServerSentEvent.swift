import JSONValue

/// One event of a stream (HTML standard, section 9.2: server-sent events).
struct ServerSentEvent: Sendable, Hashable {
    /// What it is about, for instance `fleet`.
    var name: String
    /// What it says, as JSON in one line.
    var data: JSON

    /// As it is sent.
    var bytes: [UInt8] { Array("event: \(name)\ndata: ".utf8) + data.serialized() + Array("\n\n".utf8) }

    /// A comment, which tells both sides that the other is there.
    static let heartbeat = Array(": heartbeat\n\n".utf8)
    /// What a stream begins with: after how many milliseconds a client connects again.
    static let opening = Array("retry: 2000\n\n".utf8)
}

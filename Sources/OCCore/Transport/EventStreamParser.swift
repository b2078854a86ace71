/// Reads server-sent events from bytes as they come (WHATWG HTML, 9.2).
struct EventStreamParser: Sendable {
    /// One event.
    struct Event: Sendable, Hashable {
        /// Its name; `message` when it has none.
        var name: String
        /// Its data: the lines joined.
        var data: String
    }

    /// The longest event taken, in bytes; what is longer is left out.
    static let limit = 8 << 20

    private var line: [UInt8] = []
    private var name = ""
    private var data: [String] = []
    private var size = 0
    private var endedWithReturn = false

    /// The events that these bytes complete.
    mutating func read(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n") where endedWithReturn: endedWithReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endedWithReturn = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            default:
                endedWithReturn = false
                if line.count < Self.limit { line.append(byte) }
            }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endEvent() }
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var value = parts.count == 2 ? parts[1] : ""
        if value.hasPrefix(" ") { value.removeFirst() }
        switch parts[0] {
        case "event": name = value
        case "data":
            size += value.utf8.count
            if size <= Self.limit { data.append(value) }
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> Event? {
        defer { (name, data, size) = ("", [], 0) }
        guard !data.isEmpty, size <= Self.limit else { return nil }
        return Event(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
    }
}

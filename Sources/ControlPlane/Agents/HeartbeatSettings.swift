import HTTPOperations
import JSONValue

/// How an agent is woken, and when it counts as offline: read from either of the two shapes that callers know.
struct HeartbeatSettings: Sendable, Hashable {
    /// The silence after which an agent counts as offline, when nothing is said, in seconds.
    static let usualTolerance = 600

    /// The gateway's settings; nil when the agent is not woken.
    var gateway: JSON?
    /// After how many seconds of silence the agent counts as offline.
    var tolerance: Int

    private static let members: Set<String> = [
        "interval_seconds", "missing_tolerance", "every", "target", "includeReasoning", "ackMaxChars",
    ]
    private static let longest: Int64 = 604_800

    /// Reads settings: `{interval_seconds, missing_tolerance}`, or `{every, target, includeReasoning, ackMaxChars}` as gateways have them.
    ///
    /// - Parameter config: what the caller said; nil for nothing.
    /// - Throws: ``OperationError`` 422 that names each member that is wrong.
    init(_ config: JSON?) throws(OperationError) {
        guard let config, let members = config.objectValue, !members.isEmpty else {
            gateway = nil
            tolerance = Self.usualTolerance
            return
        }
        var problems: [FieldViolation] = []
        func problem(_ member: String, _ message: String) {
            problems.append(FieldViolation(field: "heartbeat_config.\(member)", message: message))
        }
        for name in members.keys where !Self.members.contains(name) { problem(name, "is not a known field") }
        if members["interval_seconds"] != nil, members["every"] != nil { problem("every", "and interval_seconds say the same; use one") }

        var interval: Int64?
        if let value = members["interval_seconds"] {
            interval = value.integerValue
            if interval.map({ (10...Self.longest).contains($0) }) != true {
                problem("interval_seconds", "must be a whole number from 10 to \(Self.longest)")
            }
        }
        var every = interval.map { "\($0)s" }
        if let value = members["every"] {
            every = value.stringValue
            interval = every.flatMap(Self.seconds)
            if interval.map({ $0 == 0 || (10...Self.longest).contains($0) }) != true {
                problem("every", "must be a duration of at least 10s, such as 30s, 10m or 1h, or 0m for never")
            }
        }
        var tolerance = max(Int64(Self.usualTolerance), 2 * (interval ?? 0))
        if let value = members["missing_tolerance"] {
            if let seconds = value.integerValue, (1...2 * Self.longest).contains(seconds), seconds >= interval ?? 0 {
                tolerance = seconds
            } else {
                problem("missing_tolerance", "must be a whole number of seconds, not less than the interval")
            }
        }
        var gateway: [String: JSON] = every.map { ["every": .string($0), "target": "last"] } ?? [:]
        if let value = members["target"] {
            if let target = value.stringValue, (1...128).contains(target.utf8.count) {
                gateway["target"] = .string(target)
            } else {
                problem("target", "must be last, none or a channel's name")
            }
        }
        if let value = members["includeReasoning"] {
            gateway["includeReasoning"] = value
            if value.boolValue == nil { problem("includeReasoning", "must be true or false") }
        }
        if let value = members["ackMaxChars"] {
            gateway["ackMaxChars"] = value
            if value.integerValue.map({ (0...20_000).contains($0) }) != true {
                problem("ackMaxChars", "must be a whole number from 0 to 20000")
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        self.gateway = gateway.isEmpty ? nil : .object(gateway)
        self.tolerance = Int(tolerance)
    }

    /// The seconds of a duration such as `90s`, `10m` or `1h30m`; nil when it is none.
    static func seconds(_ text: String) -> Int64? {
        var total: Int64 = 0
        var number: Int64?
        guard (2...16).contains(text.utf8.count) else { return nil }
        for byte in text.utf8 {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                number = (number ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
                guard let number, number <= 2 * longest else { return nil }
                continue
            }
            let units: [UInt8: Int64] = [UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600]
            guard let value = number, let unit = units[byte] else { return nil }
            total += value * unit
            number = nil
        }
        return number == nil ? total : nil
    }
}

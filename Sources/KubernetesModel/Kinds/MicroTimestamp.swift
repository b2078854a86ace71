/// A point in time that is always written with six digits of a fraction (`metav1.MicroTime`): Leases and Events refuse it without.
public struct MicroTimestamp: Codable, Sendable, Hashable, Comparable {
    /// The point in time.
    public var timestamp: Timestamp

    /// Wraps a point in time.
    public init(_ timestamp: Timestamp) { self.timestamp = timestamp }

    /// Reads RFC 3339 text, with or without a fraction.
    public init(from decoder: any Decoder) throws { timestamp = try Timestamp(from: decoder) }

    /// Writes RFC 3339 text with six digits of a fraction.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(timestamp.microTime)
    }

    /// The earlier one is less.
    public static func < (left: MicroTimestamp, right: MicroTimestamp) -> Bool { left.timestamp < right.timestamp }
}

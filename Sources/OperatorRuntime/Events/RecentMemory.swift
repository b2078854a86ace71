import DequeModule

/// A dictionary that holds a bounded number of values, and forgets the one whose value was set longest ago for a new one.
struct RecentMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Place: Sendable {
        var key: Key
        var ticket: UInt64
    }

    private let limit: Int
    private var values: [Key: (value: Value, ticket: UInt64)] = [:]
    /// In the order of being set; places whose ticket is not the key's any more do not count.
    private var places = Deque<Place>()
    private var nextTicket: UInt64 = 0

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { values.count }

    /// How many places are kept, valid or not.
    var placeCount: Int { places.count }

    subscript(key: Key) -> Value? {
        get { values[key]?.value }
        set {
            guard let newValue else {
                values[key] = nil
                return
            }
            if values[key] == nil, values.count >= limit { forgetOldest() }
            nextTicket += 1
            values[key] = (newValue, nextTicket)
            places.append(Place(key: key, ticket: nextTicket))
            if places.count > 2 * limit + 16 { places.removeAll { values[$0.key]?.ticket != $0.ticket } }
        }
    }

    /// Forgets values.
    ///
    /// - Returns: those forgotten.
    mutating func removeAll(where isOver: (Value) -> Bool) -> [(key: Key, value: Value)] {
        let over = values.filter { isOver($0.value.value) }
        for key in over.keys { values[key] = nil }
        return over.map { ($0.key, $0.value.value) }
    }

    private mutating func forgetOldest() {
        while let oldest = places.popFirst() {
            guard values[oldest.key]?.ticket == oldest.ticket else { continue }
            values[oldest.key] = nil
            return
        }
    }
}

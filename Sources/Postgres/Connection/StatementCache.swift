/// Which statements are prepared on a connection: the most recently used ones, up to a limit.
struct StatementCache {
    /// Statements are the same when text and parameter types are.
    struct Key: Hashable {
        var text: String
        var types: [PostgresValue.TypeID]
    }

    private struct Entry {
        var name: String
        var lastUse: UInt64
    }

    /// How many statements are kept; 0 keeps none.
    let limit: Int
    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { entries.count }

    /// The name a statement is prepared under.
    mutating func name(of key: Key) -> String? {
        clock += 1
        entries[key]?.lastUse = clock
        return entries[key]?.name
    }

    /// A name nobody used on this connection.
    mutating func makeName() -> String {
        lastName += 1
        return "s\(lastName)"
    }

    /// Records that a statement was prepared.
    ///
    /// - Returns: the name of the statement that had to give way and is to be deallocated.
    mutating func insert(_ key: Key, name: String) -> String? {
        clock += 1
        entries[key] = Entry(name: name, lastUse: clock)
        guard entries.count > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return nil }
        entries.removeValue(forKey: oldest.key)
        return oldest.value.name
    }

    /// Forgets a statement.
    ///
    /// - Returns: the name it was prepared under.
    mutating func remove(_ key: Key) -> String? { entries.removeValue(forKey: key)?.name }
}

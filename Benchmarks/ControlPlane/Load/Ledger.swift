/// What callers were told has happened: the state that must be there in the end.
struct Ledger: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case tenant, mcpServer, group
    }

    enum Action: String, Sendable {
        case created, updated, deleted
    }

    /// An object, as its only writer left it.
    struct Object: Sendable {
        let kind: Kind
        let name: String
        /// Id in the catalogue; for tenants the name.
        var id: String
        /// The value that was written last; nil when it was deleted.
        var value: String?
        /// Its version, for `If-Match`.
        var tag: String?
        /// How often it was changed.
        var updates = 0

        var isLive: Bool { value != nil }
    }

    /// A write that was acknowledged.
    struct Write: Sendable, Hashable {
        let key: String
        let kind: Kind
        let action: Action
        let name: String
    }

    private(set) var objects: [Object] = []
    private(set) var writes: [Write] = []
    /// Answers that must not be given.
    private(set) var wrong: [String] = []

    /// Places of the live objects of a kind.
    func live(_ kind: Kind) -> [Int] { objects.indices.filter { objects[$0].kind == kind && objects[$0].isLive } }

    mutating func created(_ object: Object, key: String) {
        objects.append(object)
        writes.append(Write(key: key, kind: object.kind, action: .created, name: object.name))
    }

    mutating func updated(_ place: Int, value: String, tag: String?, key: String) {
        objects[place].value = value
        objects[place].tag = tag
        objects[place].updates += 1
        writes.append(Write(key: key, kind: objects[place].kind, action: .updated, name: objects[place].name))
    }

    mutating func deleted(_ place: Int, key: String) {
        objects[place].value = nil
        writes.append(Write(key: key, kind: objects[place].kind, action: .deleted, name: objects[place].name))
    }

    mutating func complain(_ text: String) { wrong.append(text) }

    mutating func add(_ other: Ledger) {
        objects += other.objects
        writes += other.writes
        wrong += other.wrong
    }
}

import JSONValue

/// Who writes: one entry of `managedFields` belongs to one such identity.
struct FieldManagerIdentity: Sendable, Hashable {
    /// How the fields came to be owned.
    enum Operation: String, Sendable, Hashable {
        /// By create, update and the patches that are no apply.
        case update = "Update"
        /// By server-side apply.
        case apply = "Apply"
    }

    /// The name of the field manager.
    var manager: String
    /// How it writes.
    var operation: Operation
    /// The API version it wrote last. Two update entries of one manager differ by it, apply entries do not.
    var apiVersion: String
    /// The subresource it writes through.
    var subresource: String?

    /// What tells entries apart.
    fileprivate var key: FieldManagerIdentity {
        var key = self
        if operation == .apply { key.apiVersion = "" }
        return key
    }

    /// As in conflict messages: `"hand" using example.com/v1`.
    var rendered: String {
        var text = JSON.string(manager).text()
        if let subresource { text += " with subresource \(JSON.string(subresource).text())" }
        if operation == .update { text += " using \(apiVersion)" }
        return text
    }
}

/// `metadata.managedFields`: which manager owns which fields.
struct ManagedFields: Sendable {
    /// What one manager owns.
    struct Entry: Sendable, Hashable {
        /// Who.
        var identity: FieldManagerIdentity
        /// Since when, RFC 3339; `nil` when the entry does not say.
        var time: String?
        /// What.
        var fields: FieldSet
    }

    /// At most so many entries of updates are kept; older ones are merged into one.
    static let updateLimit = 10
    private static let ancient = "ancient-changes"

    private var byKey: [FieldManagerIdentity: Entry] = [:]

    /// No owners.
    init() {}

    /// Reads the field; `nil` when an entry cannot be read.
    init?(_ json: JSON?) {
        for item in json?.arrayValue ?? [] {
            guard let operation = FieldManagerIdentity.Operation(rawValue: item["operation"]?.stringValue ?? ""),
                item["fieldsType"]?.stringValue ?? "FieldsV1" == "FieldsV1"
            else { return nil }
            let subresource = item["subresource"]?.stringValue ?? ""
            let identity = FieldManagerIdentity(
                manager: item["manager"]?.stringValue ?? "",
                operation: operation,
                apiVersion: item["apiVersion"]?.stringValue ?? "",
                subresource: subresource.isEmpty ? nil : subresource
            )
            set(Entry(identity: identity, time: item["time"]?.stringValue, fields: FieldSet(fieldsV1: item["fieldsV1"] ?? [:])))
        }
    }

    /// The owners to start a write from: those the request states, else those of the live object.
    ///
    /// A request may change the field, but not lose it by not knowing it; a list of one empty entry resets it. Through a subresource it cannot change it.
    init(live: JSON?, requested: JSON?, subresource: String?) {
        if subresource == nil, let requested = requested?.arrayValue, !requested.isEmpty {
            if requested == [[:]] {
                self.init()
                return
            }
            if let read = ManagedFields(.array(requested)), !read.isEmpty {
                self = read
                return
            }
        }
        self = ManagedFields(live) ?? ManagedFields()
    }

    /// Whether nobody owns anything.
    var isEmpty: Bool { byKey.isEmpty }

    /// All entries, in no order.
    var entries: [Entry] { Array(byKey.values) }

    /// The entry of an identity.
    func entry(of identity: FieldManagerIdentity) -> Entry? { byKey[identity.key] }

    /// Puts an entry in place of the one of the same identity; one without fields goes.
    mutating func set(_ entry: Entry) {
        byKey[entry.identity.key] = entry.fields.isEmpty ? nil : entry
    }

    /// Puts an entry in place even when it has no fields yet.
    mutating func setEvenIfEmpty(_ entry: Entry) { byKey[entry.identity.key] = entry }

    /// Takes an entry out.
    mutating func remove(_ identity: FieldManagerIdentity) { byKey[identity.key] = nil }

    /// Takes fields away from everybody but `identity`.
    mutating func take(_ fields: FieldSet, exceptFrom identity: FieldManagerIdentity?) {
        for (key, entry) in byKey where key != identity?.key {
            var entry = entry
            entry.fields = entry.fields.difference(fields)
            byKey[key] = entry.fields.isEmpty ? nil : entry
        }
    }

    /// Merges the oldest update entries into one, so that the field stays bounded.
    mutating func cap(limit: Int = ManagedFields.updateLimit) {
        var updates = entries.filter { $0.identity.operation == .update }.sorted(by: Self.order)
        while updates.count > limit {
            let first = updates.removeFirst()
            let second = updates.removeFirst()
            remove(first.identity)
            remove(second.identity)
            var merged = second
            merged.identity.manager = Self.ancient
            merged.fields = first.fields.union(second.fields)
            if let there = entry(of: merged.identity) {
                merged.fields = merged.fields.union(there.fields)
                updates.removeAll { $0.identity.key == merged.identity.key }
            }
            set(merged)
            updates.insert(merged, at: 0)
        }
    }

    private static func order(_ left: Entry, _ right: Entry) -> Bool {
        let a = left.identity
        let b = right.identity
        if a.operation != b.operation { return a.operation.rawValue < b.operation.rawValue }
        if left.time != right.time { return (left.time ?? "") < (right.time ?? "") }
        return (a.manager, a.apiVersion, a.subresource ?? "") < (b.manager, b.apiVersion, b.subresource ?? "")
    }

    /// The field as it is stored; `nil` when nobody owns anything.
    var json: JSON? {
        if byKey.isEmpty { return nil }
        return .array(
            entries.sorted(by: Self.order).map { entry in
                var item: [String: JSON] = [
                    "manager": .string(entry.identity.manager), "operation": .string(entry.identity.operation.rawValue),
                    "apiVersion": .string(entry.identity.apiVersion), "fieldsType": "FieldsV1", "fieldsV1": entry.fields.fieldsV1,
                ]
                if let time = entry.time { item["time"] = .string(time) }
                if let subresource = entry.identity.subresource { item["subresource"] = .string(subresource) }
                return .object(item)
            }
        )
    }
}

import JSONValue

/// Compares two schemas of the same thing: what was valid must stay valid, and what was promised must stay true.
struct SchemaComparison {
    /// What the schema is for.
    enum Use {
        /// Of objects that are stored and written again: nothing that was valid may become invalid, or mean something else.
        case stored
        /// Of what callers send: nothing that was taken may be refused.
        case sent
        /// Of what callers get: nothing that they rely on may go.
        case received

        /// Whether values come from others, so that a stricter rule breaks them.
        var isGiven: Bool { self != .received }
    }

    let use: Use
    /// Finds what a `$ref` of the schema before means, and of the schema after.
    var resolveBefore: (String) -> JSON? = { _ in nil }
    var resolveAfter: (String) -> JSON? = { _ in nil }
    private(set) var findings = Findings()
    private var compared: Set<[String]> = []

    init(_ use: Use) { self.use = use }

    /// Compares, and adds to the findings.
    ///
    /// - Parameters:
    ///   - place: where the schemas are, for people.
    mutating func compare(_ before: JSON, _ after: JSON, at place: String) {
        if let old = before["$ref"]?.stringValue, let new = after["$ref"]?.stringValue {
            // Types may refer to themselves; what is compared once is compared.
            guard compared.insert([old, new]).inserted else { return }
        }
        let (before, after) = (resolved(before, resolveBefore), resolved(after, resolveAfter))
        compareTypes(before, after, place)
        compareEnums(before, after, place)
        compareMembers(before, after, place)
        compareLists(before, after, place)
        compareAlternatives(before, after, place)
        if use.isGiven {
            compareTexts(before, after, place)
            compareBounds(before, after, place)
            compareDefaults(before, after, place)
            compareRules(before, after, place)
        } else if before["format"] != after["format"] {
            findings.add(.formatChanged, place, "format was \(before.shown("format")) and is \(after.shown("format"))")
        }
    }

    private func resolved(_ schema: JSON, _ resolve: (String) -> JSON?) -> JSON {
        var (schema, left) = (schema, 16)
        while left > 0, let name = schema["$ref"]?.stringValue, let target = resolve(name) { (schema, left) = (target, left - 1) }
        return schema
    }

    // MARK: - Types

    private mutating func compareTypes(_ before: JSON, _ after: JSON, _ place: String) {
        let (old, new) = (Self.types(before), Self.types(after))
        let (oldValues, newValues) = (old.subtracting(["null"]), new.subtracting(["null"]))
        if oldValues != newValues {
            findings.add(.typeChanged, place, "type was \(oldValues.sorted()) and is \(newValues.sorted())")
        } else if use.isGiven, old.contains("null"), !new.contains("null") {
            findings.add(.nullRefused, place, "null is not allowed any more")
        } else if !use.isGiven, !old.contains("null"), new.contains("null") {
            findings.add(.nullAllowed, place, "it may be null now")
        }
    }

    private static func types(_ schema: JSON) -> Set<String> {
        var types = Set(schema["type"]?.texts ?? [])
        if let type = schema["type"]?.stringValue { types.insert(type) }
        if schema["nullable"]?.boolValue == true { types.insert("null") }
        if schema["x-kubernetes-int-or-string"]?.boolValue == true { types.formUnion(["integer", "string"]) }
        return types
    }

    private mutating func compareEnums(_ before: JSON, _ after: JSON, _ place: String) {
        switch (before["enum"]?.arrayValue, after["enum"]?.arrayValue) {
        case (let old?, let new?):
            let gone = old.filter { !new.contains($0) }
            if !gone.isEmpty, use.isGiven {
                findings.add(.enumNarrowed, place, "without \(gone.map { $0.text() }.joined(separator: ", "))")
            }
            let added = new.filter { !old.contains($0) }
            if !added.isEmpty, !use.isGiven {
                let values = added.map { $0.text() }.joined(separator: ", ")
                findings.add(.enumWidened, place, "callers may not know \(values)", isWarning: true)
            }
        case (nil, .some) where use.isGiven: findings.add(.enumAdded, place, "values are limited now")
        case (.some, nil) where !use.isGiven: findings.add(.enumWidened, place, "values are not limited any more", isWarning: true)
        default: break
        }
    }

    // MARK: - Members

    private mutating func compareMembers(_ before: JSON, _ after: JSON, _ place: String) {
        let (old, new) = (before["properties"]?.objectValue ?? [:], after["properties"]?.objectValue ?? [:])
        for (name, schema) in old.sorted(by: { $0.key < $1.key }) {
            guard let other = new[name] else {
                findings.add(.memberRemoved, "\(place).\(name)", "the member is gone")
                continue
            }
            compare(schema, other, at: "\(place).\(name)")
        }
        let (needed, needs) = (Set(before["required"]?.texts ?? []), Set(after["required"]?.texts ?? []))
        if use.isGiven {
            for name in needs.subtracting(needed).sorted() where new[name]?["default"] == nil || use == .sent {
                findings.add(.memberRequired, "\(place).\(name)", "it is required now")
            }
        } else {
            for name in needed.subtracting(needs).sorted() where new[name] != nil {
                findings.add(.memberNotRequired, "\(place).\(name)", "it may be absent now")
            }
        }
        compareUnknownMembers(before, after, added: Set(new.keys).subtracting(old.keys), place)
    }

    private mutating func compareUnknownMembers(_ before: JSON, _ after: JSON, added: Set<String>, _ place: String) {
        let (old, new) = (before["additionalProperties"], after["additionalProperties"])
        let keeps = { (schema: JSON) in schema["x-kubernetes-preserve-unknown-fields"]?.boolValue == true }
        if use == .stored {
            if keeps(before), !keeps(after) { findings.add(.unknownMembersRefused, place, "members that are not described are pruned now") }
            if keeps(before) || old != nil {
                for name in added.sorted() { findings.add(.unknownMembersTyped, "\(place).\(name)", "what was free has a type now") }
            }
            if let old, old != .bool(false), new == nil || new == .bool(false) {
                findings.add(.unknownMembersRefused, place, "it holds no members of any name any more")
            }
        } else if use == .sent, old != .bool(false), new == .bool(false) {
            findings.add(.unknownMembersRefused, place, "members that are not described are refused now")
        }
        if let old, let new, old.objectValue != nil, new.objectValue != nil { compare(old, new, at: "\(place){}") }
        if use == .sent, old == nil || old == .bool(true), new?.objectValue != nil {
            findings.add(.unknownMembersTyped, place, "members of any name have a type now")
        }
    }

    // MARK: - Lists and alternatives

    private mutating func compareLists(_ before: JSON, _ after: JSON, _ place: String) {
        if let old = before["items"], let new = after["items"] { compare(old, new, at: "\(place)[]") }
        if (before["items"] == nil) != (after["items"] == nil), use == .received || before["items"] == nil {
            findings.add(.typeChanged, place, "the type of its items has changed")
        }
        guard use == .stored else { return }
        for name in ["x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"] where before[name] != after[name] {
            findings.add(.listChanged, place, "\(name) was \(before.shown(name)) and is \(after.shown(name)): appliers own other parts")
        }
    }

    private mutating func compareAlternatives(_ before: JSON, _ after: JSON, _ place: String) {
        for name in ["anyOf", "oneOf", "allOf"] {
            let (old, new) = (before[name]?.arrayValue ?? [], after[name]?.arrayValue ?? [])
            if old.count == new.count {
                for (index, pair) in zip(old, new).enumerated() { compare(pair.0, pair.1, at: "\(place)/\(name)[\(index)]") }
            } else {
                findings.add(.alternativesChanged, place, "\(name) had \(old.count) parts and has \(new.count)")
            }
        }
        if before["not"] != after["not"], after["not"] != nil || !use.isGiven {
            findings.add(.alternativesChanged, place, "what it must not be has changed")
        }
    }

    // MARK: - Rules for what is given

    private mutating func compareTexts(_ before: JSON, _ after: JSON, _ place: String) {
        if let new = after["pattern"], before["pattern"] != new {
            findings.add(.patternChanged, place, "pattern was \(before.shown("pattern")) and is \(new.text())")
        }
        if let new = after["format"], before["format"] != new {
            findings.add(.formatChanged, place, "format was \(before.shown("format")) and is \(new.text())")
        }
    }

    private mutating func compareBounds(_ before: JSON, _ after: JSON, _ place: String) {
        for name in ["maxLength", "maxItems", "maxProperties", "maximum"] {
            guard let new = after[name]?.numberValue else { continue }
            if before[name]?.numberValue.map({ new < $0 }) ?? true { tightened(name, before, after, place) }
        }
        for name in ["minLength", "minItems", "minProperties", "minimum"] {
            guard let new = after[name]?.numberValue else { continue }
            let floor: Double? = name == "minimum" ? nil : 0
            if (before[name]?.numberValue ?? floor).map({ new > $0 }) ?? true { tightened(name, before, after, place) }
        }
        for name in ["exclusiveMinimum", "exclusiveMaximum"] {
            guard let new = after[name], new != .bool(false), new != before[name] else { continue }
            tightened(name, before, after, place)
        }
        if let new = after["multipleOf"], new != before["multipleOf"] {
            findings.add(.multipleChanged, place, "multipleOf was \(before.shown("multipleOf")) and is \(new.text())")
        }
        if after["uniqueItems"]?.boolValue == true, before["uniqueItems"]?.boolValue != true {
            findings.add(.uniquenessAdded, place, "items must differ now")
        }
    }

    private mutating func tightened(_ name: String, _ before: JSON, _ after: JSON, _ place: String) {
        findings.add(.boundTightened, place, "\(name) was \(before.shown(name)) and is \(after.shown(name))")
    }

    private mutating func compareDefaults(_ before: JSON, _ after: JSON, _ place: String) {
        guard before["default"] != after["default"] else { return }
        findings.add(.defaultChanged, place, "default was \(before.shown("default")) and is \(after.shown("default"))")
    }

    private mutating func compareRules(_ before: JSON, _ after: JSON, _ place: String) {
        let old = Set((before["x-kubernetes-validations"]?.arrayValue ?? []).compactMap { $0["rule"]?.stringValue })
        for rule in after["x-kubernetes-validations"]?.arrayValue ?? [] {
            guard let text = rule["rule"]?.stringValue, !old.contains(text) else { continue }
            // With `optionalOldSelf` a rule can let stand what stood before; one that looks at it does.
            if rule["optionalOldSelf"]?.boolValue == true, text.contains("oldSelf") { continue }
            findings.add(.ruleAdded, place, "stored objects may break the new rule \(text)")
        }
    }
}

extension JSON {
    /// A member for people.
    fileprivate func shown(_ name: String) -> String { self[name]?.text() ?? "none" }
}

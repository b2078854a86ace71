import JSONValue

/// Tracks which manager owns which field and applies configurations by that (server-side apply, KEP-555).
///
/// It decides only; the caller stores. Objects are the whole, typed objects in the version of the request.
enum FieldManager {
    /// The manager of clients that name none: what the user agent says before its version.
    ///
    /// - Parameter userAgent: the header, as in `kubectl/v1.30.0 (linux/amd64)`.
    static func defaultManager(userAgent: String?) -> String {
        let name = (userAgent ?? "").prefix { $0 != "/" }.filter { !$0.isNewline }
        return name.isEmpty ? "unknown" : String(name.prefix(128))
    }

    /// Fields of every object that nobody owns.
    static let unowned: FieldSet = {
        var set = FieldSet()
        for path in [["apiVersion"], ["kind"], ["metadata"]] { set.insert(path.map(FieldPathElement.field)) }
        for name in [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion",
            "deletionTimestamp", "deletionGracePeriodSeconds",
        ] {
            set.insert([.field("metadata"), .field(name)])
        }
        return set
    }()

    /// A manager of updates that took fields of an object nobody tracked before it was applied to.
    private static let beforeFirstApply = "before-first-apply"

    /// Notes the owners after a create, an update or a patch.
    ///
    /// - Parameters:
    ///   - live: the object before; on create the zero object of its type.
    ///   - new: the object to be stored, with the `managedFields` of the request if it has any.
    ///   - isCreate: whether the object was not there. An existing object that nobody owns anything of stays untracked.
    ///   - identity: who writes.
    ///   - now: the time for changed entries, RFC 3339 with seconds.
    /// - Returns: `new` with its `managedFields`.
    static func update(
        live: JSON,
        new: JSON,
        isCreate: Bool,
        identity: FieldManagerIdentity,
        schema: MergeSchema,
        now: String
    ) -> JSON {
        let managed = ManagedFields(
            live: live["metadata"]?["managedFields"],
            requested: new["metadata"]?["managedFields"],
            subresource: identity.subresource
        )
        if !isCreate, managed.isEmpty { return withOwners(managed, of: new) }
        return withOwners(
            tracked(live: live, new: new, managed: managed, identity: identity, schema: schema, now: now),
            of: new
        )
    }

    /// The owners after a change of `live` to `new` by a writer that takes what it changes.
    private static func tracked(
        live: JSON,
        new: JSON,
        managed: ManagedFields,
        identity: FieldManagerIdentity,
        schema: MergeSchema,
        now: String
    ) -> ManagedFields {
        var managed = managed
        let comparison = compare(live, new, schema)
        managed.take(comparison.added.union(comparison.modified).union(comparison.removed), exceptFrom: nil)
        let taken = comparison.added.union(comparison.modified).difference(unowned)
        if !taken.isEmpty {
            let before = managed.entry(of: identity)?.fields ?? FieldSet()
            managed.set(.init(identity: identity, time: now, fields: before.union(taken)))
        }
        managed.cap()
        return managed
    }

    /// Applies a configuration: the object's fields become as stated, fields that this manager stated before and no longer does go
    /// unless others own them, and the manager owns what it states.
    ///
    /// - Parameters:
    ///   - live: the object; `nil` when it is to be created.
    ///   - zero: the zero object of the type.
    ///   - applied: the configuration, without the fields that this path of the resource does not write.
    ///   - force: whether to take fields that others own with another value.
    ///   - identity: who applies.
    ///   - now: the time for changed entries, RFC 3339 with seconds.
    /// - Returns: the object with its `managedFields`; defaults are not filled yet.
    /// - Throws: ``ApplyConflict`` when it would change fields of others without force.
    static func apply(
        live: JSON?,
        zero: JSON,
        applied: JSON,
        force: Bool,
        identity: FieldManagerIdentity,
        schema: MergeSchema,
        now: String
    ) throws(ApplyConflict) -> JSON {
        let base = live ?? zero
        var managed = ManagedFields(base["metadata"]?["managedFields"]) ?? ManagedFields()
        if managed.isEmpty, live != nil {
            var before = identity
            before.manager = beforeFirstApply
            before.operation = .update
            managed = tracked(live: zero, new: base, managed: managed, identity: before, schema: schema, now: now)
        }
        var stripped = base
        stripped[at: ["metadata", "managedFields"]] = nil
        let last = managed.entry(of: identity)
        let stated = FieldSet(stated: applied, schema: schema)
        managed.setEvenIfEmpty(.init(identity: identity, time: last?.time ?? now, fields: stated.difference(unowned)))
        let owned = managed.entries.reduce(stated) { $0.union($1.fields) }
        let merged = prune(stripped.overlaid(by: applied, schema: schema), owned: owned, last: last?.fields, schema: schema)
        managed = try settled(live: stripped, new: merged, managed: managed, identity: identity, force: force, schema: schema)
        if var own = managed.entry(of: identity) {
            let isNoop = own.fields == last?.fields && merged == stripped
            own.time = isNoop ? last?.time : now
            managed.set(own)
        }
        managed.cap()
        return withOwners(managed, of: merged)
    }

    /// What the manager stated last time and nobody states any more is taken out.
    ///
    /// - Parameter owned: what anybody owns, and all that the new configuration states; its name keeps the metadata in place.
    private static func prune(_ merged: JSON, owned: FieldSet, last: FieldSet?, schema: MergeSchema) -> JSON {
        guard let last, !last.isEmpty else { return merged }
        let lastNamed = last.ensuringNamedMembers(schema).difference(unowned)
        let pruned = merged.removing(lastNamed, schema: schema)
        let all = FieldSet(stated: merged, schema: schema).ensuringNamedMembers(schema)
        // Back come fields that somebody owns, this manager's new configuration included.
        let kept = FieldSet(stated: pruned, schema: schema).ensuringNamedMembers(schema).union(owned.ensuringNamedMembers(schema))
        let withOwned = merged.removing(all.difference(kept), schema: schema)
        // And fields that were never this manager's, which went only because something around them did.
        let left = FieldSet(stated: withOwned, schema: schema).ensuringNamedMembers(schema)
        return merged.removing(all.difference(left).intersection(lastNamed), schema: schema)
    }

    /// The owners after an apply changed `live` to `new`.
    private static func settled(
        live: JSON,
        new: JSON,
        managed: ManagedFields,
        identity: FieldManagerIdentity,
        force: Bool,
        schema: MergeSchema
    ) throws(ApplyConflict) -> ManagedFields {
        var managed = managed
        let comparison = compare(live, new, schema)
        let changed = comparison.added.union(comparison.modified)
        if !force {
            let own = managed.entry(of: identity)?.identity
            var conflicts: [ApplyConflict.Conflict] = []
            for entry in managed.entries where entry.identity != own {
                conflicts += entry.fields.intersection(changed).paths.map {
                    ApplyConflict.Conflict(manager: entry.identity.rendered, path: $0.rendered)
                }
            }
            // Stable: the paths of one owner stay in their order.
            let owners = Set(conflicts.map(\.manager)).sorted()
            if !conflicts.isEmpty {
                throw ApplyConflict(conflicts: owners.flatMap { owner in conflicts.filter { $0.manager == owner } })
            }
        }
        managed.take(changed, exceptFrom: identity)
        managed.take(comparison.removed, exceptFrom: identity)
        return managed
    }

    private static func compare(_ old: JSON, _ new: JSON, _ schema: MergeSchema) -> FieldComparison {
        var comparison = FieldComparison(old: old, new: new, schema: schema)
        comparison.exclude(unownedDeep)
        return comparison
    }

    /// Like ``unowned``, but `metadata` itself is kept: excluding takes everything below along.
    private static let unownedDeep: FieldSet = {
        var set = FieldSet()
        for name in ["apiVersion", "kind"] { set.insert([.field(name)]) }
        set.setBelow(.field("metadata"), unowned.below(.field("metadata")))
        return set
    }()

    private static func withOwners(_ managed: ManagedFields, of object: JSON) -> JSON {
        var object = object
        object[at: ["metadata", "managedFields"]] = managed.json
        return object
    }
}

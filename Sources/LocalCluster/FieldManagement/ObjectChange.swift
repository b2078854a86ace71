import JSONValue

/// Whether a write changes anything.
enum ObjectChange {
    /// Whether two states of an object are the same but for the times in `managedFields`: such a write is not stored, and the
    /// resource version stays.
    static func isUnchanged(_ new: JSON, _ old: JSON) -> Bool {
        withoutTimes(new) == withoutTimes(old)
    }

    private static func withoutTimes(_ object: JSON) -> JSON {
        guard case .array(let entries)? = object["metadata"]?["managedFields"] else { return object }
        var object = object
        object[at: ["metadata", "managedFields"]] = .array(
            entries.map { entry in
                var entry = entry
                entry["time"] = nil
                return entry
            }
        )
        return object
    }
}

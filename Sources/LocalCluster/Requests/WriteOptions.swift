import JSONValue

/// The parameters of requests that change something.
struct WriteOptions: Sendable, Hashable {
    enum FieldValidation: String, Sendable, Hashable { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

    var isDryRun = false
    var fieldManager: String?
    var force: Bool?
    var fieldValidation = FieldValidation.warn

    /// - Parameter kind: `CreateOptions`, `UpdateOptions` or `PatchOptions`: errors name it.
    init(_ query: QueryParameters, kind: String) throws(APIError) {
        isDryRun = try Self.isDryRun(query["dryRun"], kind: kind)
        fieldManager = query["fieldManager"]
        if let fieldManager, fieldManager.utf8.count > 128 {
            throw .invalidOptions(kind, .init("FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes"))
        }
        if query.contains("force") { force = query.isTrue("force") }
        if let validation = query["fieldValidation"] {
            guard let value = FieldValidation(rawValue: validation) else {
                throw .invalidOptions(
                    kind,
                    .init(
                        "FieldValueNotSupported",
                        "fieldValidation",
                        "Unsupported value: \"\(validation)\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
                    )
                )
            }
            fieldValidation = value
        }
    }

    static func isDryRun(_ value: String?, kind: String) throws(APIError) -> Bool {
        guard let value else { return false }
        guard value == "All" else {
            throw .invalidOptions(
                kind,
                .init("FieldValueNotSupported", "dryRun", "Unsupported value: \"\(value)\": supported values: \"All\"")
            )
        }
        return true
    }
}

/// What a deletion is to do: from the body (`DeleteOptions`) or the query.
struct DeleteOptions: Sendable, Hashable {
    enum Propagation: String, Sendable, Hashable { case foreground = "Foreground", background = "Background", orphan = "Orphan" }

    var isDryRun = false
    var propagation: Propagation?
    var gracePeriodSeconds: Int64?
    var uid: String?
    var resourceVersion: String?

    init() {}

    init(_ query: QueryParameters, body: JSON?) throws(APIError) {
        let body = body ?? .null
        isDryRun = try WriteOptions.isDryRun(query["dryRun"] ?? body["dryRun"]?[0]?.stringValue, kind: "DeleteOptions")
        gracePeriodSeconds = try query.integer("gracePeriodSeconds") ?? body["gracePeriodSeconds"]?.integerValue
        uid = body["preconditions"]?["uid"]?.stringValue
        resourceVersion = body["preconditions"]?["resourceVersion"]?.stringValue
        let hasOrphans = query.contains("orphanDependents") || body["orphanDependents"]?.boolValue != nil
        if let policy = query["propagationPolicy"] ?? body["propagationPolicy"]?.stringValue {
            guard !hasOrphans else {
                throw .invalidOptions(
                    "DeleteOptions",
                    .init(
                        "FieldValueInvalid",
                        "propagationPolicy",
                        "Invalid value: \"\(policy)\": orphanDependents and deletionPropagation cannot be both set"
                    )
                )
            }
            guard let value = Propagation(rawValue: policy) else {
                throw .invalidOptions(
                    "DeleteOptions",
                    .init(
                        "FieldValueNotSupported",
                        "propagationPolicy",
                        "Unsupported value: \"\(policy)\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
                    )
                )
            }
            propagation = value
        } else if hasOrphans {
            propagation = query.isTrue("orphanDependents") || body["orphanDependents"]?.boolValue == true ? .orphan : .background
        }
    }
}

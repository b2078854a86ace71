/// The parameters of a list or a watch.
struct ListOptions: Sendable {
    enum Match: String, Sendable { case exact = "Exact", notOlderThan = "NotOlderThan" }

    var limit: Int?
    var continueToken: String?
    /// Nil: not given; 0: any.
    var resourceVersion: Int64?
    var match: Match?
    var sendInitialEvents: Bool?
    var allowBookmarks: Bool
    var timeoutSeconds: Int64?

    /// - Throws: As the API server words it: 400, 422, and 500 for a version that is no number.
    init(_ query: QueryParameters, isWatch: Bool) throws(APIError) {
        limit = try query.integer("limit").flatMap { $0 > 0 ? Int($0) : nil }
        continueToken = query["continue"]
        timeoutSeconds = try query.integer("timeoutSeconds").flatMap { $0 > 0 ? $0 : nil }
        allowBookmarks = query.isTrue("allowWatchBookmarks")
        sendInitialEvents = query.contains("sendInitialEvents") ? query.isTrue("sendInitialEvents") : nil
        if let text = query["resourceVersionMatch"] {
            guard let value = Match(rawValue: text) else {
                throw Self.invalid(
                    "FieldValueNotSupported",
                    "Unsupported value: \"\(text)\": supported values: \"Exact\", \"NotOlderThan\", \"\""
                )
            }
            match = value
        }
        if isWatch {
            if sendInitialEvents != nil, match != .notOlderThan {
                throw Self.forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
            }
            if sendInitialEvents == nil, match != nil {
                throw Self.forbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
            }
        } else {
            if sendInitialEvents != nil { throw Self.forbidden("sendInitialEvents is forbidden for list", field: "sendInitialEvents") }
            if match != nil, query["resourceVersion"] == nil {
                throw Self.forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided")
            }
            if match != nil, continueToken != nil { throw Self.forbidden("resourceVersionMatch is forbidden when continue is provided") }
            if match == .exact, query["resourceVersion"] == "0" {
                throw Self.forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
            }
            if continueToken != nil, let version = query["resourceVersion"], version != "0" {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
        }
        if let text = query["resourceVersion"] {
            guard let value = Int64(text), value >= 0 else {
                throw .unclassified("resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": invalid syntax")
            }
            resourceVersion = value
            // Any state will do, so the one in memory is taken, which knows no pages.
            if value == 0, !isWatch, continueToken == nil { limit = nil }
        }
    }

    private static func forbidden(_ message: String, field: String = "resourceVersionMatch") -> APIError {
        .invalidOptions("ListOptions", .init("FieldValueForbidden", field, "Forbidden: \(message)"))
    }

    private static func invalid(_ reason: String, _ message: String) -> APIError {
        .invalidOptions("ListOptions", .init(reason, "resourceVersionMatch", message))
    }
}

import JSONValue

/// One request for a resource, with everything the verbs need to know of it.
struct APICall: Sendable {
    var method: String
    var request: ResourceRequest
    var served: ServedResource
    var query: QueryParameters
    var format: ResponseFormat
    var contentType: String?
    var body: [UInt8]
    var user: UserInfo
    var userAgent: String?
    /// From a `staleList` fault: how many revisions back a list is.
    var staleRevisions: Int64 = 0
    /// From a `dropWatch` fault: after how many events the connection is cut.
    var dropWatchAfter: Int?

    var name: String { request.name ?? "" }
    var key: StoreKey { served.key(namespace: request.namespace, name: name) }
    var subject: ErrorSubject { served.subject(name) }
    var isWatch: Bool { query.isTrue("watch") && request.name == nil }

    /// The name under which written fields are recorded.
    func fieldManager(_ options: WriteOptions) -> String {
        options.fieldManager ?? FieldManager.defaultManager(userAgent: userAgent)
    }
}

/// Which requests a fault meets. Nil members match everything.
public struct RequestMatch: Sendable, Hashable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`.
    public var verb: String?
    /// The plural name of the resource, e.g. `tenants`.
    public var resource: String?
    /// E.g. `status`; the empty string matches requests without a subresource.
    public var subresource: String?
    /// The namespace; the empty string matches requests without one.
    public var namespace: String?
    /// The object's name; the empty string matches requests on collections.
    public var name: String?
    /// A part of the `User-Agent` header.
    public var userAgent: String?

    /// Makes a match; what is left out matches everything.
    public init(
        verb: String? = nil,
        resource: String? = nil,
        subresource: String? = nil,
        namespace: String? = nil,
        name: String? = nil,
        userAgent: String? = nil
    ) {
        self.verb = verb
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.userAgent = userAgent
    }

    /// Whether a request is one of those.
    public func matches(_ request: RequestRecord) -> Bool {
        (verb == nil || verb == request.verb) && (resource == nil || resource == request.resource)
            && (subresource == nil || subresource == request.subresource) && (namespace == nil || namespace == request.namespace)
            && (name == nil || name == request.name) && (userAgent.map { request.userAgent.contains($0) } ?? true)
    }
}

/// What goes wrong.
public enum FaultAction: Sendable, Hashable {
    /// Answer with this status (409, 410, 429, 500, 503 …) and do nothing; `retryAfter` seconds go into the header and the details.
    case status(Int, retryAfter: Int? = nil)
    /// Wait before the request is looked at.
    case delay(Duration)
    /// End a watch after it has sent this many events.
    case dropWatch(afterEvents: Int = 0)
    /// Close the connection without an answer, before or after the write has been done.
    case dropConnection(afterWrite: Bool = false)
    /// Answer a list with the state of this many revisions ago.
    case staleList(revisionsBack: Int = 1)
}

/// A fault for the requests that match, for a number of times.
public struct Fault: Sendable, Hashable {
    /// Which requests it meets.
    public var match: RequestMatch
    /// What goes wrong.
    public var action: FaultAction
    /// How many matching requests it meets; nil: all of them until it is removed.
    public var times: Int?
    /// How many matching requests pass unharmed before the first one is met.
    public var skipping: Int

    /// Makes a fault; by default for the next request, whichever it is.
    public init(match: RequestMatch = RequestMatch(), action: FaultAction, times: Int? = 1, skipping: Int = 0) {
        self.match = match
        self.action = action
        self.times = times
        self.skipping = skipping
    }
}

import HTTPTypes

/// What an operation answers with: a value, and headers if it has something to say in them.
public struct Reply<Value: Sendable>: Sendable {
    /// The body.
    public var value: Value
    /// Status, when it is not the one declared first.
    public var status: HTTPResponse.Status?
    /// Additional headers.
    public var headers: HTTPFields

    /// Makes a reply.
    ///
    /// - Parameters:
    ///   - value: the body.
    ///   - status: status, when it is not the declared one.
    ///   - headers: additional headers.
    public init(_ value: Value, status: HTTPResponse.Status? = nil, headers: HTTPFields = [:]) {
        self.value = value
        self.status = status
        self.headers = headers
    }

    /// A reply that carries its version as `ETag`.
    public init(_ value: Value, tag: EntityTag) {
        self.init(value, headers: [.eTag: tag.description])
    }
}

extension Reply {
    /// A list's page: the items as an array, the next page in the `Link` header.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - context: the request, whose path and query the link repeats.
    public init<Item>(page: Page<Item>, context: OperationContext) where Value == [Item] {
        self.init(page.items, next: page.next, context: context)
    }

    /// A list's page of any form, the next page in the `Link` header.
    ///
    /// - Parameters:
    ///   - value: the page.
    ///   - next: where the next page starts; nil when this is the last.
    ///   - context: the request, whose path and query the link repeats.
    public init(_ value: Value, next: String?, context: OperationContext) {
        self.init(value)
        if let next { headers[.link] = PageLink.next(path: context.path, query: context.query, cursor: next) }
    }
}

extension HTTPField.Name {
    /// `Link` (RFC 8288).
    public static var link: Self { known("Link") }
    /// `X-Request-Id`.
    public static var requestID: Self { known("X-Request-Id") }
    /// `X-Forwarded-For`.
    static var forwardedFor: Self { known("X-Forwarded-For") }
    /// `Idempotency-Key`.
    public static var idempotencyKey: Self { known("Idempotency-Key") }

    private static func known(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}

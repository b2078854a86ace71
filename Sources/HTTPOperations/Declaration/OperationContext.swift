import HTTPTypes
import JSONValue
import Logging

/// What an operation may know of the request besides its parameters and body.
public struct OperationContext: Sendable {
    /// Id of the operation.
    public let operationID: String
    /// Id of the request, as the answer's `X-Request-Id` carries it.
    public let requestID: String
    /// Who calls.
    public let principal: Principal
    /// The request's headers.
    public let headers: HTTPFields
    /// The request's path, as it came.
    public let path: String
    /// The request's query items, decoded.
    public let query: [(name: String, value: String)]
    /// The request's body before its defaults were filled in; nil when the operation takes none, or the request had none.
    public let body: JSON?
    /// The client's address, as far as it is known: for limits, not as a proof of anything.
    public let remoteAddress: String?
    /// A logger that carries the request id.
    public let logger: Logger

    /// Makes a context.
    public init(
        operationID: String,
        requestID: String,
        principal: Principal,
        headers: HTTPFields,
        path: String,
        query: [(name: String, value: String)],
        body: JSON? = nil,
        remoteAddress: String? = nil,
        logger: Logger
    ) {
        self.operationID = operationID
        self.requestID = requestID
        self.principal = principal
        self.headers = headers
        self.path = path
        self.query = query
        self.body = body
        self.remoteAddress = remoteAddress
        self.logger = logger
    }

    /// The value of a declared header.
    public func header(_ declaration: HeaderDeclaration) -> String? {
        HTTPField.Name(declaration.name).flatMap { headers[$0] }
    }

    /// Throws 412 when the request's `If-Match` names another version.
    ///
    /// - Parameter current: the object's version now.
    public func requireMatch(_ current: EntityTag) throws(OperationError) {
        guard current.matches(ifMatch: headers[.ifMatch]) else { throw .preconditionFailed }
    }

    /// Digest of what is asked for, so that an `Idempotency-Key` that comes again for something else is noticed: method and path of the
    /// operation, path, query, body and some headers, and for which organisation and customer the caller acts. Members of a body may come in any
    /// order.
    ///
    /// - Parameter names: headers that change what is asked for, besides `If-Match`.
    public func requestDigest(headers names: [HeaderDeclaration] = []) -> String {
        var asked: JSON = [
            "operation": .string(operationID), "path": .string(path), "body": body ?? .null,
            "query": .array(query.map { [.string($0.name), .string($0.value)] }),
            "headers": .array(([.ifMatch] + names).map { header($0).map { .string($0) } ?? .null }),
        ]
        asked["actsFor"] = principal.actsFor
        return ContentDigest.hexadecimal(of: asked.serialized())
    }
}

/// A request that a known caller was refused.
public struct RefusedRequest: Sendable, Hashable {
    /// Id of the operation.
    public let operationID: String
    /// Id of the request.
    public let requestID: String
    /// The request's path, as it came, without its query; no more than its beginning.
    public let path: String
    /// Who was refused.
    public let principal: Principal
    /// Code of the refusal.
    public let code: String

    /// Makes a refused request.
    public init(operationID: String, requestID: String, path: String, principal: Principal, code: String) {
        self.operationID = operationID
        self.requestID = requestID
        self.path = path
        self.principal = principal
        self.code = code
    }
}

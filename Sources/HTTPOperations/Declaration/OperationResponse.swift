import HTTPTypes
import JSONValue

/// An answer in bytes.
public struct OperationResponse: Sendable {
    /// Its status.
    public var status: HTTPResponse.Status
    /// Its headers.
    public var headers: HTTPFields
    /// Its body; empty for none.
    public var body: [UInt8]

    /// Makes an answer.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a JSON body.
    public static func json(_ value: JSON, status: HTTPResponse.Status, headers: HTTPFields = [:]) -> OperationResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return OperationResponse(status: status, headers: headers, body: value.serialized())
    }
}

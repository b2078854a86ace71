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
    /// A body that is sent as it comes, instead of ``body``; nil for none. Reading it begins when the head is sent, and ends when the client
    /// goes; the operation's time limit does not count for it.
    public var stream: (any AsyncSequence<[UInt8], any Error> & Sendable)?

    /// Makes an answer.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes an answer that is sent as it comes.
    public init(
        status: HTTPResponse.Status,
        headers: HTTPFields = [:],
        stream: any AsyncSequence<[UInt8], any Error> & Sendable
    ) {
        self.init(status: status, headers: headers)
        self.stream = stream
    }

    /// An answer with a JSON body.
    public static func json(_ value: JSON, status: HTTPResponse.Status, headers: HTTPFields = [:]) -> OperationResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return OperationResponse(status: status, headers: headers, body: value.serialized())
    }
}

import HTTPTypes
import Hummingbird
import JSONValue
import NIOCore

/// Turns answers into HTTP responses.
enum ResponseRenderer {
    static func render(_ response: APIResponse, request: Request) throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-cache, private"]
        if let name = HTTPField.Name("Warning") {
            for warning in response.warnings { headers.append(HTTPField(name: name, value: "299 - \(quoted(warning))")) }
        }
        let status = HTTPResponse.Status(code: response.status)
        switch response.content {
        case .json(let json):
            return try render(json, status: status, headers: headers, request: request)
        case .object(let object, let served):
            var buffer = ByteBuffer()
            buffer.reserveCapacity(object.body.count + 96)
            ObjectEncoder.append(object, served, hasTypeMeta: true, to: &buffer)
            buffer.writeString("\n")
            headers[.contentType] = "application/json"
            return self.response(status, headers, buffer, request)
        case .rendered(let buffer, let contentType):
            headers[.contentType] = contentType
            return self.response(status, headers, buffer, request)
        case .watch(let stream):
            headers[.contentType] = "application/json"
            return goingOn(headers: headers, request: request) { write in try await stream.run(write: write) }
        case .followed(let log):
            headers[.contentType] = "text/plain; charset=utf-8"
            return goingOn(headers: headers, request: request) { write in try await log.run(write) }
        case .hangUp:
            return Response(status: .internalServerError)
        }
    }

    static func render(_ error: APIError, request: Request) throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-cache, private"]
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if error.code == 401, let name = HTTPField.Name("WWW-Authenticate") { headers[name] = "Bearer" }
        return try render(error.json, status: HTTPResponse.Status(code: error.code), headers: headers, request: request)
    }

    private static func render(_ json: JSON, status: HTTPResponse.Status, headers: HTTPFields, request: Request) throws -> Response {
        var headers = headers
        let format = (try? ResponseFormat.negotiate(request.headers[.accept])) ?? ResponseFormat()
        var buffer = ByteBuffer()
        if format.encoding == .yaml {
            headers[.contentType] = "application/yaml"
            buffer.writeString(try YAMLBody.text(json))
        } else {
            headers[.contentType] = "application/json"
            buffer.writeBytes(json.serialized(pretty: QueryParameters(request.uri.query).isTrue("pretty")))
            buffer.writeString("\n")
        }
        return response(status, headers, buffer, request)
    }

    private static func response(_ status: HTTPResponse.Status, _ headers: HTTPFields, _ buffer: ByteBuffer, _ request: Request) -> Response
    {
        let isHead = request.method == .head
        return Response(status: status, headers: headers, body: isHead ? ResponseBody() : ResponseBody(byteBuffer: buffer))
    }

    /// An answer that goes on notices at once when its client leaves, also while there is nothing to send.
    private static func goingOn(
        headers: HTTPFields,
        request: Request,
        _ run: @escaping @Sendable ((ByteBuffer) async throws -> Void) async throws -> Void
    ) -> Response {
        let body = request.body
        var headers = headers
        // Who listens for the client's leaving has read the connection to its end: it cannot carry another request, and says so, as a
        // client that goes on with it would find it closed.
        headers[.connection] = "close"
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                let first = writer
                try await body.consumeWithCancellationOnInboundClose { _ in
                    var writer = first
                    try await run { buffer in try await writer.write(buffer) }
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

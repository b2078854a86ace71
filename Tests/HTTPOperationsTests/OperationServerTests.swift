import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONValue
import Logging
import NIOCore
import Schema
import Testing

@testable import HTTPOperations

/// A small surface that has one of everything.
enum Library {
    struct Book: Codable, Sendable, Hashable, SchemaDescribing {
        var title: String
        var pages: Int
        var tags: [String]?
        static var schemaName: String? { "Book" }
        static let schemaNotes: [String: SchemaNote] = [
            "title": SchemaNote("The title.", minLength: 1, maxLength: 20), "pages": SchemaNote(default: 100, minimum: 1),
        ]
    }
    struct Place: Decodable, Sendable { var shelf: String; var copies: Int?; var loud: Bool? }
    struct Search: Decodable, Sendable, SchemaDescribing {
        var limit: Int
        var tag: [String]?
        static let schemaNotes: [String: SchemaNote] = ["limit": SchemaNote("Most books.", default: 10, minimum: 1, maximum: 50)]
    }
    struct Unexpected: Error {}

    static func surface(bodyLimit: Int = 1000, timeout: Duration = .seconds(20)) throws -> Surface {
        let reader: Access = .roles(["reader", "writer"])
        let writer: Access = .roles(["writer"])
        let operations: [HTTPOperations.Operation] = [
            Operation(
                OperationLabel(.get, "/books", id: "listBooks", summary: "List books", tag: "Books", access: reader),
                parameters: Search.self,
                answer: .page(Book.self, "Books.")
            ) { search, context in
                let books = (0..<3).map { Book(title: "b\($0)", pages: search.limit, tags: search.tag) }
                return Reply(page: Page(rows: books, limit: 2) { Cursor($0.title) }, context: context)
            },
            Operation(
                OperationLabel(
                    .put,
                    "/shelves/{shelf}",
                    id: "putBook",
                    summary: "Put a book",
                    tag: "Books",
                    access: writer,
                    headers: [.ifMatch]
                ),
                parameters: Place.self,
                body: Book.self,
                answer: .created(Book.self, "The book.")
            ) { place, book, context in
                try context.requireMatch(EntityTag("v1"))
                return Reply(
                    Book(title: "\(place.shelf)/\(book.title)", pages: book.pages * (place.copies ?? 1), tags: book.tags),
                    tag: EntityTag("v2")
                )
            },
            Operation(
                OperationLabel(.get, "/fail", id: "fail", summary: "Fail", tag: "Other", access: .open),
                answer: .ok(Book.self, "Never.")
            ) { _ in throw Unexpected() },
            Operation(
                OperationLabel(.get, "/slow", id: "slow", summary: "Wait", tag: "Other", access: .open, timeout: .milliseconds(20)),
                answer: .noContent("Never.")
            ) { _ in
                try await Task.sleep(for: .seconds(60))  // wait: the operation that is too slow
                return Reply(NoContent())
            },
            Operation(
                OperationLabel(.get, "/tagged", id: "tagged", summary: "With a tag", tag: "Other", access: .open),
                answer: .ok(Book.self, "A book.")
            ) { _ in Reply(Book(title: "t", pages: 1), tag: EntityTag("abc")) },
        ]
        let authenticator = AuthenticatorChain([
            try StaticTokenAuthenticator(
                token: "reader-reader-reader-reader-reader",
                principal: Principal(subject: "r", roles: ["reader"], method: "token")
            ),
            try StaticTokenAuthenticator(
                token: "writer-writer-writer-writer-writer",
                principal: Principal(subject: "w", roles: ["writer"], method: "token")
            ),
        ])
        return try Surface(
            title: "Library",
            version: "1.0.0",
            basePath: "/api/v1",
            authenticator: authenticator,
            operations: operations,
            bodyLimit: bodyLimit,
            timeout: timeout
        ).servingDocument(at: "/openapi.json", id: "getDocument", summary: "The document", tag: "Meta")
    }

    /// What a request is answered with, for comparing.
    struct Answered { var status: Int; var body: JSON; var headers: HTTPFields }

    static func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        token: String? = "writer-writer-writer-writer-writer",
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answered {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [surface()]),
            configuration: .init(),
            logger: Logger(label: "test")
        )
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await server.application.test(.router) { [headers] client in
            try await client.execute(uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) { response in
                let text = String(buffer: response.body)
                return Answered(
                    status: response.status.code,
                    body: text.isEmpty ? .null : try JSON(parsing: text),
                    headers: response.headers
                )
            }
        }
    }
}

@Suite struct OperationServerTests {
    @Test func decodesEverythingAndFillsDefaults() async throws {
        let answer = try await Library.send(.put, "/api/v1/shelves/a%20b?copies=2", body: #"{"title":"x"}"#)
        #expect(answer.status == 201)
        #expect(answer.body == ["title": "a b/x", "pages": 200])
        #expect(answer.headers[.eTag] == "\"v2\"")
    }

    @Test func listsHaveALink() async throws {
        let answer = try await Library.send(.get, "/api/v1/books?limit=5&tag=a&tag=b", token: "reader-reader-reader-reader-reader")
        #expect(answer.status == 200)
        #expect(answer.body[0] == ["title": "b0", "pages": 5, "tags": ["a", "b"]])
        #expect(answer.headers[.link]?.hasPrefix("</api/v1/books?limit=5&tag=a&tag=b&cursor=") == true)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var what: String, method: HTTPRequest.Method = .put, uri = "/api/v1/shelves/a",
            token: String? = "writer-writer-writer-writer-writer"
        var headers: HTTPFields = [:], body: String? = #"{"title":"x"}"#
        var status: Int, code: String, fields: [String] = []
        var testDescription: String { what }
    }

    @Test(arguments: [
        Bad(what: "no token", token: nil, status: 401, code: "UNAUTHORIZED"),
        Bad(what: "wrong token", token: "writer-writer-writeR", status: 401, code: "UNAUTHORIZED"),
        Bad(what: "wrong role", token: "reader-reader-reader-reader-reader", status: 403, code: "FORBIDDEN"),
        Bad(what: "unknown path", uri: "/api/v1/nothing", status: 404, code: "NOT_FOUND"),
        Bad(what: "outside any surface", uri: "/else", status: 404, code: "NOT_FOUND"),
        Bad(what: "wrong method", method: .delete, status: 405, code: "METHOD_NOT_ALLOWED"),
        Bad(what: "broken escape", uri: "/api/v1/shelves/%zz", status: 400, code: "MALFORMED_REQUEST"),
        Bad(what: "not JSON", body: "{", status: 400, code: "MALFORMED_REQUEST"),
        Bad(what: "no body", body: nil, status: 400, code: "MALFORMED_REQUEST"),
        Bad(what: "form", headers: [.contentType: "application/x-www-form-urlencoded"], status: 415, code: "UNSUPPORTED_MEDIA_TYPE"),
        Bad(what: "latin1", headers: [.contentType: "application/json; charset=latin1"], status: 415, code: "UNSUPPORTED_MEDIA_TYPE"),
        Bad(what: "too large", body: "\"" + String(repeating: "x", count: 1000) + "\"", status: 413, code: "PAYLOAD_TOO_LARGE"),
        Bad(what: "an array", body: "[]", status: 422, code: "VALIDATION_ERROR", fields: [""]),
        Bad(what: "wrong type", body: #"{"title":1}"#, status: 422, code: "VALIDATION_ERROR", fields: ["title"]),
        Bad(what: "unknown member", body: #"{"title":"x","tilte":1}"#, status: 422, code: "VALIDATION_ERROR", fields: ["tilte"]),
        Bad(what: "two wrong", body: #"{"title":"","pages":0}"#, status: 422, code: "VALIDATION_ERROR", fields: ["pages", "title"]),
        Bad(
            what: "null for what must not be",
            body: #"{"title":null,"pages":1}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["title"]
        ),
        Bad(
            what: "null for an optional member",
            body: #"{"title":"x","tags":null}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["tags"]
        ),
        Bad(what: "missing member", body: "{}", status: 422, code: "VALIDATION_ERROR", fields: ["title"]),
        Bad(
            what: "query of the wrong type",
            uri: "/api/v1/shelves/a?copies=two",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["copies"]
        ),
        Bad(what: "query twice", uri: "/api/v1/shelves/a?copies=1&copies=2", status: 422, code: "VALIDATION_ERROR", fields: ["copies"]),
        Bad(what: "unknown query", uri: "/api/v1/shelves/a?copy=1", status: 422, code: "VALIDATION_ERROR", fields: ["copy"]),
        Bad(what: "truth of the wrong kind", uri: "/api/v1/shelves/a?loud=1", status: 422, code: "VALIDATION_ERROR", fields: ["loud"]),
        Bad(
            what: "path parameter in the query",
            uri: "/api/v1/shelves/a?shelf=b",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["shelf"]
        ),
        Bad(
            what: "over the maximum",
            method: .get,
            uri: "/api/v1/books?limit=51",
            body: nil,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["limit"]
        ),
        Bad(what: "another version", headers: [.ifMatch: "\"v0\""], status: 412, code: "PRECONDITION_FAILED"),
        Bad(
            what: "endless header",
            headers: [.ifMatch: String(repeating: "x", count: 1025)],
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["If-Match"]
        ),
        Bad(what: "unexpected error", method: .get, uri: "/api/v1/fail", body: nil, status: 500, code: "INTERNAL_ERROR"),
        Bad(what: "time over", method: .get, uri: "/api/v1/slow", body: nil, status: 504, code: "TIMEOUT"),
    ])
    func refuses(_ bad: Bad) async throws {
        let answer = try await Library.send(bad.method, bad.uri, token: bad.token, headers: bad.headers, body: bad.body)
        #expect(answer.status == bad.status)
        #expect(answer.body["code"] == .string(bad.code))
        #expect(answer.body["error"]?.stringValue?.isEmpty == false)
        #expect((answer.body["fields"]?.arrayValue ?? []).compactMap { $0["field"]?.stringValue } == bad.fields)
        #expect(answer.headers[.requestID]?.count == 32)
        #expect(!answer.body.text().contains("Unexpected"))
    }

    @Test func saysWhatIsAllowed() async throws {
        #expect(try await Library.send(.delete, "/api/v1/shelves/a").headers[.allow] == "PUT")
        #expect(try await Library.send(.get, "/api/v1/books", token: nil).headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
    }

    @Test func takesTheCallersRequestID() async throws {
        #expect(try await Library.send(.get, "/api/v1/books", headers: [.requestID: "call-7"]).headers[.requestID] == "call-7")
        let made = try await Library.send(.get, "/api/v1/books", headers: [.requestID: "bad id"]).headers[.requestID]
        #expect(made != "bad id" && made?.count == 32)
    }

    @Test func answersNotModified() async throws {
        let answer = try await Library.send(.get, "/api/v1/tagged", token: nil, headers: [.ifNoneMatch: "\"abc\""])
        #expect(answer.status == 304)
        #expect(answer.body == .null)
        #expect(try await Library.send(.get, "/api/v1/tagged", token: nil, headers: [.ifNoneMatch: "\"abd\""]).status == 200)
    }

    @Test func headIsGetWithoutABody() async throws {
        let answer = try await Library.send(.head, "/api/v1/tagged", token: nil)
        #expect(answer.status == 200)
        #expect(answer.body == .null)
        #expect(answer.headers[.eTag] == "\"abc\"")
    }

    @Test func listensAndEndsWithItsTask() async throws {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [Library.surface()]),
            configuration: .init(),
            logger: Logger(label: "test")
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.waitUntilReady()
            #expect(port > 0)
            group.cancelAll()
            try? await group.waitForAll()
        }
        await #expect(throws: ServerEnded.self) { try await server.waitUntilReady() }
    }
}

@Suite struct OpenAPIDocumentTests {
    @Test func isServedOpenlyAndIsTheSameEveryTime() async throws {
        let answer = try await Library.send(.get, "/api/v1/openapi.json", token: nil)
        #expect(answer.status == 200)
        let first = try OpenAPIDocument(surface: Library.surface())
        let second = try OpenAPIDocument(surface: Library.surface())
        #expect(answer.body == first.json)
        #expect(first.text == second.text)
    }

    @Test func saysWhatTheServerDoes() throws {
        let document = try OpenAPIDocument(surface: Library.surface()).json
        #expect(document["openapi"] == "3.1.0")
        #expect(document["servers"]?[0]?["url"] == "/api/v1")
        let put = try #require(document["paths"]?["/shelves/{shelf}"]?["put"])
        #expect(put["operationId"] == "putBook")
        #expect(put["requestBody"]?["content"]?["application/json"]?["schema"] == ["$ref": "#/components/schemas/Book"])
        #expect(put["x-opencrane-roles"] == ["writer"])
        let parameters = put["parameters"]?.arrayValue ?? []
        #expect(parameters.map { $0["name"]?.stringValue } == ["shelf", "copies", "loud", "If-Match"])
        #expect(parameters.map { $0["in"]?.stringValue } == ["path", "query", "query", "header"])
        #expect(parameters[0]["required"] == true)
        #expect(
            Set(put["responses"]?.objectValue?.keys.map { $0 } ?? []) == ["201", "400", "401", "403", "408", "413", "415", "422", "500"]
        )
        #expect(document["paths"]?["/openapi.json"]?["get"]?["security"] == [])
        let book = document["components"]?["schemas"]?["Book"]
        #expect(book?["properties"]?["title"]?["maxLength"] == 20)
        #expect(book?["required"] == ["title"])
        #expect(book?["additionalProperties"] == false, "unknown members of requests are refused")
    }

    @Test func refusesTwoOperationsWithOneID() throws {
        var surface = try Library.surface()
        surface.operations.append(surface.operations[0])
        #expect(throws: (any Error).self) { try OpenAPIDocument(surface: surface) }
        #expect(throws: (any Error).self) { try OperationResponder(surfaces: [surface]) }
    }
}

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONValue
import Logging
import NIOCore
import Schema
import Testing

@testable import HTTPOperations

/// A surface in the manner of FastAPI, with scopes and two kinds of credential.
enum Rental {
    struct Part: Codable, Sendable, Hashable, SchemaDescribing {
        var name: String
        static let schemaNotes: [String: SchemaNote] = ["name": SchemaNote("Name.", minLength: 2)]
    }

    struct Car: Codable, Sendable, Hashable, SchemaDescribing {
        var region_id: String
        var seats: Int?
        var owner: String?
        var kind: String?
        var parts: [Part]?
        static let schemaNotes: [String: SchemaNote] = [
            "region_id": SchemaNote("Region.", pattern: "^[a-z]+$", maxLength: 5),
            "seats": SchemaNote("Seats.", minimum: 1, maximum: 9),
            "owner": SchemaNote("Owner.", format: "uuid"),
            "kind": SchemaNote("Kind.", enum: ["a", "b"]),
        ]
        static var schemaName: String? { "Car" }
    }

    struct Place: Decodable, Sendable, SchemaDescribing {
        var id: String
        var limit: Int?
        var loud: Bool?
        static let schemaNotes: [String: SchemaNote] = [
            "id": SchemaNote("Id.", format: "uuid"), "limit": SchemaNote("Most.", minimum: 1, maximum: 100),
        ]
    }

    /// Knows a caller by the header's text: `role scope…`, or `role *` for a credential without restrictions.
    struct Knowing: Authenticator {
        func authenticate(_ headers: HTTPFields) async throws -> Principal? {
            guard let name = HTTPField.Name("X-Api-Key"), let words = headers[name]?.split(separator: " ").map(String.init) else {
                return nil
            }
            let scopes = words.dropFirst() == ["*"] ? nil : Set(words.dropFirst())
            return Principal(subject: "k", roles: [Role(rawValue: words[0])], method: "key", scopes: scopes)
        }
    }

    static let id = "0f0f0f0f-0000-4000-8000-000000000001"

    static func surface(_ envelope: ErrorEnvelope = .detail) -> Surface {
        Surface(
            title: "Rental",
            version: "1",
            basePath: "/v1",
            envelope: envelope,
            authenticator: Knowing(),
            credential: .header("apiKey", header: "X-Api-Key", description: "A key."),
            alternativeCredentials: [.bearer],
            operations: [
                Operation(
                    OperationLabel(
                        .post,
                        "/cars/{id}",
                        id: "postCar",
                        summary: "Post",
                        tag: "Cars",
                        access: .scoped("cars:write", ["member"]),
                        headers: [.idempotencyKey]
                    ),
                    parameters: Place.self,
                    body: Car.self,
                    answer: .ok(Car.self, "The car.")
                ) { _, car, _ in Reply(car) },
                Operation(
                    OperationLabel(.get, "/who", id: "who", summary: "Who", tag: "Cars", access: .open),
                    answer: .ok(String.self, "The address.")
                ) { context in Reply(context.remoteAddress ?? "unknown") },
                Operation(
                    OperationLabel(.get, "/gone", id: "gone", summary: "Gone", tag: "Cars", access: .roles(["member"])),
                    answer: .noContent("Never.")
                ) { _ in throw OperationError(.notFound, code: "NOT_FOUND", message: "Car not found") },
                Operation(
                    OperationLabel(.get, "/odd", id: "odd", summary: "Odd", tag: "Cars", access: .roles(["member"])),
                    answer: .noContent("Never.")
                ) { _ in throw OperationError(.unprocessableContent, code: "ODD", message: "No such tier.") },
            ],
            bodyLimit: 1000
        )
    }

    static func send(
        _ method: HTTPRequest.Method = .post,
        _ uri: String = "/v1/cars/\(id)",
        key: String? = "member *",
        headers: HTTPFields = [:],
        body: String? = nil,
        envelope: ErrorEnvelope = .detail,
        addresses: ClientAddresses = ClientAddresses()
    ) async throws -> Library.Answered {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [surface(envelope)], addresses: addresses),
            configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        var headers = headers
        if let key, let name = HTTPField.Name("X-Api-Key") { headers[name] = key }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await server.application.test(.router) { [headers] client in
            try await client.execute(uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) { response in
                let text = String(buffer: response.body)
                return Library.Answered(
                    status: response.status.code,
                    body: text.isEmpty ? .null : try JSON(parsing: text),
                    headers: response.headers
                )
            }
        }
    }
}

@Suite struct DetailEnvelopeTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        var what: String, uri = "/v1/cars/\(Rental.id)", headers: HTTPFields = [:], body: String? = #"{"region_id":"eu"}"#
        var type: String, loc: JSON
        var testDescription: String { what }
    }

    @Test(arguments: [
        Bad(what: "missing", body: "{}", type: "missing", loc: ["body", "region_id"]),
        Bad(what: "no body", body: nil, type: "missing", loc: ["body"]),
        Bad(what: "no JSON", body: "{\"a\" 1}", type: "json_invalid", loc: ["body", 5]),
        Bad(what: "an array", body: "[]", type: "dict_type", loc: ["body"]),
        Bad(what: "unknown member", body: #"{"region_id":"eu","x":1}"#, type: "extra_forbidden", loc: ["body", "x"]),
        Bad(
            what: "unknown member in a list",
            body: #"{"region_id":"eu","parts":[{"name":"ab"},{"name":"ab","x":1}]}"#,
            type: "extra_forbidden",
            loc: ["body", "parts", 1, "x"]
        ),
        Bad(
            what: "too short in a list",
            body: #"{"region_id":"eu","parts":[{"name":"a"}]}"#,
            type: "string_too_short",
            loc: ["body", "parts", 0, "name"]
        ),
        Bad(what: "too long", body: #"{"region_id":"abcdef"}"#, type: "string_too_long", loc: ["body", "region_id"]),
        Bad(what: "pattern", body: #"{"region_id":"E"}"#, type: "string_pattern_mismatch", loc: ["body", "region_id"]),
        Bad(what: "no text", body: #"{"region_id":1}"#, type: "string_type", loc: ["body", "region_id"]),
        Bad(what: "null", body: #"{"region_id":null}"#, type: "string_type", loc: ["body", "region_id"]),
        Bad(what: "null for a number", body: #"{"region_id":"eu","seats":null}"#, type: "int_type", loc: ["body", "seats"]),
        Bad(what: "text for a number", body: #"{"region_id":"eu","seats":"x"}"#, type: "int_parsing", loc: ["body", "seats"]),
        Bad(what: "truth for a number", body: #"{"region_id":"eu","seats":true}"#, type: "int_type", loc: ["body", "seats"]),
        Bad(what: "below", body: #"{"region_id":"eu","seats":0}"#, type: "greater_than_equal", loc: ["body", "seats"]),
        Bad(what: "above", body: #"{"region_id":"eu","seats":10}"#, type: "less_than_equal", loc: ["body", "seats"]),
        Bad(what: "no UUID", body: #"{"region_id":"eu","owner":"x"}"#, type: "uuid_parsing", loc: ["body", "owner"]),
        Bad(what: "none of them", body: #"{"region_id":"eu","kind":"c"}"#, type: "enum", loc: ["body", "kind"]),
        Bad(what: "U+0000", body: #"{"region_id":"a\u0000"}"#, type: "value_error", loc: ["body", "region_id"]),
        Bad(what: "path", uri: "/v1/cars/x", type: "uuid_parsing", loc: ["path", "id"]),
        Bad(what: "query", uri: "/v1/cars/\(Rental.id)?limit=x", type: "int_parsing", loc: ["query", "limit"]),
        Bad(what: "query above", uri: "/v1/cars/\(Rental.id)?limit=101", type: "less_than_equal", loc: ["query", "limit"]),
        Bad(what: "query truth", uri: "/v1/cars/\(Rental.id)?loud=1", type: "bool_parsing", loc: ["query", "loud"]),
        Bad(what: "query twice", uri: "/v1/cars/\(Rental.id)?limit=1&limit=2", type: "value_error", loc: ["query", "limit"]),
        Bad(what: "query unknown", uri: "/v1/cars/\(Rental.id)?id=1", type: "extra_forbidden", loc: ["query", "id"]),
        Bad(
            what: "header",
            headers: [.idempotencyKey: String(repeating: "x", count: 256)],
            type: "string_too_long",
            loc: ["header", "Idempotency-Key"]
        ),
    ])
    func says(_ bad: Bad) async throws {
        for envelope in [ErrorEnvelope.detail, .tracedDetail] {
            let answer = try await Rental.send(.post, bad.uri, headers: bad.headers, body: bad.body, envelope: envelope)
            #expect(answer.status == 422)
            #expect(answer.body["detail"]?.arrayValue?.count == 1)
            #expect(answer.body["detail"]?[0]?["type"] == .string(bad.type))
            #expect(answer.body["detail"]?[0]?["loc"] == bad.loc)
            #expect(answer.body["detail"]?[0]?["msg"]?.stringValue?.isEmpty == false)
        }
        // On other surfaces it is what it always was: without a place, and an unreadable body is 400.
        let coded = try await Rental.send(.post, bad.uri, headers: bad.headers, body: bad.body, envelope: .coded)
        let unreadable = bad.type == "json_invalid" || bad.what == "no body"
        #expect(coded.status == (unreadable ? 400 : 422))
        #expect(coded.body["code"] == (unreadable ? "MALFORMED_REQUEST" : "VALIDATION_ERROR"))
        #expect(coded.body["fields"]?.arrayValue?.allSatisfy { $0.objectValue?.count == 2 } ?? true)
        #expect((coded.body["fields"] == nil) == unreadable)
    }

    @Test func othersAreASentence() async throws {
        let plain = try await Rental.send(.get, "/v1/gone")
        #expect(plain.status == 404 && plain.body == ["detail": "Car not found"])
        let traced = try await Rental.send(.get, "/v1/gone", headers: [.requestID: "r-1"], envelope: .tracedDetail)
        #expect(traced.body == ["detail": "Car not found", "code": "NOT_FOUND", "request_id": "r-1"])
        let odd = try await Rental.send(.get, "/v1/odd")
        #expect(odd.body == ["detail": [["type": "value_error", "loc": ["body"], "msg": "No such tier."]]])
        #expect(try await Rental.send(.get, "/v1/nothing").body["detail"]?.stringValue != nil)
        #expect(try await Rental.send(body: String(repeating: " ", count: 1001)).status == 413)
    }

    @Test func theDocumentShowsBothShapes() throws {
        for (envelope, error, validation) in [
            (ErrorEnvelope.detail, "DetailError", "HTTPValidationError"),
            (.tracedDetail, "TracedDetailError", "TracedHTTPValidationError"),
        ] {
            let json = try OpenAPIDocument(surface: Rental.surface(envelope)).json
            let responses = json[at: ["paths", "/cars/{id}", "post", "responses"]]
            func schema(_ status: String) -> JSON? {
                responses?[at: [status, "content", "application/json", "schema", "$ref"]]
            }
            #expect(schema("422") == .string("#/components/schemas/\(validation)"))
            #expect(schema("404") == nil && schema("403") == .string("#/components/schemas/\(error)"))
            for name in [error, validation, "ValidationError"] {
                #expect(json[at: ["components", "schemas", name, "type"]] == "object", "\(name)")
            }
        }
        // Both may be in one document, and share what is the same.
        var other = Rental.surface(.tracedDetail)
        other.basePath = "/v2"
        other.operations = []
        #expect(
            try OpenAPIDocument(surface: Rental.surface(), others: [other]).json[at: ["components", "schemas"]]?["TracedDetailError"] != nil
        )
    }

    @Test(
        arguments: [
            ("a", ["a"]), ("", []), ("a.b", ["a", "b"]), ("a[0]", ["a", 0]), ("a[0][12].c", ["a", 0, 12, "c"]), ("[3].a", [3, "a"]),
            ("a]", ["a]"]),
        ] as [(String, [PathElement])]
    )
    func fieldsAreTakenApart(_ field: String, _ path: [PathElement]) {
        #expect(FieldViolation(field: field, message: "m").path == path)
        #expect(FieldViolation(field: field, message: "m").field == field)
        #expect(FieldViolation(field: field, message: "m", in: .header).path == [.key(field)])
    }
}

@Suite struct OptionalBodyTests {
    private struct Grace: Codable, Sendable, Hashable, SchemaDescribing {
        var seconds: Int
        var why: String?
        static var schemaName: String? { "Grace" }
        static let schemaNotes: [String: SchemaNote] = ["seconds": SchemaNote("Seconds.", default: 7, minimum: 0)]
    }

    private func surface<Body: Codable & Sendable>(_ type: Body.Type) -> Surface {
        Surface(
            title: "T",
            version: "1",
            basePath: "/",
            envelope: .detail,
            errors: [ErrorDeclaration(.tooManyRequests, "TOO_MANY", "Too many tries.")],
            operations: [
                Operation(
                    OperationLabel(.post, "/act", id: "act", summary: "Act", tag: "T", access: .open),
                    parameters: NoParameters.self,
                    optionalBody: Body.self,
                    answer: .ok(Body.self, "What was asked.")
                ) { _, body, _ in Reply(body) },
                Operation(
                    OperationLabel(.post, "/act2", id: "act2", summary: "Act", tag: "T", access: .roles(["a"])),
                    answer: .noContent("Never.")
                ) { _ in Reply(NoContent()) },
            ]
        )
    }

    @Test(
        arguments: [
            (nil, 200, 7), ("{}", 200, 7), (#"{"seconds":3}"#, 200, 3), (#"{"seconds":-1}"#, 422, nil), ("null", 422, nil), ("{", 422, nil),
        ] as [(String?, Int, Int64?)]
    )
    func anAbsentBodyIsAnEmptyOne(_ body: String?, _ status: Int, _ seconds: Int64?) async throws {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [surface(Grace.self)]),
            configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.application.test(.router) { client in
            let headers: HTTPFields = body == nil ? [:] : [.contentType: "application/json"]
            try await client.execute(uri: "/act", method: .post, headers: headers, body: body.map { ByteBuffer(string: $0) }) { response in
                #expect(response.status.code == status)
                let answer = try JSON(parsing: String(buffer: response.body))
                #expect(answer["seconds"]?.integerValue == seconds)
            }
        }
    }

    @Test func theDocumentSaysSo() throws {
        let json = try OpenAPIDocument(surface: surface(Grace.self)).json
        #expect(json[at: ["paths", "/act", "post", "requestBody", "required"]] == false)
        #expect(json[at: ["paths", "/act", "post", "responses", "429"]] == nil, "nobody is asked for a credential")
        #expect(json[at: ["paths", "/act2", "post", "responses", "429", "description"]] == "`TOO_MANY`: Too many tries.")
    }

    @Test func aBodyWithARequiredMemberCannotBeAbsent() {
        #expect(throws: DeclarationError.self) { try OperationResponder(surfaces: [surface(Rental.Car.self)]) }
    }
}

@Suite struct ScopeTests {
    @Test(
        arguments: [
            ("member *", 200, nil), ("member cars:write", 200, nil), ("member cars:read cars:write", 200, nil),
            ("member cars:read", 403, "INSUFFICIENT_SCOPE"), ("member", 403, "INSUFFICIENT_SCOPE"),
            ("member cars", 403, "INSUFFICIENT_SCOPE"),
            ("other cars:write", 403, "FORBIDDEN"), ("other", 403, "FORBIDDEN"), (nil, 401, "UNAUTHORIZED"),
        ] as [(String?, Int, String?)]
    )
    func areDemanded(_ key: String?, _ status: Int, _ code: String?) async throws {
        let answer = try await Rental.send(key: key, body: #"{"region_id":"eu"}"#, envelope: .tracedDetail)
        #expect(answer.status == status)
        #expect(answer.body["code"]?.stringValue == code)
    }

    @Test func withoutScopeDemandedAnyCredentialWillDo() async throws {
        #expect(try await Rental.send(.get, "/v1/gone", key: "member").status == 404)
    }

    @Test func theDocumentShowsScopesAndCredentials() throws {
        let json = try OpenAPIDocument(surface: Library.surface(), others: [Rental.surface()]).json
        let post = json["paths"]?["/v1/cars/{id}"]?["post"]
        #expect(post?["x-opencrane-scopes"] == ["cars:write"] && post?["x-opencrane-roles"] == ["member"])
        #expect(post?["security"] == [["apiKey": []], ["bearerAuth": []]])
        #expect(post?[at: ["responses", "403", "description"]]?.stringValue?.contains("INSUFFICIENT_SCOPE") == true)
        #expect(json["paths"]?["/v1/gone"]?["get"]?["x-opencrane-scopes"] == nil)
        #expect(json["paths"]?["/v1/who"]?["get"]?["security"] == [])
        #expect(json[at: ["components", "securitySchemes", "apiKey", "name"]] == "X-Api-Key")
        #expect(try OpenAPIDocument(surface: Rental.surface()).json["security"] == [["apiKey": []], ["bearerAuth": []]])
    }

    @Test func refusalsNameWhatIsTaken() async throws {
        let answer = try await Rental.send(key: nil)
        #expect(answer.body["detail"] == "A valid X-Api-Key or bearer token is needed.")
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        let keyOnly = OperationError.unauthorized([.header("k", header: "X-K", description: "")])
        #expect(keyOnly.headers[.wwwAuthenticate] == nil)
        #expect(OperationError.unauthorized([.bearer]).message == OperationError.unauthorized.message)
    }
}

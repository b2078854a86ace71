import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONValue
import Logging
import NIOCore
import Schema
import Testing

@testable import HTTPOperations

@Suite struct SeveralSurfacesTests {
    /// Counts up, slower than the operation may take.
    private struct Counting: AsyncSequence, Sendable {
        struct Iterator: AsyncIteratorProtocol {
            var count = 0

            mutating func next() async throws -> [UInt8]? {
                guard count < 3 else { return nil }
                count += 1
                try await Task.sleep(for: .milliseconds(30))  // wait: longer than the operation's limit, which is not the body's
                return Array("\(count)\n".utf8)
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator() }
    }

    private struct Member: Codable, Sendable, Hashable, SchemaDescribing {
        var name: Nullable<String>
        static var schemaName: String? { "Member" }
    }

    private func other(envelope: ErrorEnvelope = .coded, id: String = "count") -> Surface {
        Surface(
            title: "Other",
            version: "1",
            basePath: "/other",
            envelope: envelope,
            credential: .header("key", header: "X-Key", description: "A key."),
            operations: [
                Operation(
                    raw: OperationLabel(.get, "/count", id: id, summary: "Count", tag: "Other", access: .open),
                    response: ResponseDeclaration(status: .ok, description: "Counts.", mediaType: "text/plain", schema: nil)
                ) { _ in OperationResponse(status: .ok, headers: [.contentType: "text/plain"], stream: Counting()) },
                Operation(
                    OperationLabel(.get, "/member", id: id + "Member", summary: "Member", tag: "Other", access: .roles(["a"])),
                    answer: .ok(Member.self, "A member.")
                ) { _ in Reply(Member(name: Nullable(nil))) },
            ],
            timeout: .milliseconds(20)
        )
    }

    @Test func aBodyMaySendAsItComes() async throws {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [other()]),
            configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.application.test(.router) { client in
            try await client.execute(uri: "/other/count", method: .get) { response in
                #expect(response.status == .ok && response.headers[.contentType] == "text/plain")
                #expect(String(buffer: response.body) == "1\n2\n3\n")
            }
            try await client.execute(uri: "/other/count", method: .head) { response in
                #expect(response.status == .ok && response.body.readableBytes == 0)
            }
        }
    }

    /// What cannot be read is refused as the surface that it is for refuses everything.
    @Test(
        arguments: [
            "/other/count?a=%00", "/other/count?a=%zz", "/other/%ff", "/other/count?%C3%28=1", "/other/count?%", "/other/member/%00/x",
        ]
    )
    func brokenTargetsAreRefusedAsTheirSurfaceDoes(target: String) async throws {
        let server = OperationServer(
            responder: try OperationResponder(surfaces: [Library.surface(), other(envelope: .detail)]),
            configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.application.test(.router) { client in
            try await client.execute(uri: target, method: .get) { response in
                let body = try JSON(parsing: Array(response.body.readableBytesView))
                #expect(response.status == .badRequest && body.objectValue?.keys.sorted() == ["detail"], "\(body.text())")
            }
        }
    }

    @Test func aDocumentShowsAllOfThem() throws {
        let json = try OpenAPIDocument(surface: Library.surface(), others: [other()]).json
        #expect(json["paths"]?["/other/count"]?["servers"] == [["url": "/"]])
        #expect(json["paths"]?["/books"]?["servers"] == nil)
        #expect(json["paths"]?["/other/member"]?["get"]?["security"] == [["key": []]])
        #expect(json["paths"]?["/books"]?["get"]?["security"] == nil)
        #expect(json[at: ["components", "securitySchemes", "key", "name"]] == "X-Key")
        #expect(json[at: ["components", "securitySchemes", "bearerAuth", "scheme"]] == "bearer")
        let member = json[at: ["components", "schemas", "Member"]]
        #expect(member?["required"] == ["name"] && member?["properties"]?["name"]?["type"] == ["string", "null"])
    }

    @Test func contradictionsBetweenThemAreNamed() throws {
        #expect(throws: DeclarationError.self) { try OpenAPIDocument(surface: Library.surface(), others: [other(id: "listBooks")]) }
        #expect(throws: DeclarationError.self) { try OpenAPIDocument(surface: other(), others: [other()]) }
        let envelope = ErrorEnvelope(schemaName: "Error", schema: ["type": "string"]) { _, _ in "x" }
        #expect(throws: DeclarationError.self) { try OpenAPIDocument(surface: Library.surface(), others: [other(envelope: envelope)]) }
    }

    @Test func whatIsNotThereIsNull() throws {
        #expect(try JSON(encoding: Member(name: Nullable(nil))) == ["name": .null])
        #expect(try JSON(encoding: Member(name: Nullable("x"))) == ["name": "x"])
        for name in [nil, "x"] {
            let member = Member(name: Nullable(name))
            #expect(try JSON(encoding: member).decode(Member.self) == member)
        }
    }
}

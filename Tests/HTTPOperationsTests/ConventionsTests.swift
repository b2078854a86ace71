import Foundation
import HTTPTypes
import JSONValue
import Testing

@testable import HTTPOperations

@Suite struct EntityTagTests {
    @Test(
        arguments: [
            (nil, true), ("\"7\"", true), ("*", true), ("\"6\", \"7\"", true), ("\"6\"", false), ("W/\"7\"", false), ("7", false),
            ("", false),
        ] as [(String?, Bool)]
    )
    func strongComparison(header: String?, expected: Bool) {
        #expect(EntityTag("7").matches(ifMatch: header) == expected)
    }

    @Test(arguments: [(nil, false), ("\"7\"", true), ("W/\"7\"", true), ("*", true), ("\"8\"", false)] as [(String?, Bool)])
    func weakComparison(header: String?, expected: Bool) {
        #expect(EntityTag("7").isNamed(ifNoneMatch: header) == expected)
    }

    @Test func dropsWhatATagMayNotHold() {
        #expect(EntityTag("a\"b\n c").description == "\"abc\"")
    }
}

@Suite struct CursorTests {
    @Test(arguments: ["", "a", "ab", "abc", "abcd", "2026-01-01T00:00:00.000Z", "é\"\\"])
    func survivesTheRoundTrip(key: String) throws {
        let cursor = Cursor(key, "x")
        #expect(try Cursor(parsing: cursor.text, count: 2) == cursor)
        #expect(cursor.text.utf8.allSatisfy { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") })
    }

    @Test(arguments: ["", "!", "bm90IGpzb24", "eyJhIjoxfQ", Cursor("one").text, Cursor("a", "b", "c").text, "WzEsMl0"])
    func refusesForeignTexts(text: String) {
        let error = #expect(throws: OperationError.self) { try Cursor(parsing: text, count: 2) }
        #expect(error?.code == "INVALID_CURSOR")
        #expect(error?.status.code == 400)
    }

    @Test func aPageKnowsWhetherThereIsAnother() {
        let full = Page(rows: [1, 2, 3], limit: 2) { Cursor(String($0)) }
        #expect(full.items == [1, 2])
        #expect(full.next == Cursor("2").text)
        #expect(Page(rows: [1, 2], limit: 2) { Cursor(String($0)) }.next == nil)
    }

    @Test func theLinkRepeatsTheRequest() {
        let link = PageLink.next(
            path: "/api/v1/tenants",
            query: [("limit", "2"), ("cursor", "old"), ("team", "a&b")],
            cursor: Cursor("z").text
        )
        #expect(link == "</api/v1/tenants?limit=2&team=a%26b&cursor=\(Cursor("z").text)>; rel=\"next\"")
    }
}

@Suite struct RequestIDTests {
    @Test(arguments: [
        ("abc-1.2_3", true), ("", false), ("a b", false), ("é", false), ("a\nb", false), (String(repeating: "x", count: 129), false),
    ])
    func takesHarmlessIDs(text: String, expected: Bool) {
        #expect(RequestID.isAcceptable(text) == expected)
    }

    @Test func makesAcceptableIDs() {
        let ids = Set((0..<100).map { _ in RequestID.random() })
        #expect(ids.count == 100)
        #expect(ids.allSatisfy { RequestID.isAcceptable($0) && $0.count == 32 })
    }
}

@Suite struct ChangeTests {
    struct Body: Codable { var team: Change<String>; var budget: Change<Double> }

    @Test func tellsAbsentNullAndValueApart() throws {
        let body = try JSON(parsing: #"{"team":null}"#).decode(Body.self)
        #expect(body.team == .clear)
        #expect(body.budget == .keep)
        #expect(try JSON(parsing: #"{"team":"x","budget":2.5}"#).decode(Body.self).team == .set("x"))
    }

    @Test func writesWhatItRead() throws {
        for text in [#"{"team":null}"#, #"{"budget":1.5}"#, #"{}"#] {
            let body = try JSONDecoder().decode(Body.self, from: Data(text.utf8))
            #expect(try JSON(encoding: body).text() == text)
        }
    }
}

@Suite struct StaticTokenAuthenticatorTests {
    private let principal = Principal(subject: "ci", roles: ["platform-admin"], method: "static-token")

    @Test(arguments: [
        ("Bearer 0123456789abcdef0123456789abcdef", true), ("bearer  0123456789abcdef0123456789abcdef", true),
        ("Bearer 0123456789abcdef0123456789abcdeF", false), ("Bearer", false), ("Bearer ", false),
        ("Basic 0123456789abcdef0123456789abcdef", false), ("0123456789abcdef0123456789abcdef", false),
        ("Bearer 0123456789abcdef0123456789abcdef x", false),
    ])
    func knowsItsTokenOnly(header: String, expected: Bool) async throws {
        let authenticator = try StaticTokenAuthenticator(token: "0123456789abcdef0123456789abcdef", principal: principal)
        let found = try await authenticator.authenticate([.authorization: header])
        #expect((found == principal) == expected)
    }

    @Test func refusesAShortToken() {
        #expect(throws: WeakToken.self) { try StaticTokenAuthenticator(token: "0123456789abcdef0123456789abcde", principal: principal) }
    }

    @Test func anEmptyChainKnowsNobody() async throws {
        #expect(try await AuthenticatorChain([]).authenticate([.authorization: "Bearer 0123456789abcdef0123456789abcdef"]) == nil)
    }
}

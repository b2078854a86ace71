import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane
@testable import OpenClawGateway

/// Pages of what gateways list: they give the newest, as many as they are asked for, and know no cursors.
@Suite struct ConversationPagingTests {
    private static func walk(_ proxy: ProxyStage, _ path: String) -> PageWalk {
        PageWalk(base: proxy.stage.base, first: "/v1/instances/\(proxy.id.uuidString.lowercased())/conversations\(path)")
    }

    private static func said(_ answer: Stage.Answer) -> [String] {
        (answer.body["messages"]?.arrayValue ?? []).compactMap { $0["content"]?.stringValue }
    }

    @Test func messagesGoBackPageByPageWhileMoreAreSaid() async throws {
        try await withProxyStage { proxy in
            try await proxy.set("consent_debug_access = true")
            try await proxy.withGateway { _ in
                for text in ["one", "two", "two"] { #expect(try await proxy.chat(text).status == 200) }
                let walk = Self.walk(proxy, "/agent:main:main?limit=2")
                let pages = try await walk.pages { number in
                    if number == 1 { _ = try await proxy.chat("later") }
                }
                #expect(pages.map(Self.said) == [["two", "main heard: two"], ["two", "main heard: two"], ["one", "main heard: one"]])
                let whole = try await walk.ask(String(walk.first.prefix { $0 != "?" }))
                #expect(Self.said(whole).count == 8 && whole.headers["Link"].isEmpty)
                try await walk.refusals()
                // A message that the conversation does not have.
                let other = ConversationPage.Messages(later: 1, first: ["content": "never said"]).cursor
                #expect(try await walk.ask("\(walk.first)&cursor=\(other)").status == 400)
            }
        }
    }

    @Test func conversationsOfOneMomentAreEachListedOnce() async throws {
        try await withProxyStage { proxy in
            try await proxy.set("consent_debug_access = true")
            try await proxy.withGateway { _ in
                #expect(try await proxy.chat("hello").status == 200)
                let files = try #require(FileManager.default.enumerator(at: proxy.directory, includingPropertiesForKeys: nil))
                    .allObjects.compactMap { $0 as? URL }
                let folder = try #require(files.first { $0.pathExtension == "jsonl" }).deletingLastPathComponent()
                for number in 1...5 {
                    let lines: [JSON] = [
                        ["role": "session", "sessionKey": .string("agent:main:c\(number)"), "ts": 1000],
                        ["role": "user", "content": .string("hello \(number)"), "ts": 1000],
                    ]
                    let text = lines.map { $0.text() + "\n" }.joined()
                    try text.write(to: folder.appending(path: "c\(6 - number).jsonl"), atomically: true, encoding: .utf8)
                }
                let walk = Self.walk(proxy, "?limit=2")
                let pages = try await walk.pages()
                let ids = pages.map { ($0.body["conversations"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue } }
                #expect(
                    ids == [
                        ["agent:main:main", "agent:main:c1"], ["agent:main:c2", "agent:main:c3"], ["agent:main:c4", "agent:main:c5"],
                    ]
                )
                #expect(pages[2].body["conversations"]?[1]?["last_message"] == "hello 5", "also of later pages the last messages are shown")
                try await walk.refusals()
            }
        }
    }

    private static func session(_ name: String, _ updatedAt: Int64?) throws -> GatewaySession {
        var json: JSON = ["key": .string(name)]
        if let updatedAt { json["updatedAt"] = .integer(updatedAt) }
        return try #require(GatewaySession(json))
    }

    /// Whatever a gateway does with conversations of one moment, or of none: each is on one page.
    @Test(arguments: 1...8) func noConversationIsSkipped(_ limit: Int) throws {
        let times: [Int64?] = [9, 9, 9, 7, 7, 5, nil, nil, nil, nil]
        let all = try times.enumerated().map { try Self.session("s-\($0)", $1) }
        var seen: [String] = []
        var place: ConversationPage.Place?
        for turn in 0...all.count {
            // Those of one moment come in another order each time.
            let order = all.enumerated().sorted {
                let (left, right) = ($0.element.updatedAt ?? .min, $1.element.updatedAt ?? .min)
                return left != right ? left > right : ($0.offset + turn * 3) % 7 < ($1.offset + turn * 3) % 7
            }.map(\.element)
            let asked = (place?.passed ?? 0) + limit + 1
            let page =
                ConversationPage.cut(Array(order.prefix(asked)), asked: asked, limit: limit, after: place)
                ?? ConversationPage.cut(order, asked: ConversationPage.most, limit: limit, after: place)
            let found = try #require(page)
            #expect(found.items.count <= limit)
            seen += found.items.map(\.key)
            guard let next = found.next else { break }
            place = try ConversationPage.Place(next)
        }
        #expect(seen == all.map(\.key))
    }
}

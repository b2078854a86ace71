import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Testing

@testable import ControlPlane

/// Goes through the pages of a list as its callers do: by the `Link` headers.
struct PageWalk: Sendable {
    /// Where the control plane listens.
    let base: String
    /// Path and query of the list's first page.
    let first: String
    var headers: [(String, String)] = [("Authorization", "Bearer \(Stage.token)")]

    /// Asks for a page.
    func ask(_ path: String) async throws -> Stage.Answer { try await Stage.send(.GET, base + path, headers: headers) }

    /// All pages.
    ///
    /// - Parameter after: is told of each page before the next is asked for.
    func pages(_ after: (Int) async throws -> Void = { _ in }) async throws -> [Stage.Answer] {
        var pages: [Stage.Answer] = []
        var next: String? = first
        while let path = next {
            let answer = try await ask(path)
            #expect(answer.status == 200, "\(path): \(answer.body.text())")
            pages.append(answer)
            try #require(pages.count <= 50, "\(first) does not end")
            next = try Self.next(answer)
            try await after(pages.count)
        }
        return pages
    }

    /// The path of the next page; nil on the last.
    static func next(_ answer: Stage.Answer) throws -> String? {
        guard let link = answer.headers["Link"].first else { return nil }
        let match = try #require(try #/<(/[^>]+)>; rel="next"/#.wholeMatch(in: link), "\(link)")
        return String(match.output.1)
    }

    /// What every list refuses: cursors that are none of its own, and a place that is said twice.
    ///
    /// - Parameter hasOffset: whether the list can be begun by number, too.
    func refusals(hasOffset: Bool = false) async throws {
        let path = first.prefix { $0 != "?" }
        // No cursor at all; of another list; and one with what no row can have.
        for cursor in ["x", Cursor("1", "2", "3", "4").text, "eyJsIjoieCIsInQiOjEsInIiOlsiYSJdfQ", Cursor("\u{0}").text] {
            let answer = try await ask("\(path)?cursor=\(cursor)")
            #expect(answer.status == 400, "\(path) \(cursor): \(answer.status) \(answer.body.text())")
            #expect(answer.body.text().contains("The cursor is not one that this list has given out."), "\(answer.body.text())")
        }
        for query in ["cursor=a%20b", "cursor=", "limit=0", "limit=100000"] {
            #expect(try await ask("\(path)?\(query)").status == 422, "\(path)?\(query)")
        }
        guard hasOffset else { return }
        let own = try #require(try Self.next(try await ask("\(path)?limit=1")))
        let both = try await ask(own + "&offset=1")
        #expect(both.status == 422 && both.body.text().contains("cursor"), "\(both.status) \(both.body.text())")
        // The link of a page that was begun by number goes on by cursor.
        let second = try #require(try Self.next(try await ask("\(path)?limit=1&offset=1")))
        #expect(!second.contains("offset") && second.contains("limit=1"), "\(second)")
    }
}

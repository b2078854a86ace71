import HTTPOperations
import JSONValue
import OpenClawGateway

/// A page of what a gateway lists, of which it gives only the newest, as many as it is asked for. What is asked for and what the page holds is
/// decided here; nothing is asked.
enum ConversationPage {
    /// The most a gateway is asked for: what lies further back is not listed.
    static let most = 1000

    /// Where a page of conversations ended.
    struct Place: Sendable, Hashable {
        /// When the last one last changed, in milliseconds since 1970; the least number when the gateway does not say.
        var updatedAt: Int64
        /// Its name in paths.
        var id: String
        /// How many came before the next page.
        var passed: Int

        init(_ session: GatewaySession, passed: Int) {
            updatedAt = session.updatedAt ?? .min
            id = ConversationID.text(of: session.key)
            self.passed = passed
        }

        /// Reads a cursor.
        ///
        /// - Throws: ``OperationError`` 400 when it is none of ours.
        init(_ cursor: String) throws(OperationError) {
            let keys = try Cursor(parsing: cursor, count: 3).keys
            guard let updatedAt = Int64(keys[0]), let passed = Int(keys[2]), (0...most).contains(passed) else { throw .invalidCursor }
            self.updatedAt = updatedAt
            id = keys[1]
            self.passed = passed
        }

        var cursor: String { Cursor(String(updatedAt), id, String(passed)).text }

        /// Whether a conversation comes after it.
        func isBefore(_ session: GatewaySession) -> Bool { isBefore(Place(session, passed: 0)) }

        /// Whether another place comes after it: the newest first, of those of one moment by their names.
        func isBefore(_ other: Place) -> Bool { (other.updatedAt, id) < (updatedAt, other.id) }
    }

    /// A page of conversations.
    ///
    /// - Parameters:
    ///   - listed: what the gateway gave.
    ///   - asked: how many it was asked for.
    ///   - limit: how many the page may have.
    ///   - place: where the page before ended; nil for the first.
    /// - Returns: nil when the gateway has to be asked for more: it does not say which of several of one moment it leaves out.
    static func cut(_ listed: [GatewaySession], asked: Int, limit: Int, after place: Place?) -> HTTPOperations.Page<GatewaySession>? {
        let sorted = listed.sorted { Place($0, passed: 0).isBefore(Place($1, passed: 0)) }
        let rest = sorted.filter { place?.isBefore($0) ?? true }
        let page = Array(rest.prefix(limit))
        if listed.count >= asked, asked < most {
            guard page.count == limit, let last = page.last, let end = sorted.last, (last.updatedAt ?? .min) > (end.updatedAt ?? .min)
            else {
                return nil
            }
        }
        let passed = min((place?.passed ?? 0) + page.count, most)
        return HTTPOperations.Page(
            items: page,
            next: rest.count > limit ? page.last.map { Place($0, passed: passed).cursor } : nil
        )
    }

    /// Where a page of messages began, with which the next one, of the messages before, goes on.
    struct Messages: Sendable, Hashable {
        /// How many messages came after the page's first.
        var later: Int
        /// Digest of the page's first message.
        var digest: String

        init(later: Int, first: JSON) {
            self.later = later
            digest = Self.digest(first)
        }

        /// Reads a cursor.
        ///
        /// - Throws: ``OperationError`` 400 when it is none of ours.
        init(_ cursor: String) throws(OperationError) {
            let keys = try Cursor(parsing: cursor, count: 2).keys
            guard let later = Int(keys[0]), (0..<most).contains(later) else { throw .invalidCursor }
            self.later = later
            digest = keys[1]
        }

        var cursor: String { Cursor(String(later), digest).text }

        fileprivate static func digest(_ message: JSON) -> String { ContentDigest.hexadecimal(of: message.serialized(), length: 32) }

        /// Where the message is among those listed. It is as far from the end as it was, or further: messages come at the end only.
        fileprivate func index(in messages: [JSON]) -> Int? {
            guard later < messages.count else { return nil }
            return messages.indices.prefix(messages.count - later).last { Self.digest(messages[$0]) == digest }
        }
    }

    /// A page of messages: those before a place, the newest of them, in order.
    ///
    /// - Parameters:
    ///   - listed: the newest messages, as the gateway gave them.
    ///   - limit: how many the page may have.
    ///   - place: where the page before began; nil for the first.
    /// - Returns: nil when the place is not among the messages.
    static func cut(_ listed: [JSON], limit: Int, before place: Messages?) -> HTTPOperations.Page<JSON>? {
        var end = listed.endIndex
        if let place {
            guard let index = place.index(in: listed) else { return nil }
            end = index
        }
        let start = max(0, end - limit)
        guard start > 0, start < end else { return HTTPOperations.Page(items: Array(listed[start..<end]), next: nil) }
        return HTTPOperations.Page(
            items: Array(listed[start..<end]),
            next: Messages(later: listed.count - 1 - start, first: listed[start]).cursor
        )
    }
}

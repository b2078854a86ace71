import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import OpenClawGateway

/// Reads the conversations of instances, of which nothing is kept here.
struct ConversationProxy: Sendable {
    let proxy: InstanceProxy
    private static let most = ConversationPage.most

    /// A page of the conversations, the newest first.
    ///
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours, and as ``ProxyFailure`` says.
    func list(
        _ target: InstanceProxy.Target,
        limit: Int,
        cursor: String?
    ) async throws -> (answer: ConversationsAnswer, next: String?) {
        let place = try cursor.map { cursor throws(OperationError) in try ConversationPage.Place(cursor) }
        let page = try await proxy.call("conversations", of: target.uid) { client in
            let first = min(Self.most, (place?.passed ?? 0) + limit + 1)
            let listed = try await client.sessions(limit: first, previews: true)
            if let page = ConversationPage.cut(listed, asked: first, limit: limit, after: place) { return page }
            let all = try await client.sessions(limit: Self.most, previews: true)
            return ConversationPage.cut(all, asked: Self.most, limit: limit, after: place) ?? Page(items: [], next: nil)
        }
        let answer = ConversationsAnswer(conversations: page.items.map(ConversationView.init), instanceID: target.row.idText)
        return (answer, page.next)
    }

    /// A page of the messages of a conversation: the newest, or those before a cursor.
    ///
    /// - Throws: ``OperationError``: 404 for an unknown one, 400 for a cursor that is none of ours, or of a message that is no longer among those
    ///   the gateway gives; and as ``ProxyFailure`` says.
    func detail(
        _ target: InstanceProxy.Target,
        _ id: String,
        limit: Int,
        cursor: String?
    ) async throws -> (answer: ConversationAnswer, next: String?) {
        let place = try cursor.map { cursor throws(OperationError) in try ConversationPage.Messages(cursor) }
        return try await proxy.call("conversation", of: target.uid) { client in
            // Only what the gateway lists is asked for: the caller's text goes no further than to be compared.
            let sessions = try await client.sessions(limit: Self.most)
            guard let key = sessions.first(where: { ConversationID.text(of: $0.key) == id })?.key else {
                throw OperationError(.notFound, code: "CONVERSATION_NOT_FOUND", message: "Conversation not found")
            }
            let history = try await client.history(of: key, limit: place == nil ? limit + 1 : Self.most)
            guard let page = ConversationPage.cut(history["messages"]?.arrayValue ?? [], limit: limit, before: place) else {
                throw OperationError.invalidCursor
            }
            return (ConversationAnswer(id: id, instanceID: target.row.idText, messages: page.items), page.next)
        }
    }
}

extension ConversationView {
    /// A conversation as the gateway lists it.
    init(_ session: GatewaySession) {
        self.init(
            id: ConversationID.text(of: session.key),
            kind: Nullable(session.kind),
            lastMessage: Nullable(session.lastMessage),
            messageCount: Nullable(session.messages),
            title: Nullable(session.title),
            updatedAt: Nullable(session.updatedAt.map { RESTTimestamp.text(Date(timeIntervalSince1970: Double($0) / 1000)) })
        )
    }
}

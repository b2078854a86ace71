import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import OpenClawGateway

/// Reads the conversations of instances, of which nothing is kept here.
struct ConversationProxy: Sendable {
    let proxy: InstanceProxy
    private static let most = 1000

    /// The newest conversations.
    func list(_ target: InstanceProxy.Target, limit: Int) async throws -> ConversationsAnswer {
        let sessions = try await proxy.call("conversations", of: target.uid) { try await $0.sessions(limit: limit, previews: true) }
        return ConversationsAnswer(conversations: sessions.prefix(limit).map(ConversationView.init), instanceID: target.row.idText)
    }

    /// The newest messages of a conversation.
    ///
    /// - Throws: ``OperationError``: 404 for an unknown one, and as ``ProxyFailure`` says.
    func detail(_ target: InstanceProxy.Target, _ id: String) async throws -> ConversationAnswer {
        try await proxy.call("conversation", of: target.uid) { client in
            // Only what the gateway lists is asked for: the caller's text goes no further than to be compared.
            let sessions = try await client.sessions(limit: Self.most)
            guard let key = sessions.first(where: { ConversationID.text(of: $0.key) == id })?.key else {
                throw OperationError(.notFound, code: "CONVERSATION_NOT_FOUND", message: "Conversation not found")
            }
            let history = try await client.history(of: key, limit: 200)
            return ConversationAnswer(id: id, instanceID: target.row.idText, messages: history["messages"]?.arrayValue ?? [])
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

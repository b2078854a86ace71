import HTTPOperations
import JSONValue
import Schema

import struct Foundation.UUID

/// A message for an instance's agent.
struct ChatRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var message: String

    static var schemaName: String? { "InstanceChatRequest" }
    static let schemaNotes: [String: SchemaNote] = ["message": SchemaNote("What to tell the agent.", minLength: 1, maxLength: 8000)]
}

/// A JSON object that is handed on as it is.
struct OpaqueObject: Codable, Sendable, Hashable, SchemaRepresentable {
    var json: JSON

    init(_ json: JSON) { self.json = json }
    init(from decoder: any Decoder) throws { json = try JSON(from: decoder) }
    func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    static var jsonSchema: JSONSchema {
        var schema = JSONSchema(type: .object)
        schema.preserveUnknownFields = true
        return schema
    }
    static var schemaSample: JSON { [:] }
}

/// Which page of conversations is asked for.
struct ConversationsParameters: Decodable, Sendable, SchemaDescribing {
    var instanceID: String
    var limit: Int
    var cursor: String?

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
        case limit, cursor
    }

    static let schemaNotes: [String: SchemaNote] = [
        "instance_id": SchemaNote("Id of the instance.", format: "uuid"),
        "limit": .pageLimit(default: 20, maximum: 100), "cursor": .pageCursor,
    ]
}

/// A conversation in the path, and which page of its messages is asked for.
struct ConversationParameters: Decodable, Sendable, SchemaDescribing {
    var conversationID: String
    var instanceID: String
    var limit: Int
    var cursor: String?

    enum CodingKeys: String, CodingKey {
        case conversationID = "conversation_id"
        case instanceID = "instance_id"
        case limit, cursor
    }

    static let schemaNotes: [String: SchemaNote] = [
        "conversation_id": SchemaNote("Id of the conversation.", pattern: ConversationID.pattern, maxLength: 128),
        "instance_id": SchemaNote("Id of the instance.", format: "uuid"), "limit": .pageLimit(default: 200), "cursor": .pageCursor,
    ]
}

/// A conversation in a list.
struct ConversationView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var kind: Nullable<String>
    var lastMessage: Nullable<String>
    var messageCount: Nullable<Int64>
    var title: Nullable<String>
    var updatedAt: Nullable<String>

    enum CodingKeys: String, CodingKey {
        case id
        case kind
        case lastMessage = "last_message"
        case messageCount = "message_count"
        case title
        case updatedAt = "updated_at"
    }

    static var schemaName: String? { "InstanceConversation" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": "Id of the conversation.", "kind": "What kind it is; null when the instance does not say.",
        "last_message": "The beginning of its last message; null when the instance does not say.",
        "message_count": "How many messages it has; null when the instance does not say.",
        "title": "Its title; null when it has none.",
        "updated_at": SchemaNote("When it last changed (RFC 3339, UTC); null when the instance does not say.", format: "date-time"),
    ]
}

/// The conversations of an instance.
struct ConversationsAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var conversations: [ConversationView]
    var instanceID: String

    enum CodingKeys: String, CodingKey {
        case conversations
        case instanceID = "instance_id"
    }

    static var schemaName: String? { "InstanceConversations" }
    static let schemaNotes: [String: SchemaNote] = [
        "conversations": "The conversations, the newest first.", "instance_id": InstanceNotes.id,
    ]
}

/// The messages of a conversation.
struct ConversationAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var instanceID: String
    var messages: [JSON]

    enum CodingKeys: String, CodingKey {
        case id
        case instanceID = "instance_id"
        case messages
    }

    static var schemaName: String? { "InstanceConversationDetail" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": "Id of the conversation.", "instance_id": InstanceNotes.id,
        "messages": SchemaNote(
            "The messages of the page, in order, as the instance keeps them: each has a role and a content. The first page has the newest, the "
                + "next one those before them; no further back than the newest 1000."
        ),
    ]
}

/// How settings are to be brought to an instance.
struct ApplyRequest: Codable, Sendable, Hashable, SchemaDescribing {
    var force: Bool
    var restart: Bool

    static var schemaName: String? { "ApplyUpdatesRequest" }
    static let schemaNotes: [String: SchemaNote] = [
        "force": SchemaNote("Whether everything is written, even what seems to be there.", default: false),
        "restart": SchemaNote("Whether the instance's gateway is to start anew afterwards.", default: false),
    ]
}

/// What came of that.
enum ApplyStatus: String, SchemaEnum {
    /// The settings are in the gateway's configuration now.
    case applied
    /// They were there already.
    case nothingToApply = "nothing_to_apply"
    /// The gateway starts anew.
    case restarting
}

/// What came of bringing settings to an instance.
struct ApplyAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var instanceID: String
    var message: String
    var status: ApplyStatus

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
        case message
        case status
    }

    static var schemaName: String? { "ApplyUpdatesAnswer" }
    static let schemaNotes: [String: SchemaNote] = [
        "instance_id": InstanceNotes.id, "message": "What was done, for people.", "status": "What was done.",
    ]
}

/// Over which time usage is wanted.
struct UsageParameters: Decodable, Sendable, SchemaDescribing {
    var days: Int
    var instanceID: String

    enum CodingKeys: String, CodingKey {
        case days
        case instanceID = "instance_id"
    }

    static let schemaNotes: [String: SchemaNote] = [
        "days": SchemaNote("How many days, today included.", default: 30, minimum: 1, maximum: 365),
        "instance_id": SchemaNote("Id of the instance.", format: "uuid"),
    ]
}

/// The id of an instance in a path, which the schema has made sure of.
func instanceUUID(_ text: String) throws(OperationError) -> UUID {
    guard let id = UUID(uuidString: text) else { throw .instanceNotFound }
    return id
}

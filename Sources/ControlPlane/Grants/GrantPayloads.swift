import Entitlements
import HTTPOperations
import JSONValue
import Schema

/// A grant as it is asked for. What answers show can be sent back as it is.
struct GrantOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var id: String?
    var payloadID: String?
    var scope: GrantScope?
    var subjectType: Subject.Kind?
    var subjectID: String?
    var subjectName: String?
    var access: GrantAccess
    var priority: Int
    var note: String?

    enum CodingKeys: String, CodingKey {
        case id, scope, subjectType, subjectName, access, priority, note
        case payloadID = "payloadId"
        case subjectID = "subjectId"
    }

    /// Most grants of one object.
    static let limit = 500

    static var schemaName: String? { "GrantOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of a grant there is, which is changed then; without it the grant is a new one.", format: "uuid"),
        "payloadId": SchemaNote(
            "What is granted: in a group's list a selector of what assistants know, awareness/default if absent; elsewhere the id of the "
                + "object itself.",
            pattern: "^\\S+$",
            minLength: 1,
            maxLength: 253
        ),
        "scope": "How wide it reaches; the scope of the object if absent. A more specific one decides.",
        "subjectType": "Whom it is for. In a group's list the group itself if absent.",
        "subjectId": SchemaNote(
            "Name of the tenant, id or name of the group, the department, or the person's stable name; for everyone absent.",
            pattern: "\\S",
            maxLength: 320
        ),
        "subjectName": SchemaNote("The same as subjectId, which wins if both are given.", pattern: "\\S", maxLength: 320),
        "access": SchemaNote("A deny outranks every allow.", default: "allow"),
        "priority": SchemaNote(
            "Weight among grants of the same access and scope; the higher one decides.",
            default: 0,
            minimum: -1_000_000,
            maximum: 1_000_000
        ),
        "note": SchemaNote("For people.", maxLength: 1000),
    ]

    /// Whom it names.
    var subjectText: String? { subjectID ?? subjectName }
}

/// A grant as it is shown.
struct GrantView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var payloadID: String
    var scope: GrantScope
    var subjectType: Subject.Kind
    var subjectID: String
    var subjectName: String
    var access: GrantAccess
    var priority: Int
    var note: String?

    enum CodingKeys: String, CodingKey {
        case id, scope, subjectType, subjectName, access, priority, note
        case payloadID = "payloadId"
        case subjectID = "subjectId"
    }

    static var schemaName: String? { "Grant" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the grant.", format: "uuid"),
        "payloadId": "What is granted.",
        "scope": "How wide it reaches.",
        "subjectType": "Whom it is for.",
        "subjectId": "Name of the tenant, id of the group, the department, or the person's stable name; * for everyone.",
        "subjectName": "The group's name; else the same as subjectId.",
        "access": "Whether it gives or takes.",
        "priority": "Weight among grants of the same access and scope.",
        "note": "For people.",
    ]

    init(_ record: GrantRecord) {
        id = record.id.text
        payloadID = record.payloadID
        scope = record.scope
        subjectType = record.subject.kind
        subjectID = record.subject.id
        subjectName = record.subjectName
        access = record.access
        priority = record.priority
        note = record.note
    }
}

import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Schema

/// A group that is to be made.
struct GroupOrder: Decodable, Sendable, SchemaDescribing {
    var name: String
    var scope: GrantScope
    var description: String?
    var members: [String]
    var awarenessGrants: [GrantOrder]?
    var grants: [GrantOrder]?

    static var schemaName: String? { "GroupOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": GroupNotes.name,
        "scope": SchemaNote(GroupNotes.scope, default: "org"),
        "description": GroupNotes.description,
        "members": SchemaNote(GroupNotes.members, default: [], maxItems: GroupNotes.mostMembers, items: GroupNotes.member),
        "awarenessGrants": SchemaNote(GroupNotes.grants, maxItems: GrantOrder.limit),
        "grants": SchemaNote(GroupNotes.otherName, maxItems: GrantOrder.limit),
    ]
}

/// Changes of a group; what is absent stays.
struct GroupUpdate: Decodable, Sendable, SchemaDescribing {
    var name: String?
    var scope: GrantScope?
    var description: Change<String>
    var members: [String]?
    var awarenessGrants: [GrantOrder]?
    var grants: [GrantOrder]?

    static var schemaName: String? { "GroupUpdate" }
    static let schemaNotes: [String: SchemaNote] = [
        "name": GroupNotes.name,
        "scope": SchemaNote(GroupNotes.scope),
        "description": GroupNotes.description,
        "members": SchemaNote(GroupNotes.members, maxItems: GroupNotes.mostMembers, items: GroupNotes.member),
        "awarenessGrants": SchemaNote(GroupNotes.grants, maxItems: GrantOrder.limit),
        "grants": SchemaNote(GroupNotes.otherName, maxItems: GrantOrder.limit),
    ]
}

/// What orders and changes of groups have in common.
enum GroupNotes {
    static let mostMembers = 2000
    static let name = SchemaNote("Name of the group, which no other has.", pattern: "^\\S(.*\\S)?$", minLength: 1, maxLength: 120)
    static let scope = "How wide its grants reach that name no scope of their own."
    static let description = SchemaNote("What the group is for.", maxLength: 2000)
    static let members =
        "Who belongs to it: tenant:NAME, user:NAME, department:TEAM, or a bare name that means the tenant or the person. Blanks around a "
        + "name and repetitions are left out."
    static let member = SchemaNote(pattern: "\\S", maxLength: 330)
    static let grants = "What its members know, or must not: grants of awareness."
    static let otherName = "Another name for awarenessGrants; only one of the two can be given."

    /// The members as they are kept.
    static func normalised(_ members: [String]) -> [String] {
        Set(members.map { GroupMember.kept($0.trimmingCharacters(in: .whitespacesAndNewlines)) }).subtracting([""])
            .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// The one list of grants that a request has.
    ///
    /// - Returns: nil when it has none.
    /// - Throws: ``OperationError`` 422 when both names are used.
    static func list(_ awarenessGrants: [GrantOrder]?, _ grants: [GrantOrder]?) throws(OperationError) -> (field: String, [GrantOrder])? {
        switch (awarenessGrants, grants) {
        case (nil, nil): return nil
        case (let orders?, nil): return ("awarenessGrants", orders)
        case (nil, let orders?): return ("grants", orders)
        case (.some, .some): throw .invalid("grants", "is another name for awarenessGrants; send one of the two")
        }
    }
}

/// A group as it is shown.
struct GroupView: Codable, Sendable, Hashable, SchemaDescribing {
    var id: String
    var name: String
    var scope: GrantScope
    var description: String?
    var members: [String]
    var memberCount: Int
    var awarenessGrants: [GrantView]
    var createdAt: String
    var updatedAt: String

    static var schemaName: String? { "Group" }
    static let schemaNotes: [String: SchemaNote] = [
        "id": SchemaNote("Id of the group.", format: "uuid"),
        "name": "Name of the group, which no other has.",
        "scope": "How wide its grants reach that name no scope of their own.",
        "description": "What the group is for.",
        "members": "Who belongs to it.",
        "memberCount": "How many members it has.",
        "awarenessGrants": "What its members know, or must not.",
        "createdAt": SchemaNote("When it was made (RFC 3339, UTC).", format: "date-time"),
        "updatedAt": SchemaNote("When it was last changed (RFC 3339, UTC).", format: "date-time"),
    ]

    init(_ record: GroupRecord, grants: [GrantRecord]) {
        id = record.id.text
        name = record.name
        scope = record.scope
        description = record.description
        members = record.members
        memberCount = record.members.count
        awarenessGrants = grants.map(GrantView.init)
        createdAt = RESTTimestamp.text(record.createdAt)
        updatedAt = RESTTimestamp.text(record.updatedAt)
    }
}

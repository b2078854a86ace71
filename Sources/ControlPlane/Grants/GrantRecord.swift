import Entitlements
import Foundation
import Postgres

extension PayloadType: PostgresEncodable, PostgresDecodable {}
extension GrantScope: PostgresEncodable, PostgresDecodable {}
extension GrantAccess: PostgresEncodable, PostgresDecodable {}
extension Subject.Kind: PostgresEncodable, PostgresDecodable {}

/// A grant as the database has it.
struct GrantRecord: Sendable, Hashable {
    /// Its id.
    var id: UUID
    /// What it is about.
    var payloadType: PayloadType
    /// Which one of them; for payloads with a table of their own its id in lower case.
    var payloadID: String
    /// How wide it reaches.
    var scope: GrantScope
    /// Whom it is for.
    var subject: Subject
    /// Name of whom it is for: a group's name, else the id.
    var subjectName: String
    /// Whether it gives or takes.
    var access: GrantAccess
    /// Its weight among grants of the same scope.
    var priority: Int
    /// What people note about it.
    var note: String?
    /// The group whose list of awareness grants holds it; nil for grants of other payloads.
    var groupID: UUID?
    /// When it was made.
    var createdAt: Date

    /// What decisions are made from.
    var grant: Grant {
        Grant(
            id: id.text,
            payloadType: payloadType,
            payloadID: payloadID,
            scope: scope,
            subject: subject,
            access: access,
            priority: priority,
            createdAt: Int64((createdAt.timeIntervalSince1970 * 1000).rounded())
        )
    }

    /// The columns, of `grants` as `g` and of the group it is for as `target`.
    static let columns = """
        g.id, g.payload_type, g.payload_id, g.scope, g.subject_type, g.subject_id, coalesce(target.name, g.subject_id) as subject_name,
        g.access, g.priority, g.note, g.group_id, g.created_at
        """
}

extension GrantRecord {
    /// A grant from its row.
    init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            payloadType: try row.decode("payload_type"),
            payloadID: try row.decode("payload_id"),
            scope: try row.decode("scope"),
            subject: try Subject(try row.decode("subject_type"), id: try row.decode("subject_id")),
            subjectName: try row.decode("subject_name"),
            access: try row.decode("access"),
            priority: try row.decode("priority"),
            note: try row.decode("note"),
            groupID: try row.decode("group_id"),
            createdAt: try row.decode("created_at")
        )
    }
}

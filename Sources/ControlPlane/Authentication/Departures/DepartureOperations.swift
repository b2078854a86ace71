import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Schema

/// Somebody who is to have nothing any more.
struct DepartureOrder: Decodable, Sendable, Hashable, SchemaDescribing {
    var person: String

    static var schemaName: String? { "DepartureOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "person": SchemaNote(
            "Who: user:ISSUER|SUBJECT as the audit trail and owners of tokens have it, or the address, in upper or lower case.",
            pattern: "^[^\\s\\x00-\\x1F\\x7F]+$",
            minLength: 1,
            maxLength: 512
        )
    ]
}

/// What has ended.
struct DepartureAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var person: String
    var sessions: Int
    var accessTokens: Int
    var deviceGrants: Int

    static var schemaName: String? { "Departure" }
    static let schemaNotes: [String: SchemaNote] = [
        "person": "Who was named.", "sessions": "How many sessions have ended.",
        "accessTokens":
            "How many access tokens have ended: those that stood for the person, those the person has made, and what was made with them.",
        "deviceGrants": "How many logins of command lines have ended that had not got their token.",
    ]
}

/// Ends at once whatever a person can come in with.
struct DepartureOperations: Sendable {
    let writer: MutationWriter

    /// All of them.
    var operations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/auth/departures",
                    id: "endPersonAccess",
                    summary: "End every session and access token of a person",
                    description:
                        "At once and everywhere. It keeps nobody from logging in again: that is the identity provider's to say. Keys of programs are "
                        + "their organisation's, and stay. Repeating it ends nothing more.",
                    tag: "Authentication",
                    access: .administering,
                    headers: [.idempotencyKey],
                    errors: Refusals.mutating
                ),
                body: DepartureOrder.self,
                answer: .ok(DepartureAnswer.self, "What has ended.")
            ) { order, context in
                try await writer.write(context) { transaction, _ in
                    let answer = try await Self.end(order.person, in: transaction)
                    let after = try JSON(encoding: answer)
                    return Mutation(
                        Reply(answer),
                        audit: context.audit(
                            "AccessEnded",
                            "Person/\(order.person)",
                            message: "ended everything by which \(order.person) could come in.",
                            after: after
                        )
                    )
                }
            }
        ]
    }

    /// Takes the turn to let people in, or to end what they can come in with, until the transaction ends.
    static func takeTurn(of people: Set<String>, in transaction: PostgresTransaction) async throws {
        for id in people.sorted() {
            _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(id), 1))")
        }
    }

    private static func end(_ person: String, in transaction: PostgresTransaction) async throws -> DepartureAnswer {
        // An address may have stood for several people; each of them is meant.
        let address = person.lowercased()
        let known = try await transaction.query(
            """
            select 'user:' || issuer || '|' || subject as id from sessions where lower(email) = \(address)
            union select owner from access_tokens where lower(email) = \(address)
            union select owner from device_grants where lower(email) = \(address) and owner is not null
            union select owner from access_tokens where lower(owner) = \(address) and owner not like 'user:%'
            """
        ).map { try $0.decode("id", as: String.self) }
        let people = known + [person]
        // A login, or a token's making, that is under way is waited for, and one that begins now waits.
        try await takeTurn(of: Set(people), in: transaction)
        let sessions = try await transaction.execute(
            "delete from sessions where 'user:' || issuer || '|' || subject = any(\(people)::text[])"
        )
        let grants = try await transaction.execute("delete from device_grants where owner = any(\(people)::text[])")
        let tokens = try await transaction.query(
            """
            with recursive ended as (
                select id from access_tokens where owner = any(\(people)::text[]) or maker = any(\(people)::text[])
                union
                select child.id from access_tokens child join ended on child.parent_id = ended.id
            )
            delete from access_tokens where id in (select id from ended) returning id
            """
        ).count
        return DepartureAnswer(person: person, sessions: sessions, accessTokens: tokens, deviceGrants: grants)
    }
}

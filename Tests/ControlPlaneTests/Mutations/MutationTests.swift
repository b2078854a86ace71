import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import LocalPostgres
import Logging
import NIOConcurrencyHelpers
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct MutationTests {
    private struct Note: Codable, Sendable, Hashable { var text: String }
    private struct Refused: Error {}

    private static func context(
        _ body: JSON? = ["a": 1],
        key: String? = nil,
        principal: String = "p",
        operation: String = "addNote",
        query: [(name: String, value: String)] = [],
        ifMatch: String? = nil
    ) -> OperationContext {
        var headers = HTTPFields()
        headers[.idempotencyKey] = key
        headers[.ifMatch] = ifMatch
        return OperationContext(
            operationID: operation,
            requestID: "r",
            principal: Principal(subject: principal, roles: [], method: "m"),
            headers: headers,
            path: "/notes",
            query: query,
            body: body,
            logger: Logger(label: "x")
        )
    }

    private func withNotes(_ body: @escaping @Sendable (PostgresPool, NIOLockedValueBox<Date>) async throws -> Void) async throws {
        try await withTestDatabase { configuration in
            let logger = Logger(label: "mutations") { _ in SwiftLogNoOpLogHandler() }
            let pool = PostgresPool(configuration: configuration, options: .init(maximumConnections: 8), logger: logger)
            try await ProjectionSchema.migrate(pool, logger: logger)
            try await pool.execute("create table notes (id bigint generated always as identity, text text not null)")
            try await body(pool, NIOLockedValueBox(Date(timeIntervalSince1970: 1_800_000_000)))
            await pool.shutdown()
        }
    }

    /// Adds a note and answers with it.
    private func add(
        _ pool: PostgresPool,
        _ time: NIOLockedValueBox<Date>,
        _ context: OperationContext,
        keepsAnswer: Bool = true,
        patience: Duration = .seconds(3),
        refusing: Bool = false
    ) async throws -> Reply<Note> {
        let writer = MutationWriter(pool: pool, patience: patience, now: { time.withLockedValue { $0 } })
        return try await writer.write(context) { transaction, _ in
            let row = try await transaction.first("insert into notes (text) values ('n') returning id::text")
            if refusing { throw Refused() }
            let note = Note(text: try row?.decode(0, as: String.self) ?? "")
            var reply = Reply(note, tag: EntityTag("v" + note.text))
            reply.status = .created
            return Mutation(
                reply,
                audit: context.audit("Created", "Note/\(note.text)", message: "made a note."),
                keepsAnswer: keepsAnswer
            )
        }
    }

    private func count(_ pool: PostgresPool, _ table: String) async throws -> Int {
        try await pool.first("select count(*) from \(unescaped: table)")?.decode(0, as: Int.self) ?? -1
    }

    private func code(_ work: () async throws -> Reply<Note>) async -> String? {
        do {
            _ = try await work()
            return nil
        } catch { return (error as? OperationError)?.code ?? "\(type(of: error))" }
    }

    @Test func aKeyHasOneEffectAndOneAnswer() async throws {
        try await withNotes { pool, time in
            let first = try await add(pool, time, Self.context(key: "k"))
            let again = try await add(pool, time, Self.context(key: "k"))
            #expect(first.value == again.value && again.status == .created && again.headers[.eTag] == first.headers[.eTag])
            #expect(try await count(pool, "notes") == 1)
            #expect(try await count(pool, "audit_entries") == 1)
            // Without a key, with another one, of another caller or operation it is another write.
            _ = try await add(pool, time, Self.context())
            _ = try await add(pool, time, Self.context())
            _ = try await add(pool, time, Self.context(key: "l"))
            _ = try await add(pool, time, Self.context(key: "k", principal: "q"))
            _ = try await add(pool, time, Self.context(key: "k", operation: "other"))
            #expect(try await count(pool, "notes") == 6)
            #expect(try await count(pool, "audit_entries") == 6)
        }
    }

    @Test func aKeyStandsForOneRequest() async throws {
        try await withNotes { pool, time in
            _ = try await add(pool, time, Self.context(["a": 1, "b": 2], key: "k"))
            let others = [
                Self.context(["a": 2, "b": 2], key: "k"), Self.context(nil, key: "k"),
                Self.context(["a": 1, "b": 2], key: "k", query: [("x", "1")]), Self.context(["a": 1, "b": 2], key: "k", ifMatch: "\"v1\""),
            ]
            for other in others { #expect(await code { try await add(pool, time, other) } == "IDEMPOTENCY_KEY_REUSED") }
            #expect(await code { try await add(pool, time, Self.context(["b": 2, "a": 1], key: "k")) } == nil)
            #expect(await code { try await add(pool, time, Self.context(key: String(repeating: "k", count: 256))) } == "VALIDATION_ERROR")
            #expect(try await count(pool, "notes") == 1)
        }
    }

    @Test func ofManyAtOnceOneHappens() async throws {
        try await withNotes { pool, time in
            let answers = try await withThrowingTaskGroup(of: Note.self) { group in
                for _ in 0..<12 { group.addTask { try await add(pool, time, Self.context(key: "k")).value } }
                return try await group.reduce(into: Set<Note>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            #expect(try await count(pool, "notes") == 1)
            #expect(try await count(pool, "audit_entries") == 1)
        }
    }

    @Test func aRefusalLeavesNothing() async throws {
        try await withNotes { pool, time in
            #expect(await code { try await add(pool, time, Self.context(key: "k"), refusing: true) } == "Refused")
            for table in ["notes", "audit_entries", "idempotency_keys"] { #expect(try await count(pool, table) == 0) }
            _ = try await add(pool, time, Self.context(key: "k"))
            #expect(try await count(pool, "notes") == 1)
        }
    }

    @Test func answersWithSecretsAreNotKept() async throws {
        try await withNotes { pool, time in
            _ = try await add(pool, time, Self.context(key: "k"), keepsAnswer: false)
            #expect(await code { try await add(pool, time, Self.context(key: "k"), keepsAnswer: false) } == "ANSWER_NOT_KEPT")
            #expect(try await count(pool, "notes") == 1)
        }
    }

    @Test func keysAreForgottenAfterTheirTime() async throws {
        try await withNotes { pool, time in
            _ = try await add(pool, time, Self.context(key: "k"))
            _ = try await add(pool, time, Self.context(key: "l"))
            time.withLockedValue { $0 += 86_399 }
            let writer = MutationWriter(pool: pool, now: { time.withLockedValue { $0 } })
            try await writer.forget()
            _ = try await add(pool, time, Self.context(key: "k"))
            #expect(try await count(pool, "notes") == 2)
            time.withLockedValue { $0 += 1 }
            _ = try await add(pool, time, Self.context(["other": true], key: "k"))
            #expect(try await count(pool, "notes") == 3, "the key is free again, whether it has been swept or not")
            try await writer.forget()
            #expect(try await count(pool, "idempotency_keys") == 1)
        }
    }

    @Test func whoWaitsTooLongIsTold() async throws {
        try await withNotes { pool, time in
            try await pool.withTransaction { transaction in
                try await transaction.execute("lock table notes in exclusive mode")
                let told = await code { try await add(pool, time, Self.context(key: "k"), patience: .milliseconds(50)) }
                #expect(told == "WRITE_IN_PROGRESS")
            }
            #expect(await code { try await add(pool, time, Self.context(key: "k")) } == nil)
        }
    }

    @Test func anAbsentDatabaseIsToldAsSuch() async throws {
        let logger = Logger(label: "mutations") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(
            configuration: try PostgresConfiguration("postgres://127.0.0.1:1/none"),
            options: .init(maximumConnections: 1, acquireTimeout: .milliseconds(200), connectTimeout: .milliseconds(200)),
            logger: logger
        )
        #expect(await code { try await add(pool, NIOLockedValueBox(Date()), Self.context(key: "k")) } == "DATABASE_UNAVAILABLE")
        await pool.shutdown()
    }
}

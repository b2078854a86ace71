import AuditChain
import Foundation
import Observability
import Postgres
import Projection
import SealedSecrets
import Testing

@testable import ControlPlane

/// What somebody does to the trail who can write to the database past every trigger, and what is found.
@Suite struct AuditTamperingTests {
    /// What is done, and what is found: with the keys, and without.
    private static let cases: [(name: String, statements: [String], found: String, foundWithoutKeys: String)] = [
        ("nothing", [], "whole", "whole"),
        ("another actor", ["update audit_entries set actor = 'eve' where id = 5"], "changed 5", "changed 5"),
        (
            "another state, equal as a number", ["update audit_entries set before = '{\"name\": \"t5\", \"number\": 1.50}' where id = 5"],
            "changed 5", "changed 5"
        ),
        ("a microsecond", ["update audit_entries set at = at + interval '1 microsecond' where id = 5"], "changed 5", "changed 5"),
        ("no tenant", ["update audit_entries set tenant = null where id = 5"], "changed 5", "changed 5"),
        ("back to pending", ["update audit_entries set outcome = 'pending' where id = 5"], "changed 5", "changed 5"),
        ("an entry less", ["delete from audit_entries where id = 5"], "deleted 5", "deleted 5"),
        ("a link less", ["delete from audit_chain where sequence = 5"], "deleted 5", "deleted 5"),
        ("both less", ["delete from audit_entries where id = 5", "delete from audit_chain where sequence = 5"], "deleted 5", "deleted 5"),
        (
            "both less, and the gap closed",
            [
                "delete from audit_entries where id = 5", "delete from audit_chain where sequence = 5",
                "update audit_chain set sequence = sequence + 100 where sequence > 5",
                "update audit_chain set sequence = sequence - 101 where sequence > 100",
            ],
            "reordered 5", "reordered 5"
        ),
        (
            "the beginning less", ["delete from audit_entries where id <= 3", "delete from audit_chain where sequence <= 3"], "deleted 1",
            "deleted 1"
        ),
        (
            "the beginning less, with an anchor",
            [
                "insert into audit_anchors (sequence, digest, removed, removed_at) select 3, digest, 3, now() from audit_chain where sequence = 3",
                "delete from audit_entries where id <= 3", "delete from audit_chain where sequence <= 3",
            ],
            "forged 4", "whole"
        ),
        ("everything less", ["delete from audit_entries", "delete from audit_chain"], "whole", "whole"),
        (
            "an entry more",
            [
                "insert into audit_entries (at, actor, request_id, action, resource, message, outcome) values (now(), 'a', 'r', 'x', 'y', 'm', 'failed')"
            ],
            "inserted entry 11", "inserted entry 11"
        ),
        (
            "two links changed places",
            [
                "update audit_chain set sequence = 100 where sequence = 5", "update audit_chain set sequence = 5 where sequence = 7",
                "update audit_chain set sequence = 7 where sequence = 100",
            ],
            "reordered 5", "reordered 5"
        ),
        (
            "two entries changed places",
            [
                "update audit_chain set entry_id = 100 where entry_id = 5", "update audit_chain set entry_id = 5 where entry_id = 7",
                "update audit_chain set entry_id = 7 where entry_id = 100",
            ],
            "changed 5", "changed 5"
        ),
        ("a link without its code", ["update audit_chain set key_id = null, code = null where sequence = 5"], "forged 5", "forged 5"),
        (
            "a code of another link",
            ["update audit_chain set code = (select code from audit_chain where sequence = 4) where sequence = 5"], "forged 5", "whole"
        ),
        ("another digest", ["update audit_chain set digest = sha256(digest) where sequence = 5"], "changed 5", "changed 5"),
        ("another digest before", ["update audit_chain set previous = sha256(previous) where sequence = 5"], "reordered 5", "reordered 5"),
        (
            "another time of sealing", ["update audit_chain set sealed_at = sealed_at - interval '1 day' where sequence = 5"], "changed 5",
            "changed 5"
        ),
    ]

    private static let saved = ["audit_entries", "audit_chain", "audit_anchors", "audit_unsealed"]

    @Test func everyTamperingIsFound() async throws {
        let ring = try Trail.ring("k1")
        try await withTrail(keys: ring) { trail in
            try await trail.fill(10)
            let whole = try await trail.verify()
            #expect(whole.links == 10 && whole.standing == .authentic && whole.authenticatedTo == 10 && whole.waiting == 0)
            try await trail.tamper(Self.saved.map { "create table saved_\($0) as table \($0)" })
            for (name, statements, found, foundWithoutKeys) in Self.cases {
                try await trail.tamper(statements)
                #expect(try await trail.found() == found, "\(name)")
                #expect(try await trail.found(.some(nil)) == foundWithoutKeys, "\(name), without keys")
                try await trail.tamper(
                    Self.saved.flatMap {
                        ["delete from \($0)", "insert into \($0) overriding system value select * from saved_\($0)"]
                    }
                )
            }
            // What was cut off at its end is missed by who knows where that was.
            try await trail.tamper(["delete from audit_entries where id > 6", "delete from audit_chain where sequence > 6"])
            #expect(try await trail.found() == "whole")
            #expect(try await trail.verify(expected: [whole.head]).finding?.kind == .deleted)
        }
    }

    /// The whole chain is made anew, right in itself, by somebody with the rights on the database, without the keys, or with others.
    @Test func aChainMadeAnewNeedsTheKeys() async throws {
        let ring = try Trail.ring("k1")
        try await withTrail(keys: ring) { trail in
            try await trail.fill(10)
            let head = try await trail.verify().head
            func makeAnew(_ ring: SealingKeyring?) async throws {
                try await trail.tamper([
                    "update audit_entries set actor = 'eve' where id = 4", "delete from audit_chain",
                    "insert into audit_unsealed (entry_id, part) select id, 'ended' from audit_entries order by id",
                ])
                #expect(try await Trail(pool: trail.pool, ring: ring, now: trail.now).sealer().seal() == 10)
            }
            try await makeAnew(nil)
            #expect(try await trail.found(.some(nil)) == "whole", "this is why there are keys")
            #expect(try await trail.found() == "forged 10")
            // A key of the same name, and one of another.
            let other = try SealingKeyring(current: SealingKey(id: "k1", material: .init((0..<32).map { UInt8($0) &* 3 })))
            try await makeAnew(other)
            #expect(try await trail.found() == "forged 1")
            try await makeAnew(try Trail.ring("k9"))
            let report = try await trail.verify()
            #expect(report.finding == nil && report.standing == .unknownKey("k9") && report.authenticatedTo == nil, "not told to be whole")
            #expect(try await trail.verify(expected: [head]).finding?.kind == .forged)
        }
    }

    @Test func whatIsDoneBeforeItIsSealedIsFoundAsFarAsItCanBe() async throws {
        try await withTrail { trail in
            try await trail.fill(3)
            let gone = try await trail.write("gone")
            try await trail.tamper(["delete from audit_entries where id = \(gone)"])
            #expect(try await trail.found() == "deleted entry \(gone)", "its note is there")
            #expect(try await trail.sealer().seal() == 0, "and stays")
            #expect(try await trail.found() == "deleted entry \(gone)", "and stays")
            try await trail.tamper(["delete from audit_unsealed"])
            let hidden = try await trail.write("hidden")
            try await trail.tamper(["delete from audit_unsealed"])
            #expect(try await trail.found() == "inserted entry \(hidden)")
            // One that takes time, settled past the trigger.
            try await trail.tamper(["delete from audit_entries where id = \(hidden)"])
            let begun = try await trail.write("begun", outcome: .pending)
            try await trail.sealer().seal()
            #expect(try await trail.found() == "whole")
            try await trail.tamper(["update audit_entries set outcome = 'failed' where id = \(begun)"])
            #expect(try await trail.found() == "changed entry \(begun)")
        }
    }

    @Test func theDatabaseRefusesEveryChange() async throws {
        try await withTrail(keys: try Trail.ring("k1")) { trail in
            try await trail.fill(4)
            try await trail.pool.execute(
                "insert into audit_anchors (sequence, digest, removed, removed_at) values (1, \(PostgresBytes(AuditLink.genesis)), 1, now())"
            )
            // As anybody, and as the sweep: it may remove what an anchor stands for, and nothing else.
            let always = [
                "update audit_entries set actor = 'eve'", "update audit_entries set outcome = 'failed'", "truncate audit_entries",
                "update audit_chain set sealed_at = now()", "update audit_chain set entry_id = 9", "truncate audit_chain",
                "update audit_anchors set removed = 9", "truncate audit_anchors", "delete from audit_anchors",
                "delete from audit_entries where id = 2", "delete from audit_chain where sequence = 2", "delete from audit_entries",
                "delete from audit_chain",
            ]
            let otherwise = ["delete from audit_entries where id = 1", "delete from audit_chain where sequence = 1"]
            for (setting, statements) in [("", always + otherwise), ("sweep", always)] {
                for statement in statements {
                    await #expect(throws: PostgresError.self, "\(setting) \(statement)") {
                        try await trail.pool.withTransaction { transaction in
                            try await transaction.execute("select set_config('opencrane.retention', \(setting), true)")
                            try await transaction.execute("\(unescaped: statement)")
                        }
                    }
                }
            }
            #expect(try await trail.count("audit_entries") == 4)
            #expect(try await trail.count("audit_chain") == 4)
        }
    }
}

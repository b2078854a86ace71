import Foundation
import HTTPOperations
import HTTPTypes
import LocalPostgres
import Logging
import NIOConcurrencyHelpers
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct APIKeyAuthenticatorTests {
    /// Clocks that a test sets.
    private final class Clocks: Sendable {
        private let passed = NIOLockedValueBox(0.0)
        private let start = (date: Date(timeIntervalSince1970: 1_800_000_000), instant: ContinuousClock.now)
        func advance(_ seconds: Double) { passed.withLockedValue { $0 += seconds } }
        var date: Date { start.date.addingTimeInterval(passed.withLockedValue { $0 }) }
        var instant: ContinuousClock.Instant { start.instant + .seconds(passed.withLockedValue { $0 }) }
    }

    private static func headers(key: String? = nil, token: String? = nil) -> HTTPFields {
        var headers = HTTPFields()
        if let key { headers[.apiKey] = key }
        if let token { headers[.authorization] = "Bearer \(token)" }
        return headers
    }

    private func withKeys(_ body: @escaping @Sendable (PostgresPool, Clocks) async throws -> Void) async throws {
        try await withTestDatabase { configuration in
            let logger = Logger(label: "api-keys") { _ in SwiftLogNoOpLogHandler() }
            let pool = PostgresPool(configuration: configuration, options: .init(maximumConnections: 2), logger: logger)
            try await ProjectionSchema.migrate(pool, logger: logger)
            try await body(pool, Clocks())
            await pool.shutdown()
        }
    }

    private func replica(_ pool: PostgresPool, _ clocks: Clocks) -> APIKeyAuthenticator {
        APIKeyAuthenticator(
            keys: APIKeyRepository(pool: pool),
            logger: Logger(label: "api-keys") { _ in SwiftLogNoOpLogHandler() },
            now: { clocks.date },
            instant: { clocks.instant }
        )
    }

    private func store(_ pool: PostgresPool, _ clocks: Clocks, expiresIn seconds: Double? = nil) async throws -> APIKey {
        let key = APIKey(id: UUID(), secret: (0..<32).map { _ in UInt8.random(in: .min ... .max) })
        let record = APIKeyRecord(
            id: key.id,
            number: 0,
            organization: "org_a",
            customerID: "c1",
            name: "n",
            role: .member,
            scopes: ["instances:read"],
            secretHash: key.hash,
            createdBy: "x",
            createdAt: clocks.date,
            expiresAt: seconds.map { clocks.date.addingTimeInterval($0) }
        )
        try await pool.withTransaction { try await APIKeyRepository.insert(record, in: $0) }
        return key
    }

    private func revoke(_ pool: PostgresPool, _ key: APIKey, _ clocks: Clocks) async throws {
        let date = clocks.date
        try await pool.execute("update api_keys set revoked_at = \(date) where id = \(key.id)")
    }

    @Test func saysWhoItIs() async throws {
        try await withKeys { pool, clocks in
            let replica = replica(pool, clocks)
            let key = try await store(pool, clocks)
            let principal = try #require(try await replica.authenticate(Self.headers(key: key.text), from: "1.1.1.1"))
            #expect(principal.subject == "api-key:\(key.id.uuidString.lowercased())" && principal.method == "api-key")
            #expect(principal.roles == [.organizationMember] && principal.organization == "org_a" && principal.customer == "c1")
            #expect(principal.scopes == ["instances:read"])
            #expect(try await replica.authenticate(Self.headers(token: key.text)) == principal)
            // What is no key is somebody else's to judge.
            #expect(try await replica.authenticate([:]) == nil)
            #expect(try await replica.authenticate(Self.headers(token: "another-token")) == nil)
        }
    }

    @Test func aBadKeyIsNotMadeGoodByAnotherCredential() async throws {
        try await withKeys { pool, clocks in
            let replica = replica(pool, clocks)
            let key = try await store(pool, clocks)
            let token = String(repeating: "t", count: 32)
            let admin = try StaticTokenAuthenticator(token: token, principal: Principal(subject: "s", roles: [], method: "m"))
            let chain = AuthenticatorChain([replica, admin])
            #expect(try await chain.authenticate(Self.headers(token: token), from: nil)?.subject == "s")
            for bad in ["", "x", key.text + "x", "\(key.text), \(key.text)"] {
                await #expect(throws: OperationError.self) { try await chain.authenticate(Self.headers(key: bad, token: token), from: nil) }
            }
        }
    }

    @Test func revocationReachesEveryReplicaWithinTenSeconds() async throws {
        try await withKeys { pool, clocks in
            let replicas = (0..<3).map { _ in replica(pool, clocks) }
            let key = try await store(pool, clocks)
            for replica in replicas { #expect(try await replica.authenticate(Self.headers(key: key.text)) != nil) }
            clocks.advance(1)
            try await revoke(pool, key, clocks)
            replicas[0].forget(key.id)
            await #expect(throws: OperationError.self) { try await replicas[0].authenticate(Self.headers(key: key.text)) }
            #expect(try await replicas[1].authenticate(Self.headers(key: key.text)) != nil, "believed for a moment")
            clocks.advance(9)
            for replica in replicas {
                let error = await #expect(throws: OperationError.self) { try await replica.authenticate(Self.headers(key: key.text)) }
                #expect(error?.status == .unauthorized)
            }
        }
    }

    @Test func expiryIsToTheMoment() async throws {
        try await withKeys { pool, clocks in
            let replica = replica(pool, clocks)
            let key = try await store(pool, clocks, expiresIn: 3)
            #expect(try await replica.authenticate(Self.headers(key: key.text)) != nil)
            clocks.advance(2.9)
            #expect(try await replica.authenticate(Self.headers(key: key.text)) != nil)
            clocks.advance(0.2)
            await #expect(throws: OperationError.self) { try await replica.authenticate(Self.headers(key: key.text)) }
        }
    }

    @Test func guessingIsLimitedByAddressAndKeepsNobodyElseOut() async throws {
        try await withKeys { pool, clocks in
            let replica = replica(pool, clocks)
            let (known, fresh) = (try await store(pool, clocks), try await store(pool, clocks))
            #expect(try await replica.authenticate(Self.headers(key: known.text), from: "1.1.1.1") != nil)
            func status(_ key: String, from address: String?) async -> Int {
                do { return try await replica.authenticate(Self.headers(key: key), from: address) == nil ? 0 : 200 } catch {
                    return (error as? OperationError)?.status.code ?? -1
                }
            }
            var statuses: [Int] = []
            for number in 0..<25 {
                let guess =
                    number % 2 == 0 ? "guess-\(number)" : APIKey(id: fresh.id, secret: Array(repeating: UInt8(number), count: 32)).text
                statuses.append(await status(guess, from: "1.1.1.1"))
            }
            #expect(statuses == Array(repeating: 401, count: 20) + Array(repeating: 429, count: 5))
            #expect(await status(fresh.text, from: "1.1.1.1") == 429, "nobody can tell it from a guess without looking")
            #expect(await status(known.text, from: "1.1.1.1") == 200, "it was good before")
            #expect(await status(fresh.text, from: "2.2.2.2") == 200)
            #expect(await status("guess", from: nil) == 401)
            clocks.advance(6)
            #expect(await status(known.text, from: "1.1.1.1") == 200, "read again, and still let in")
            #expect(await status(fresh.text, from: "1.1.1.1") == 200, "the limit is over after a while")
        }
    }

    @Test func usesAreNotedAtMostOnceAMinute() async throws {
        try await withKeys { pool, clocks in
            let replicas = (0..<2).map { _ in replica(pool, clocks) }
            let key = try await store(pool, clocks)
            func lastUsed() async throws -> Date? { try await APIKeyRepository(pool: pool).find(key.id)?.lastUsedAt }
            let start = clocks.date
            for _ in 0..<3 {
                for replica in replicas { _ = try await replica.authenticate(Self.headers(key: key.text)) }
                #expect(try await lastUsed() == start)
                clocks.advance(19)
            }
            clocks.advance(3)
            for replica in replicas { _ = try await replica.authenticate(Self.headers(key: key.text)) }
            #expect(try await lastUsed() == start.addingTimeInterval(60))
        }
    }

    @Test func anAbsentDatabaseIsNoWrongKey() async throws {
        let pool = PostgresPool(
            configuration: try PostgresConfiguration("postgres://127.0.0.1:1/none"),
            options: .init(maximumConnections: 1, acquireTimeout: .milliseconds(200), connectTimeout: .milliseconds(200)),
            logger: Logger(label: "api-keys") { _ in SwiftLogNoOpLogHandler() }
        )
        let replica = replica(pool, Clocks())
        let key = APIKey(id: UUID(), secret: Array(repeating: 7, count: 32))
        for _ in 0..<25 {
            let error = await #expect(throws: OperationError.self) {
                try await replica.authenticate(Self.headers(key: key.text), from: "1.1.1.1")
            }
            #expect(error?.status == .serviceUnavailable && error?.code == "DATABASE_UNAVAILABLE", "it is not counted as a guess")
        }
        await pool.shutdown()
    }
}

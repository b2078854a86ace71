import Foundation
import HTTPOperations
import HTTPTypes
import Logging
import Testing

@testable import ControlPlane

/// Random numbers that are the same in every run.
private struct Sequence64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct APIKeyRuleTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func key(_ generator: inout Sequence64) -> APIKey {
        let bytes = (0..<48).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let id = bytes.prefix(16)
        let uuid = UUID(uuid: id.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) })
        return APIKey(id: uuid, secret: Array(bytes.suffix(32)))
    }

    private func record(_ key: APIKey, _ change: (inout APIKeyRecord) -> Void = { _ in }) -> APIKeyRecord {
        var record = APIKeyRecord(
            id: key.id,
            number: 1,
            organization: "org_a",
            name: "n",
            role: .admin,
            scopes: ["instances:read"],
            secretHash: key.hash,
            createdBy: "x",
            createdAt: Self.start
        )
        change(&record)
        return record
    }

    @Test func whatIsMadeIsReadAndNothingElseIs() throws {
        var generator = Sequence64(state: 7)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ =+/.\u{0}ä")
        for _ in 0..<300 {
            let key = key(&generator)
            #expect(key.text.utf8.count == 85 && APIKey(key.text) == key)
            #expect(!key.description.contains(key.text.suffix(43)) && !"\(key)".contains(key.text.suffix(43)))
            let record = record(key)
            #expect(record.accepts(key, now: Self.start))
            // One character changed, taken away, added: it is no key, or one that is not good.
            var text = Array(key.text)
            let place = Int.random(in: 0..<text.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                let other = try #require(alphabet.randomElement(using: &generator))
                if text[place] == other { continue }
                text[place] = other
            case 1: text.remove(at: place)
            default: text.insert(try #require(alphabet.randomElement(using: &generator)), at: place)
            }
            if let other = APIKey(String(text)) { #expect(!record.accepts(other, now: Self.start), "\(String(text))") }
        }
    }

    @Test(arguments: [
        "", "ock_live_", "ock_live__", "hc_live_" + String(repeating: "a", count: 76), String(repeating: "ock_live_", count: 10),
        "ock_live_" + String(repeating: "A", count: 32) + "_" + String(repeating: "a", count: 43),
        "ock_live_" + String(repeating: "a", count: 32) + "-" + String(repeating: "a", count: 43),
        "ock_live_" + String(repeating: "a", count: 32) + "_" + String(repeating: "a", count: 44),
        "ock_live_" + String(repeating: "a", count: 32) + "_" + String(repeating: "a", count: 42) + "=",
        "ock_live_" + String(repeating: "a", count: 32) + "_" + String(repeating: "a", count: 42) + "\u{0}",
        String(repeating: "x", count: 100_000),
    ])
    func malformedKeysAreNone(_ text: String) { #expect(APIKey(text) == nil) }

    @Test func sameIsSame() {
        #expect(APIKey.isSame("", "") && APIKey.isSame("ab", "ab"))
        for (left, right) in [("a", ""), ("ab", "aB"), ("ab", "abc"), ("ab", "ac")] { #expect(!APIKey.isSame(left, right)) }
    }

    @Test func aKeyIsGoodFromItsMakingToItsEnd() {
        var generator = Sequence64(state: 1)
        let (current, before, other) = (key(&generator), key(&generator), key(&generator))
        func good(_ presented: APIKey, after seconds: Double = 0, _ change: (inout APIKeyRecord) -> Void = { _ in }) -> Bool {
            record(current, change).accepts(presented, now: Self.start.addingTimeInterval(seconds))
        }
        #expect(good(current) && !good(other) && !good(before))
        let ending: (inout APIKeyRecord) -> Void = { $0.expiresAt = Self.start.addingTimeInterval(10) }
        #expect(good(current, after: 9.9, ending) && !good(current, after: 10, ending))
        #expect(!good(current) { $0.revokedAt = Self.start.addingTimeInterval(100) }, "once revoked, whatever the clock says")
        let rotated: (inout APIKeyRecord) -> Void = {
            $0.previous = .init(hash: before.hash, expiresAt: Self.start.addingTimeInterval(60))
        }
        #expect(good(before, after: 59, rotated) && good(current, after: 59, rotated))
        #expect(!good(before, after: 60, rotated) && good(current, after: 60, rotated) && !good(other, rotated))
        #expect(
            !good(before, after: 5) {
                rotated(&$0)
                $0.expiresAt = Self.start
            }
        )
        #expect(
            !good(before) {
                rotated(&$0)
                $0.revokedAt = Self.start
            }
        )
    }

    @Test func theCacheBelievesForAShortTimeAndIsBounded() {
        var generator = Sequence64(state: 2)
        let key = key(&generator)
        let begin = ContinuousClock.now
        var cache = APIKeyCache(lifetime: .seconds(5), capacity: 3)
        #expect(cache.find(key.hash, now: begin) == .unknown)
        let record = record(key)
        cache.remember(record, for: key.hash, readAt: begin)
        #expect(cache.find(key.hash, now: begin + .milliseconds(4999)) == .fresh(record))
        #expect(cache.find(key.hash, now: begin + .seconds(5)) == .stale)
        for number in 1...10 {
            let other = self.key(&generator)
            cache.remember(self.record(other), for: other.hash, readAt: begin + .seconds(number))
            #expect(cache.count <= 3)
        }
        #expect(cache.find(key.hash, now: begin) == .unknown, "the oldest goes first")
        cache.remember(record, for: key.hash, readAt: begin + .seconds(20))
        cache.remember(record, for: "another", readAt: begin + .seconds(20))
        cache.forget(id: key.id)
        #expect(cache.find(key.hash, now: begin) == .unknown && cache.find("another", now: begin) == .unknown)
    }

    @Test func usesAreNotedOnceInAMinute() {
        var generator = Sequence64(state: 3)
        let key = key(&generator)
        var cache = APIKeyCache()
        cache.remember(record(key), for: key.hash, readAt: .now)
        var noted: [Double] = []
        for second in stride(from: 0.0, through: 200, by: 10)
        where cache.use(key.hash, now: Self.start.addingTimeInterval(second), atMostEvery: 60) { noted.append(second) }
        #expect(noted == [0, 60, 120, 180])
    }

    @Test func nobodyGivesWhatTheyDoNotHave() throws {
        var generator = Sequence64(state: 4)
        let key = key(&generator)
        func manager(_ principal: Principal, organization: String? = nil) throws -> APIKeyManager {
            var headers = HTTPFields()
            if let organization { headers[try #require(HTTPField.Name("X-OpenCrane-Organization"))] = organization }
            return try APIKeyManager(
                OperationContext(
                    operationID: "x",
                    requestID: "x",
                    principal: principal,
                    headers: headers,
                    path: "/",
                    query: [],
                    logger: Logger(label: "x")
                )
            )
        }
        func code(_ work: () throws -> Void) -> String? {
            do {
                try work()
                return nil
            } catch { return (error as? OperationError)?.code }
        }
        let platform = Principal(subject: "p", roles: [.platformAdmin], method: "m")
        let admin = Principal(
            subject: "a",
            roles: [.organizationAdmin],
            method: "m",
            organization: "org_a",
            scopes: ["api-keys:write", "instances:read"]
        )
        var bound = admin
        bound.customer = "c1"
        func order(_ scopes: [APIKeyScope], customer: String? = nil, expires: String? = nil) -> APIKeyOrder {
            APIKeyOrder(name: "n", role: .member, scopes: scopes, customerID: customer, expiresAt: expires)
        }
        func made(_ manager: APIKeyManager, _ order: APIKeyOrder) throws -> APIKeyRecord {
            try manager.record(order, key: key, createdBy: "x", now: Self.start)
        }
        #expect(try made(manager(platform, organization: "org_b"), order([.deleteInstances])).organization == "org_b")
        #expect(code { _ = try made(manager(platform), order([.readInstances])) } == "VALIDATION_ERROR")
        #expect(code { _ = try manager(admin, organization: "org_a") } == "FORBIDDEN")
        #expect(code { _ = try manager(Principal(subject: "x", roles: [.organizationAdmin], method: "m")) } == "FORBIDDEN")
        #expect(try made(manager(admin), order([.readInstances], customer: "c2")).customerID == "c2")
        #expect(code { _ = try made(manager(admin), order([.readInstances, .writeInstances])) } == "SCOPE_NOT_HELD")
        #expect(try made(manager(bound), order([.readInstances])).customerID == "c1")
        #expect(code { _ = try made(manager(bound), order([.readInstances], customer: "c2")) } == "OTHER_CUSTOMER")
        // An administrator is never one customer's; and what is the platform's or a person's is no organisation.
        for (manager, customer) in [(try manager(admin), "c1"), (try manager(bound), nil)] as [(APIKeyManager, String?)] {
            var asked = order([.readInstances], customer: customer)
            asked.role = .admin
            #expect(code { _ = try made(manager, asked) } == "VALIDATION_ERROR")
        }
        for name in ["platform", "Platform", "user:bob@x.example", "USER:"] {
            #expect(code { _ = try made(manager(platform, organization: name), order([.readInstances])) } == "VALIDATION_ERROR", "\(name)")
        }
        for text in ["2027-01-15T08:00:00Z", "2020-01-01T00:00:00Z", "2027-01-15T08:00:00.000+00:00"] {
            #expect(code { _ = try made(manager(admin), order([.readInstances], expires: text)) } == "VALIDATION_ERROR", "\(text)")
        }
        for text in ["2027-01-15T08:00:01Z", "2027-01-15T08:00:00.5Z", "2027-01-15T09:00:01+01:00", "2027-01-15t08:00:01z"] {
            #expect(code { _ = try made(manager(admin), order([.readInstances], expires: text)) } == nil, "\(text)")
        }

        let mine = record(key)
        #expect(try manager(admin).requireOwn(mine) == mine && manager(platform).requireOwn(mine) == mine)
        #expect(code { _ = try manager(admin).requireOwn(nil) } == "API_KEY_NOT_FOUND")
        #expect(code { _ = try manager(admin).requireOwn(record(key) { $0.organization = "org_b" }) } == "API_KEY_NOT_FOUND")
        #expect(code { _ = try manager(platform, organization: "org_b").requireOwn(mine) } == "API_KEY_NOT_FOUND")
        #expect(code { _ = try manager(bound).requireOwn(mine) } == "OTHER_CUSTOMER")
        let next = self.key(&generator)
        func rotate(_ record: APIKeyRecord) throws -> APIKeyRecord {
            try manager(admin).rotated(record, to: next, grace: 30, now: Self.start)
        }
        #expect(try rotate(mine).previous == .init(hash: key.hash, expiresAt: Self.start.addingTimeInterval(30)))
        #expect(try manager(admin).rotated(mine, to: next, grace: 0, now: Self.start).previous == nil)
        #expect(code { _ = try rotate(record(key) { $0.scopes = ["instances:delete"] }) } == "SCOPE_NOT_HELD")
        #expect(code { _ = try rotate(record(key) { $0.revokedAt = Self.start }) } == "API_KEY_ENDED")
        #expect(code { _ = try rotate(record(key) { $0.expiresAt = Self.start }) } == "API_KEY_ENDED")
    }
}

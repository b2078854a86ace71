import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct AccessTokenTests {
    /// A token of somebody else than the platform's administrator.
    private func token(
        _ stage: Stage,
        owner: String,
        roles: Set<Role> = [.viewer],
        scopes: Set<String> = ["read", "write"],
        expires: TimeInterval = 3600,
        parent: UUID? = nil
    ) async throws -> (text: String, id: UUID) {
        let token = AccessToken(secret: OpaqueSecret.randomBytes(32))
        let record = AccessTokenRecord(
            id: UUID(),
            secretHash: token.hash,
            parentID: parent,
            name: "n",
            owner: owner,
            createdBy: owner,
            roles: roles,
            scopes: scopes,
            createdAt: Date(),
            expiresAt: Date().addingTimeInterval(expires)
        )
        try await stage.pool.withTransaction { try await AccessTokenRepository.insert(record, now: Date(), in: $0) }
        return (token.text, record.id)
    }

    @Test func isMadeShownOnceUsedListedAndDeleted() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/access-tokens", ["name": "ci"])
            #expect(made.status == 201)
            let text = try #require(made.body["plainTextToken"]?.stringValue)
            let id = try #require(made.body["id"]?.stringValue)
            #expect(AccessToken(text) != nil && text.utf8.count == 47)
            // It is the caller.
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 200)
            let me = try await stage.send(.GET, "/auth/me", token: text).body
            #expect(
                me["authenticated"] == true && me[at: ["user", "sub"]] == "static-token" && me[at: ["user", "method"]] == "access-token"
            )
            let list = try await stage.send(.GET, "/access-tokens").body
            #expect(list[0]?["id"]?.stringValue == id && list[0]?["owner"] == "static-token" && list[0]?["name"] == "ci")
            #expect(list[0]?["roles"] == ["platform-admin"] && list[0]?["scopes"] == ["read", "write"])
            #expect(list[0]?["lastUsedAt"]?.stringValue != nil)
            let used = try await stage.rows("select last_used_at::text from access_tokens")
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 200)
            #expect(try await stage.rows("select last_used_at::text from access_tokens") == used, "noted once in a minute")
            // Only its hash is anywhere.
            let kept = try await stage.rows(
                "select row_to_json(a)::text from access_tokens a union all select row_to_json(e)::text from audit_entries e"
            ).joined()
            #expect(!kept.contains(text.dropFirst(4)) && kept.contains(OpaqueSecret.hash(text)))
            #expect(!list.text().contains(text.dropFirst(4)) && !list.text().contains(OpaqueSecret.hash(text)))
            #expect(try await stage.send(.DELETE, "/access-tokens/\(id)").status == 204)
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 401)
            let again = try await stage.send(.DELETE, "/access-tokens/\(id)")
            #expect(again.status == 404 && again.code == "TOKEN_NOT_FOUND")
            #expect(
                try await stage.rows("select action || ' ' || actor from audit_entries where resource = \("AccessToken/\(id)") order by id")
                    == ["Created static-token", "Deleted static-token"]
            )
        }
    }

    @Test func endsByDefaultAndWhenItIsTold() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/access-tokens", [:])
            let end = try Date(
                try #require(made.body["expiresAt"]?.stringValue),
                strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            )
            #expect(abs(end.timeIntervalSinceNow - 90 * 86_400) < 60)
            #expect(try await stage.send(.GET, "/access-tokens").body[0]?["name"] == "default")
            for (text, fields) in [
                ("2020-01-01T00:00:00Z", ["expiresAt"]), ("tomorrow", ["expiresAt"]), ("2999-01-01T00:00:00Z", ["expiresAt"]),
            ] {
                let answer = try await stage.send(.POST, "/access-tokens", ["expiresAt": .string(text)])
                #expect(answer.status == 422 && answer.fields == fields)
            }
            let (over, _) = try await token(stage, owner: "user:a", expires: -1)
            #expect(try await stage.send(.GET, "/tenants", token: over).status == 401)
            #expect(try await stage.send(.GET, "/access-tokens").body.arrayValue?.count == 1)
        }
    }

    @Test func nobodySeesOrDeletesWhatIsSomebodyElses() async throws {
        try await withStage { stage in
            let (ada, adaID) = try await token(stage, owner: "user:ada")
            let (bob, bobID) = try await token(stage, owner: "user:bob")
            func ids(_ token: String) async throws -> Set<String> {
                Set(try await stage.send(.GET, "/access-tokens", token: token).body.arrayValue?.compactMap { $0["id"]?.stringValue } ?? [])
            }
            let both = Set([adaID, bobID].map { $0.uuidString.lowercased() })
            #expect(try await ids(ada) == [adaID.uuidString.lowercased()])
            #expect(try await ids(Stage.token) == both)
            let foreign = try await stage.send(.DELETE, "/access-tokens/\(bobID.uuidString)", token: ada)
            let missing = try await stage.send(.DELETE, "/access-tokens/\(UUID().uuidString)", token: ada)
            #expect(foreign.status == 404 && foreign.body == missing.body)
            #expect(try await ids(bob) == [bobID.uuidString.lowercased()])
            #expect(try await stage.send(.DELETE, "/access-tokens/\(bobID.uuidString)").status == 204)
            #expect(try await stage.send(.GET, "/access-tokens", token: nil).status == 401)
        }
    }

    @Test func neverHasMoreThanItsMaker() async throws {
        try await withStage { stage in
            let (viewer, id) = try await token(stage, owner: "user:ada", roles: [.viewer, .owner], expires: 1000)
            func make(_ order: JSON, _ token: String) async throws -> Stage.Answer {
                try await stage.send(.POST, "/access-tokens", order, token: token)
            }
            #expect(try await make(["owner": "user:bob"], viewer).code == "OTHER_OWNER")
            #expect(try await make(["roles": ["platform-admin"]], viewer).code == "ROLE_NOT_HELD")
            #expect(try await make(["roles": ["viewer", "customer-admin"]], viewer).status == 403)
            #expect(try await make(["roles": ["root"]], viewer).status == 422)
            // Not for longer than the token it is made with, and ending with it.
            let later = RESTTimestamp.text(Date().addingTimeInterval(2000))
            #expect(try await make(["expiresAt": .string(later)], viewer).fields == ["expiresAt"])
            let child = try await make(["roles": ["viewer"], "scopes": ["read"]], viewer)
            let text = try #require(child.body["plainTextToken"]?.stringValue)
            #expect(
                try await stage.rows(
                    "select (bool_and(c.expires_at <= p.expires_at))::text from access_tokens c join access_tokens p on c.parent_id = p.id"
                ) == ["true"]
            )
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 200)
            let write = try await make([:], text)
            #expect(write.status == 403 && write.code == "INSUFFICIENT_SCOPE")
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: text).code == "INSUFFICIENT_SCOPE")
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: viewer).code == "FORBIDDEN")
            #expect(try await stage.send(.DELETE, "/access-tokens/\(id.uuidString)").status == 204)
            #expect(try await stage.send(.GET, "/tenants", token: text).status == 401)
            // An administrator may make tokens for others, with any role.
            let other = try await make(["owner": "user:bob", "roles": ["viewer"]], Stage.token)
            let bob = try #require(other.body["plainTextToken"]?.stringValue)
            #expect(try await stage.send(.GET, "/auth/me", token: bob).body[at: ["user", "sub"]] == "user:bob")
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: bob).status == 403)
        }
    }

    /// A token for somebody else gives nothing that its maker has not named, and whoever makes it is in the trail of what it does.
    @Test func aTokenForSomebodyElseIsTheLeast() async throws {
        try await withStage { stage in
            let made = try await stage.send(.POST, "/access-tokens", ["name": "n", "owner": "user:https://idp.test|bob"])
            #expect(made.status == 201, "\(made.body.text())")
            let text = try #require(made.body["plainTextToken"]?.stringValue)
            #expect(try await stage.send(.GET, "/access-tokens").body[0]?["roles"] == ["owner"])
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: text).status == 403)
            let named = try await stage.send(
                .POST,
                "/access-tokens",
                ["name": "n", "owner": "user:https://idp.test|bob", "roles": ["platform-admin"]]
            )
            let strong = try #require(named.body["plainTextToken"]?.stringValue)
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant, token: strong).status == 201)
            let child = try await stage.send(.POST, "/access-tokens", ["name": "child"], token: strong)
            #expect(child.status == 201)
            let told = "user:https://idp.test|bob (by a credential that static-token made)"
            let messages = try await stage.rows(
                """
                select message from audit_entries where actor = 'user:https://idp.test|bob' and resource like 'AccessToken/%'
                """
            )
            #expect(messages.count == 1 && messages.allSatisfy { $0.hasPrefix(told) }, "\(messages)")
            #expect(try await stage.rows("select maker from access_tokens where name = 'child'") == ["static-token"])
        }
    }

    /// Whoever administers the platform no more leaves nothing behind: neither tokens for others, nor what was made with those.
    @Test func whatItsMakerHasLostATokenHasLost() async throws {
        try await withStage { stage in
            let ada = "user:https://idp.test|ada"
            let (own, _) = try await token(stage, owner: ada, roles: [.platformAdmin, .owner])
            func made(_ order: JSON, _ token: String) async throws -> String {
                let answer = try await stage.send(.POST, "/access-tokens", order, token: token)
                #expect(answer.status == 201, "\(answer.body.text())")
                return try #require(answer.body["plainTextToken"]?.stringValue)
            }
            let foreign = try await made(["owner": "user:https://idp.test|bob", "roles": ["platform-admin"]], own)
            let child = try await made(["name": "child"], foreign)
            for token in [own, foreign, child] { #expect(try await stage.send(.GET, "/tenants", token: token).status == 200) }
            func logIn(_ roles: Set<Role>) async throws {
                let person = Person(
                    issuer: "https://idp.test",
                    subject: "ada",
                    email: "ada@corp.test",
                    name: nil,
                    groups: [],
                    roles: roles,
                    organization: nil
                )
                try await stage.pool.withTransaction { try await AccessTokenRepository.restrict(to: person, now: Date(), in: $0) }
            }
            try await logIn([.platformAdmin, .owner])
            for token in [own, foreign, child] { #expect(try await stage.send(.GET, "/groups", token: token).status == 200) }
            try await logIn([.owner])
            for token in [foreign, child] { #expect(try await stage.send(.GET, "/groups", token: token).status == 401) }
            let left = try await stage.send(.GET, "/access-tokens", token: own)
            #expect(left.body.arrayValue?.map { $0["roles"] } == [["owner"]])
        }
    }

    /// Tokens of people who do not come any more rest, and those that are too old are over, whatever their makers have asked for.
    @Test func tokensRestAndEnd() async throws {
        try await withStage(configure: { $0.authentication.tokenLimits = AccessTokenLimits(longest: 10 * 86_400, rest: 5 * 86_400) }) {
            stage in
            let ada = "user:https://idp.test|ada"
            let (text, _) = try await token(stage, owner: ada, expires: 3000 * 86_400)
            func status() async throws -> Int { try await stage.send(.GET, "/tenants", token: text).status }
            #expect(try await status() == 200, "nobody knows of a login")
            func loggedIn(daysAgo days: Int) async throws {
                try await stage.pool.execute(
                    """
                    insert into person_logins (person, logged_in_at) values (\(ada), \(Date() - Double(days) * 86_400))
                    on conflict (person) do update set logged_in_at = excluded.logged_in_at
                    """
                )
            }
            try await loggedIn(daysAgo: 6)
            #expect(try await status() == 401)
            try await loggedIn(daysAgo: 4)
            #expect(try await status() == 200, "good again after a login")
            try await stage.pool.execute("update access_tokens set created_at = now() - interval '11 days'")
            #expect(try await status() == 401)
            let later = RESTTimestamp.text(Date().addingTimeInterval(11 * 86_400))
            #expect(try await stage.send(.POST, "/access-tokens", ["expiresAt": .string(later)]).fields == ["expiresAt"])
            // Whoever has neither tokens nor sessions is forgotten; who has some is not.
            try await loggedIn(daysAgo: 1000)
            let keeper = AuthenticationKeeper(pool: stage.pool, idle: 1800, logger: .init(label: "t"), now: { Date() })
            try await keeper.forget()
            #expect(try await stage.rows("select person from person_logins") == [ada])
            try await stage.pool.execute("delete from access_tokens")
            try await keeper.forget()
            #expect(try await stage.rows("select person from person_logins").isEmpty)
        }
    }

    /// Whoever has to be out at once is: sessions, tokens, those made for others, those made with them, command lines that wait for theirs.
    @Test func somebodyIsOutAtOnce() async throws {
        try await withStage { stage in
            let (ada, bob) = ("user:https://idp.test|ada", "user:https://idp.test|bob")
            let (first, _) = try await token(stage, owner: ada, roles: [.platformAdmin])
            let (others, _) = try await token(stage, owner: bob)
            let foreign = try await stage.send(.POST, "/access-tokens", ["owner": "user:machine"], token: first)
            #expect(foreign.status == 201)
            try await stage.pool.execute(
                """
                insert into sessions (id_hash, issuer, subject, email, groups, roles, created_at, seen_at, expires_at)
                values (repeat('a', 64), 'https://idp.test', 'ada', 'Ada@corp.test', '{}', '{}', now(), now(), now() + interval '1 hour'),
                    (repeat('b', 64), 'https://idp.test', 'bob', 'bob@corp.test', '{}', '{}', now(), now(), now() + interval '1 hour')
                """
            )
            #expect(try await stage.send(.POST, "/auth/departures", ["person": .string(ada)], token: others).status == 403)
            let ended = try await stage.send(.POST, "/auth/departures", ["person": "ada@CORP.test"])
            #expect(ended.status == 200, "\(ended.body.text())")
            #expect(ended.body == ["person": "ada@CORP.test", "sessions": 1, "accessTokens": 2, "deviceGrants": 0])
            #expect(try await stage.send(.GET, "/tenants", token: first).status == 401)
            #expect(try await stage.send(.GET, "/tenants", token: others).status == 200)
            #expect(try await stage.rows("select subject from sessions") == ["bob"])
            #expect(try await stage.send(.POST, "/auth/departures", ["person": .string(ada)]).body["accessTokens"] == 0)
            #expect(try await stage.trail("Person/ada@CORP.test") == ["AccessEnded static-token"])
            for wrong in [[:], ["person": ""], ["person": "a b"]] as [JSON] {
                #expect(try await stage.send(.POST, "/auth/departures", wrong).status == 422)
            }
        }
    }

    /// Tokens for an address are found however it was written; of names, which are in no upper or lower case, another is another.
    @Test func tokensForAnAddressEndHoweverItIsWritten() async throws {
        try await withStage { stage in
            let (first, _) = try await token(stage, owner: "Cy@Corp.test")
            let (second, _) = try await token(stage, owner: "cy@corp.test")
            let (third, _) = try await token(stage, owner: "user:https://idp.test|CY")
            let ended = try await stage.send(.POST, "/auth/departures", ["person": "CY@corp.test"])
            #expect(ended.body["accessTokens"] == 2, "\(ended.body.text())")
            for text in [first, second] { #expect(try await stage.send(.GET, "/tenants", token: text).status == 401) }
            #expect(try await stage.send(.POST, "/auth/departures", ["person": "user:https://idp.test|cy"]).body["accessTokens"] == 0)
            #expect(try await stage.send(.GET, "/tenants", token: third).status == 200)
        }
    }

    /// Who makes a token while everything of theirs ends has none afterwards.
    @Test(.timeLimit(.minutes(15))) func aTokenThatIsBeingMadeEndsWithItsMaker() async throws {
        try await withLogins { stage, provider in
            let browser = Browser(provider: provider)
            try await browser.logIn(stage.base, as: "root")
            let csrf = try await browser.token(stage.base)
            let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            let headers = [
                ("Origin", Browser.origin), ("Sec-Fetch-Site", "same-origin"), ("X-CSRF-Token", csrf), ("Cookie", cookie),
            ]
            let root = try #require(try await stage.rows("select 'user:' || issuer || '|' || subject from sessions").first)
            let (bearer, _) = try await token(stage, owner: root, roles: [.platformAdmin])
            let proofs: [(String?, [(String, String)])] = [(nil, headers), (bearer, [])]
            for (bearer, headers) in proofs {
                #expect(try await stage.send(.POST, "/access-tokens", ["name": "a"], token: bearer, headers: headers).status == 201)
            }
            for ((bearer, headers), table) in zip(proofs, ["sessions", "access_tokens"]) {
                let making = try await stage.pool.withTransaction { transaction in
                    // As a departure does that has not ended.
                    try await DepartureOperations.takeTurn(of: [root], in: transaction)
                    let making = Task {
                        try await stage.send(.POST, "/access-tokens", ["name": "b"], token: bearer, headers: headers).status
                    }
                    try await Stage.waitForSomebodyInLine(transaction)
                    try await transaction.execute("delete from \(unescaped: table)")
                    return making
                }
                // On a slow machine it may have been told to come again.
                let status = try await making.value
                #expect(status == 401 || status == 409, "\(table)")
            }
            #expect(try await stage.rows("select name from access_tokens").isEmpty)
        }
    }

    @Test func repetitionsMakeOneAndShowItOnce() async throws {
        try await withStage { stage in
            let headers = [("Idempotency-Key", "k")]
            let first = try await stage.send(.POST, "/access-tokens", ["name": "a"], headers: headers)
            #expect(first.status == 201)
            #expect(try await stage.send(.POST, "/access-tokens", ["name": "a"], headers: headers).code == "ANSWER_NOT_KEPT")
            #expect(try await stage.send(.POST, "/access-tokens", ["name": "b"], headers: headers).code == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await stage.rows("select name from access_tokens") == ["a"])
        }
    }

    @Test func listsComeInPagesAndOwnersAreBounded() async throws {
        try await withStage { stage in
            try await stage.pool.execute(
                """
                insert into access_tokens (id, secret_hash, name, owner, created_by, maker, roles, scopes, created_at, expires_at)
                select gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), 'k' || n, 'static-token', 'x', 'x', '{}', '{read}', now(),
                    now() + interval '1 day' from generate_series(1, 100) n order by n
                """
            )
            let pages = try await stage.pages("/access-tokens?limit=40")
            #expect(pages.map(\.count) == [40, 40, 20])
            #expect(pages.joined().compactMap { $0["name"]?.stringValue } == (1...100).reversed().map { "k\($0)" })
            #expect(try await stage.send(.GET, "/access-tokens?cursor=x").status == 400)
            let full = try await stage.send(.POST, "/access-tokens", [:])
            #expect(full.status == 409 && full.code == "ACCESS_TOKEN_LIMIT")
        }
    }

    @Test func guessingIsSlowAndKeepsNobodyOut() async throws {
        try await withStage { stage in
            let (good, _) = try await token(stage, owner: "user:ada")
            #expect(try await stage.send(.GET, "/tenants", token: good).status == 200)
            var statuses: [Int] = []
            for _ in 0..<22 {
                let wrong = AccessToken(secret: OpaqueSecret.randomBytes(32)).text
                statuses.append(try await stage.send(.GET, "/tenants", token: wrong).status)
            }
            #expect(statuses.prefix(20).allSatisfy { $0 == 401 } && statuses.last == 429)
            #expect(try await stage.send(.GET, "/tenants", token: good).status == 200)
        }
    }

    @Test func whatIsNoTokenIsNone() {
        let good = AccessToken(secret: Array(repeating: 7, count: 32)).text
        #expect(AccessToken(good) != nil)
        for bad in ["", "ocp_", good.dropLast() + "", good + "A", good.dropLast() + "!", good.replacing("ocp_", with: "ock_"), " " + good] {
            #expect(AccessToken(String(bad)) == nil, "\(bad)")
        }
        #expect("\(AccessToken(secret: Array(repeating: 7, count: 32)))" == "access token")
    }
}

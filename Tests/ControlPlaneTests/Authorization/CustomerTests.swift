import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Postgres
import Projection
import Testing

@testable import ControlPlane

/// What the administrators of a customer, and the owners of tenants, see and change.
@Suite struct CustomerTests {
    /// A token of somebody, made by the platform's administrator and put in place of a person's.
    private func token(
        _ stage: Stage,
        _ roles: Set<Role>,
        organization: String? = nil,
        email: String? = nil,
        subject: String = "user:https://id.example|1"
    ) async throws -> String {
        let token = AccessToken(secret: OpaqueSecret.randomBytes(32))
        let record = AccessTokenRecord(
            id: UUID(),
            secretHash: token.hash,
            name: "n",
            owner: subject,
            createdBy: subject,
            roles: roles,
            scopes: ["read", "write"],
            organization: organization,
            email: email,
            createdAt: Date(),
            expiresAt: Date().addingTimeInterval(36_000)
        )
        try await stage.pool.withTransaction { try await AccessTokenRepository.insert(record, now: Date(), in: $0) }
        return token.text
    }

    private func withCustomers(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        try await withStage { stage in
            for customer in ["corp", "other"] {
                let made = try await stage.send(.POST, "/cluster-tenants", ["name": .string(customer), "displayName": .string(customer)])
                #expect(made.status == 201, "\(made.body.text())")
            }
            for policy in ["base", "theirs", "nobodys"] {
                #expect(try await stage.send(.POST, "/policies", ["name": .string(policy)]).status == 201)
            }
            try await stage.makeRunning("mia", ["clusterTenantRef": "corp", "policyRef": "base", "team": "ops"])
            try await stage.makeRunning("leo", ["clusterTenantRef": "other", "policyRef": "theirs", "team": "finance"])
            try await stage.makeRunning("root")
            try await body(stage)
        }
    }

    private static func order(_ name: String, customer: String?, _ more: JSON = [:]) -> JSON {
        var body: JSON = ["name": .string(name), "displayName": "N", "email": "n@corp.example"]
        if let customer { body["clusterTenantRef"] = .string(customer) }
        for (member, value) in more.objectValue ?? [:] { body[member] = value }
        return body
    }

    @Test func aCustomersAdministratorIsConfinedToTheCustomer() async throws {
        try await withCustomers { stage in
            let corp = try await token(stage, [.customerAdmin, .owner], organization: "corp")
            func status(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> Int {
                try await stage.send(method, path, body, token: corp).status
            }
            func code(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> String? {
                try await stage.send(method, path, body, token: corp).code
            }
            for name in ["leo", "root", "nobody"] {
                #expect(try await status(.GET, "/tenants/\(name)") == 404)
                #expect(try await code(.PUT, "/tenants/\(name)", ["displayName": "X"]) == "TENANT_NOT_FOUND")
                #expect(try await code(.POST, "/tenants/\(name)/suspend") == "TENANT_NOT_FOUND")
                #expect(try await code(.DELETE, "/tenants/\(name)") == "TENANT_NOT_FOUND")
                // Nor does the version tell.
                let tagged = try await stage.send(
                    .PUT,
                    "/tenants/\(name)",
                    ["displayName": "X"],
                    token: corp,
                    headers: [("If-Match", "\"1\"")]
                )
                #expect(tagged.status == 404)
            }
            #expect(try await status(.PUT, "/tenants/mia", ["displayName": "Mia M."]) == 200)
            #expect(try await status(.POST, "/tenants/mia/suspend") == 200)

            // Whose a tenant is does not change by the administrator of one of the two, nor is one made for others.
            #expect(try await code(.PUT, "/tenants/mia", ["clusterTenantRef": "other"]) == "OTHER_CUSTOMER")
            #expect(try await code(.PUT, "/tenants/mia", ["clusterTenantRef": .null]) == "OTHER_CUSTOMER")
            for customer in ["other", "nosuch", nil] {
                #expect(try await code(.POST, "/tenants", Self.order("new", customer: customer)) == "OTHER_CUSTOMER")
            }
            #expect(try await status(.POST, "/tenants", Self.order("new", customer: "corp", ["team": "ops", "policyRef": "base"])) == 201)
            #expect(try await stage.object(.tenant, "leo")?.json[at: ["spec", "displayName"]] == "leo")
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "clusterTenantRef"]] == "corp")
            // The platform's administrator moves it.
            #expect(try await stage.send(.PUT, "/tenants/new", ["clusterTenantRef": "other"]).status == 200)
            #expect(try await status(.GET, "/tenants/new") == 404)

            #expect(try await status(.GET, "/cluster-tenants/corp") == 200)
            #expect(try await status(.GET, "/cluster-tenants/other") == 404)
            #expect(try await status(.GET, "/cluster-tenants/other/status") == 404)
            #expect(try await status(.GET, "/policies/base") == 200)
            for policy in ["theirs", "nobodys"] { #expect(try await status(.GET, "/policies/\(policy)") == 404) }
            for (method, path, body) in [
                (.POST, "/policies", ["name": "mine"]), (.PUT, "/policies/base", [:]), (.DELETE, "/policies/base", nil),
            ] as [(HTTPMethod, String, JSON?)] { #expect(try await status(method, path, body) == 403, "\(path)") }
        }
    }

    @Test func teamsAndPoliciesComeFromThePlatform() async throws {
        try await withCustomers { stage in
            let corp = try await token(stage, [.customerAdmin], organization: "corp")
            func fields(_ path: String, _ method: HTTPMethod, _ body: JSON) async throws -> [String] {
                let answer = try await stage.send(method, path, body, token: corp)
                return answer.status == 422 ? answer.fields : ["\(answer.status)"]
            }
            // With another's team a tenant would be entitled to what that has.
            #expect(try await fields("/tenants/mia", .PUT, ["team": "finance"]) == ["team"])
            #expect(try await fields("/tenants/mia", .PUT, ["policyRef": "theirs"]) == ["policyRef"])
            #expect(try await fields("/tenants/mia", .PUT, ["fleet": ["organization": "other"]]) == ["fleet"])
            #expect(try await fields("/tenants", .POST, Self.order("new", customer: "corp", ["team": "finance"])) == ["team"])
            #expect(
                try await fields("/tenants", .POST, Self.order("new", customer: "corp", ["fleet": ["organization": "other"]])) == ["fleet"]
            )
            // Without a team it would not be denied any more what its team is denied.
            #expect(try await fields("/tenants/mia", .PUT, ["team": .null]) == ["team"])
            #expect(try await stage.object(.tenant, "mia")?.json[at: ["spec", "team"]] == "ops")
            #expect(try await fields("/tenants/mia", .PUT, ["team": "ops"]) == ["200"])
            #expect(try await fields("/tenants", .POST, Self.order("bare", customer: "corp")) == ["201"])
            #expect(try await fields("/tenants/bare", .PUT, ["team": .null]) == ["200"])
            #expect(try await fields("/tenants/bare", .PUT, ["team": "ops"]) == ["200"])
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": .null]).status == 200)
            #expect(try await stage.send(.PUT, "/tenants/mia", ["team": "finance"]).status == 200)
            #expect(try await fields("/tenants", .POST, Self.order("new", customer: "corp", ["team": "finance"])) == ["201"])
        }
    }

    /// What a customer's administrator was allowed to write is not written when the tenant is another customer's by then.
    @Test func aTenantThatMovesMeanwhileIsNotWritten() async throws {
        try await withCustomers { stage in
            let corp = try await token(stage, [.customerAdmin], organization: "corp")
            let writes: [(HTTPMethod, String, JSON?)] = [
                (.PUT, "/tenants/mia", ["displayName": "Stolen"]), (.POST, "/tenants/mia/suspend", nil), (.DELETE, "/tenants/mia", nil),
            ]
            for (method, path, body) in writes {
                let before = try #require(try await stage.object(.tenant, "mia"))
                let write = try await stage.pool.withTransaction { transaction in
                    // The write is allowed, and waits for its turn to be recorded.
                    let lock = "\(ProjectedKind.tenant.rawValue)/\(Stage.namespace)/mia"
                    _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
                    let write = Task { try await stage.send(method, path, body, token: corp) }
                    try await Stage.waitForSomebodyInLine(transaction)
                    try await stage.setCustomer(of: "mia", "other")
                    return write
                }
                let refused = try await write.value
                #expect(refused.status == 412 && refused.code == "PRECONDITION_FAILED", "\(method): \(refused.body.text())")
                let after = try #require(try await stage.object(.tenant, "mia"))
                #expect(after.metadata.generation == before.metadata.generation.map { $0 + 1 }, "\(method)")
                #expect(after.metadata.deletionTimestamp == nil)
                try await stage.setCustomer(of: "mia", "corp")
            }
            #expect(try await stage.send(.PUT, "/tenants/mia", ["displayName": "Mia M."], token: corp).status == 200)
        }
    }

    @Test func listsHoldWhatIsSeenAndTheirPagesAreFull() async throws {
        try await withCustomers { stage in
            for number in 1...4 {
                for customer in ["corp", "other"] {
                    let made = try await stage.send(.POST, "/tenants", Self.order("\(customer)-\(number)", customer: customer))
                    #expect(made.status == 201)
                }
            }
            let corp = try await token(stage, [.customerAdmin], organization: "corp")
            func names(_ path: String, _ token: String) async throws -> [[String]] {
                try await stage.pages(path, token: token).map { $0.compactMap { $0["name"]?.stringValue } }
            }
            let tenants = try await names("/tenants?limit=2", corp)
            #expect(tenants.map(\.count) == [2, 2, 1])
            #expect(tenants.flatMap { $0 }.sorted() == ["corp-1", "corp-2", "corp-3", "corp-4", "mia"])
            #expect(try await names("/tenants?clusterTenantRef=other", corp) == [[]])
            #expect(try await names("/cluster-tenants?limit=1", corp) == [["corp"]])
            #expect(try await names("/policies?limit=1", corp) == [["base"]])
            let participation = try await stage.send(.GET, "/awareness/participation?limit=2", token: corp).body
            #expect(participation["total"] == 5 && participation["tenants"]?.arrayValue?.count == 2)
            // An organisation that is no customer, and none at all.
            for organization in ["nosuch", nil] {
                let lost = try await token(stage, [.customerAdmin], organization: organization)
                for path in ["/tenants", "/cluster-tenants", "/policies"] {
                    let seen = try await names(path, lost)
                    #expect(seen == [[]], "\(path)")
                }
                #expect(try await stage.send(.POST, "/tenants", Self.order("x", customer: nil), token: lost).code == "OTHER_CUSTOMER")
            }
        }
    }

    @Test func anOwnerReadsItsTenantAndChangesNothing() async throws {
        try await withCustomers { stage in
            let mia = try await token(stage, [.owner], organization: "elsewhere", email: "Mia@Corp.example")
            for path in ["", "/datasets", "/effective-contract"] {
                #expect(try await stage.send(.GET, "/tenants/mia\(path)", token: mia).status == 200, "\(path)")
                #expect(try await stage.send(.GET, "/tenants/leo\(path)", token: mia).code == "TENANT_NOT_FOUND", "\(path)")
            }
            #expect(try await stage.send(.GET, "/tenants", token: mia).body.arrayValue?.compactMap { $0["name"]?.stringValue } == ["mia"])
            #expect(try await stage.send(.GET, "/awareness/participation", token: mia).body["total"] == 1)
            #expect(try await stage.send(.PUT, "/tenants/mia", ["monthlyBudgetUsd": 1000], token: mia).status == 403)
            // Who administers another customer besides reads the own tenant, and is told that it is not theirs to change.
            let both = try await token(
                stage,
                [.owner, .customerAdmin],
                organization: "other",
                email: "mia@corp.example",
                subject: "user:x|2"
            )
            #expect(try await stage.send(.GET, "/tenants/mia", token: both).status == 200)
            let refused = try await stage.send(.PUT, "/tenants/mia", ["displayName": "X"], token: both)
            #expect(refused.status == 403 && refused.code == "FORBIDDEN")
            // The tenant of somebody who had the address before is not the next one's.
            let uid = try #require(try await stage.object(.tenant, "mia")?.metadata.uid)
            try await stage.pool.execute(
                "insert into tenant_identities (tenant_uid, email, owner, bound_at) values (\(uid), 'mia@corp.example', 'user:x|9', now())"
            )
            #expect(try await stage.send(.GET, "/tenants/mia", token: mia).status == 404)
            #expect(try await stage.send(.GET, "/tenants", token: mia).body == [])
        }
    }

    @Test func aViewerInAnOrganisationReadsWhatEveryViewerReads() async throws {
        try await withCustomers { stage in
            let plain = try await token(stage, [.viewer])
            let member = try await token(stage, [.viewer, .owner], organization: "corp", email: "v@corp.example")
            for path in [
                "/tenants", "/policies", "/cluster-tenants", "/groups", "/third-party-sources", "/ai-budget/accounts", "/ai-budget/global",
                "/token-usage", "/tenants/leo/effective-contract", "/tenants/leo/datasets", "/mcp-servers", "/skills/catalog",
            ] {
                let (one, other) = (try await stage.send(.GET, path, token: plain), try await stage.send(.GET, path, token: member))
                #expect(one.status == 200 && other.status == 200 && one.body == other.body, "\(path): \(one.status) \(other.status)")
            }
        }
    }

    @Test func anAnswerForAnotherCustomerIsNotRepeated() async throws {
        try await withCustomers { stage in
            let before = try await token(stage, [.customerAdmin], organization: "corp")
            let after = try await token(stage, [.customerAdmin], organization: "other")
            let key = [("Idempotency-Key", "k-1")]
            func suspend(_ token: String) async throws -> Stage.Answer {
                try await stage.send(.POST, "/tenants/mia/suspend", token: token, headers: key)
            }
            #expect(try await suspend(before).status == 200)
            #expect(try await suspend(before).status == 200, "the same again")
            // The same person, for another customer.
            let leaked = try await suspend(after)
            #expect(leaked.status == 422 && leaked.code == "IDEMPOTENCY_KEY_REUSED")
            // Somebody else with the same key.
            let stranger = try await token(stage, [.customerAdmin], organization: "other", subject: "user:y|2")
            #expect(try await suspend(stranger).code == "TENANT_NOT_FOUND")
        }
    }

    @Test func onlyThePlatformMakesTokensForOtherOrganisations() async throws {
        try await withCustomers { stage in
            let made = try await stage.send(
                .POST,
                "/access-tokens",
                ["owner": "ci", "roles": ["customer-admin"], "organization": "corp"]
            )
            let ci = try #require(made.body["plainTextToken"]?.stringValue, "\(made.body.text())")
            #expect(try await stage.send(.GET, "/tenants", token: ci).body.arrayValue?.count == 1)
            let own = try await stage.send(.POST, "/access-tokens", ["organization": "corp"], token: ci)
            #expect(own.status == 201)
            let other = try await stage.send(.POST, "/access-tokens", ["organization": "other"], token: ci)
            #expect(other.status == 403 && other.code == "OTHER_OWNER")
            #expect(try await stage.send(.POST, "/access-tokens", ["organization": "a/b"]).fields == ["organization"])
        }
    }
}

extension Stage {
    /// Gives a tenant to a customer, past REST.
    fileprivate func setCustomer(of name: String, _ customer: String) async throws {
        let tenants = client.dynamic(ResourceKind.tenant.resourceType, namespace: Stage.namespace)
        var tenant = try await tenants.get(name)
        tenant.json[at: ["spec", "clusterTenantRef"]] = .string(customer)
        _ = try await tenants.update(tenant)
    }
}

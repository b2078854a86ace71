import Entitlements
import Foundation
import KubernetesClient
import Logging
import Postgres
import Projection
import ServiceLifecycle

/// Tells the retrieval service what tenants may know, whenever that may have changed.
///
/// Entries of ``subjectTopic`` say whom a change concerns; they become entries of ``tenantTopic``, one a tenant. What is told is what holds
/// when it is told, so that entries may be repeated, and one stands for many.
struct RetrievalSync: Sendable {
    /// Keys are `tenant:…`, `department:…`, `group:…`, `everyone:*`, `member:…` (as groups write members), `policy:…` and `user:…`.
    static let subjectTopic = "retrieval.subject"
    /// Keys are names of tenants.
    static let tenantTopic = "retrieval.tenant"

    let retrieval: RetrievalClient
    let pool: PostgresPool
    let tenants: TenantRepository
    let namespace: String
    let entitlements: EntitlementReader

    /// What delivers the entries.
    var handlers: [any OutboxHandler] { [SubjectHandler(sync: self), TenantHandler(sync: self)] }

    private struct SubjectHandler: OutboxHandler {
        let sync: RetrievalSync
        let topic = RetrievalSync.subjectTopic
        let maximumAttempts: Int? = nil
        func deliver(_ entry: OutboxEntry) async throws { try await sync.spread(entry.key) }
    }

    private struct TenantHandler: OutboxHandler {
        let sync: RetrievalSync
        let topic = RetrievalSync.tenantTopic
        let maximumAttempts: Int? = nil
        func deliver(_ entry: OutboxEntry) async throws {
            do {
                try await sync.tell(entry.key)
            } catch let failure as RetrievalFailure where failure.code == .refused {
                // Saying the same again is of no use: what holds is told with the next change, and with everything else now and then.
                throw OutboxRejection(message: "\(failure)")
            }
        }
    }

    /// Announces the tenants that a change concerns, in parts.
    func spread(_ key: String) async throws {
        guard retrieval.isConfigured, let condition = Self.condition(key) else { return }
        var last = ""
        while true {
            let names = try await pool.reads.query(
                """
                select name from tenants
                where namespace = \(namespace) and deleted_at is null and name > \(last) and (\(condition)) order by name limit 500
                """
            ).map { try $0.decode("name", as: String.self) }
            try await OutboxRepository.announce(topic: Self.tenantTopic, keys: names, in: pool)
            guard names.count == 500, let name = names.last else { return }
            last = name
        }
    }

    /// Which tenants a key means; nil for none.
    private static func condition(_ key: String) -> SQL? {
        let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let name = parts[1]
        switch parts[0] {
        case "everyone": return "true"
        case "tenant": return "name = \(name)"
        case "department": return "team = \(name)"
        case "policy": return "policy_ref = \(name) or status->>'effectivePolicyRef' = \(name)"
        case "group":
            guard let id = UUID(uuidString: name) else { return nil }
            return """
                exists (select 1 from group_members m where m.group_id = \(id)
                    and (m.member in (tenants.name, 'tenant:' || tenants.name) or m.member = 'department:' || tenants.team))
                """
        case "member":
            switch GroupMember(parsing: name) {
            case .tenant(let tenant), .named(let tenant): return "name = \(tenant)"
            case .department(let team): return "team = \(team)"
            case .user: return nil
            }
        // Grants for people count where people are: in their sessions.
        default: return nil
        }
    }

    /// Tells the retrieval service what a tenant may know now.
    func tell(_ name: String) async throws {
        guard retrieval.isConfigured else { return }
        guard let row = try await tenants.get(namespace: namespace, name: name), !row.metadata.uid.isEmpty else {
            // It is gone: whoever gets the name next must not find its memberships.
            try await quietly { try await retrieval.put(DatasetMemberships(), of: name) }
            return try await quietly { try await retrieval.put([], of: name) }
        }
        // A write of memberships that is under way is waited for: what it tells comes before what is told here.
        let lock = "tenant-datasets/\(row.metadata.uid)"
        try await pool.withTransaction { transaction in
            _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
            try await retrieval.put(try await DatasetRepository.get(row.metadata.uid, in: transaction), of: name)
        }
        try await retrieval.put(try await entitlements.entitlements(.awareness, of: row), of: name)
    }

    /// A refusal of what is about nobody any more is of no account.
    private func quietly(_ work: () async throws -> Void) async throws {
        do { try await work() } catch let failure as RetrievalFailure where failure.code == .refused { return }
    }
}

/// Has the retrieval service told everything now and then, so that it is right after it has lost something, or is new.
struct RetrievalKeeper: Service {
    let retrieval: RetrievalClient
    let pool: PostgresPool
    /// Time between two times.
    var interval: Duration = .seconds(21_600)
    var time: TimeSource = .system
    let logger: Logger

    /// Keeps until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = interval
                do {
                    try await tellEverything()
                } catch {
                    // Until it has succeeded once, changes may not be announced at all.
                    pause = min(interval, .seconds(30))
                    logger.warning("the retrieval service is not told everything", metadata: ["error": .string("\(error)")])
                }
                do { try await time.sleep(for: pause) } catch { return }
            }
        }
    }

    /// Has everything told; without a service, says that nothing needs to be announced.
    ///
    /// - Throws: `PostgresError`.
    func tellEverything() async throws {
        guard retrieval.isConfigured else {
            try await pool.execute("delete from retrieval_services")
            return
        }
        try await pool.execute("insert into retrieval_services (is_only) values (true) on conflict do nothing")
        try await OutboxRepository.announce(topic: RetrievalSync.subjectTopic, keys: ["everyone:*"], in: pool)
    }
}

/// Reads what tenants are entitled to.
struct EntitlementReader: Sendable {
    let groups: GroupRepository
    let grants: GrantRepository

    /// What a tenant is entitled to, by payload.
    ///
    /// Grants for people do not count for tenants: nobody vouches that the address of a tenant's owner is that of a person.
    ///
    /// - Throws: `PostgresError`.
    func entitlements(_ type: PayloadType, of tenant: TenantRow) async throws -> [Entitlement] {
        let standing = try await groups.standing(tenant: tenant.name, department: tenant.team)
        return try await entitlements(type, of: standing)
    }

    /// What somebody is entitled to, by payload.
    ///
    /// - Throws: `PostgresError`.
    func entitlements(_ type: PayloadType, of standing: Standing) async throws -> [Entitlement] {
        Entitlement.compile(type, from: try await grants.grants(of: type, reaching: standing), for: standing)
    }
}

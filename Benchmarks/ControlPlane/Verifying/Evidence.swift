import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import Postgres

/// What is there in the end.
struct Evidence: Sendable {
    /// A tenant in Kubernetes.
    struct Cluster: Sendable {
        var value: String
        var generation: Int64
        /// The intent that wrote it last.
        var intent: String
    }

    /// A row with what callers write in it.
    struct Row: Sendable {
        var name: String
        var value: String
    }

    /// A write as the database remembers it.
    struct Intent: Sendable {
        var id: String
        var key: String
        var name: String
        var action: String
        var state: String
        var sequence: Int64
    }

    var cluster: [String: Cluster] = [:]
    var tenants: [Row] = []
    var servers: [Row] = []
    var groups: [Row] = []
    var intents: [Intent] = []
    /// Keys of writes that only touch the database, each as often as there is an answer for it.
    var answers: [String] = []
    /// Requests with a success in the trail, each as often as there is one.
    var successes: [String] = []
    /// Entries of the trail that were never settled.
    var pending = 0
    /// Grants of servers and groups.
    var grants = 0

    /// Gathers it.
    ///
    /// - Parameter run: what keys of this run begin with.
    init(_ stage: PlaneStage, run: String) async throws {
        for tenant in try await stage.kubernetes.resource(Tenant.self, namespace: PlaneStage.namespace).listAll().items {
            cluster[tenant.metadata.name] = Cluster(
                value: tenant.spec.displayName,
                generation: tenant.metadata.generation ?? 0,
                intent: tenant.metadata.annotations["opencrane.io/write-intent"] ?? ""
            )
        }
        let pool = stage.pool
        func rows(_ sql: SQL) async throws -> [Row] {
            try await pool.query(sql).map { Row(name: try $0.decode("name"), value: try $0.decode("value")) }
        }
        tenants = try await rows("select name, display_name as value from tenants where deleted_at is null")
        servers = try await rows("select name, description as value from mcp_servers")
        groups = try await rows("select name, coalesce(description, '') as value from groups")
        intents = try await pool.query(
            "select id::text, coalesce(idempotency_key, '') as key, name, action, state, sequence from write_intents order by sequence"
        ).map { row in
            Intent(
                id: try row.decode("id"),
                key: try row.decode("key"),
                name: try row.decode("name"),
                action: try row.decode("action"),
                state: try row.decode("state"),
                sequence: try row.decode("sequence")
            )
        }
        answers = try await pool.query("select key from idempotency_keys where answer_body is not null").decode("key", as: String.self)
        let prefix = "\(run)-%"
        successes = try await pool.query("select request_id from audit_entries where outcome = 'succeeded' and request_id like \(prefix)")
            .decode("request_id", as: String.self)
        pending = try await pool.first("select count(*) from audit_entries where outcome = 'pending'")?.decode(0, as: Int.self) ?? 0
        grants = try await pool.first("select count(*) from grants")?.decode(0, as: Int.self) ?? 0
    }
}

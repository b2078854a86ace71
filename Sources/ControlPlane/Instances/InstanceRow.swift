import Foundation
import JSONValue
import Postgres

/// An instance as PostgreSQL has it. What runs is in the tenant it made; see ``InstanceState``.
struct InstanceRow: Sendable, Hashable {
    /// Why an instance was given up by the control plane.
    struct Failure: Sendable, Hashable {
        /// Stable code: of ``InstanceTroubleCode``.
        var code: String
        /// A sentence for people.
        var message: String
        /// The run of provisioning it is about; nil when there was none.
        var run: Int?
    }

    /// Its id.
    var id: UUID
    /// The id of the task that makes it.
    var taskID: UUID
    /// The organisation it belongs to.
    var organization: String
    /// The customer of the organisation it is for; nil for the organisation's own.
    var customerID: String?
    /// The customer's address.
    var customerEmail: String?
    /// Name of the agent, for people.
    var agentName: String
    /// The key of the order.
    var idempotencyKey: String
    /// Digest of the order.
    var requestHash: String
    /// The region of the catalogue.
    var regionID: String
    /// The tier of the catalogue.
    var tierID: String
    /// The tier's name at the time of the order.
    var tierName: String
    /// The preset of the catalogue.
    var presetID: String
    /// Name of its host and of its tenant; another one once it is deleted.
    var hostname: String
    /// Namespace of its tenant.
    var namespace: String
    /// What its tenant is made from.
    var tenantSpec: JSON
    /// The unique id of its tenant, once that is made.
    var tenantUID: String?
    /// `platform` and `modelPolicy`.
    var agentConfig: JSON
    /// Whether the platform may read its conversations.
    var consentsToDebugAccess: Bool
    /// Who ordered it.
    var actor: String
    /// By which request.
    var requestID: String
    /// What was last seen of it: `stage`, `address`, `machine`, `zone`; for when its tenant is gone.
    var snapshot: JSON
    /// Why the control plane gave it up.
    var failure: Failure?
    /// When it was ordered.
    var createdAt: Date
    /// When the row last changed.
    var updatedAt: Date
    /// When its deletion was asked for.
    var deleteRequestedAt: Date?
    /// When it was gone.
    var deletedAt: Date?
    /// How often the reconciler tried what is due.
    var attempts: Int
    /// Who is at it, as it was taken: see ``InstanceRepository/claim(limit:lease:holder:now:)``.
    var leaseHolder: String?
    /// Why the last attempt failed: a stable code; nil when it did not.
    var lastErrorCode: String?
    /// When it is looked at next; nil for never.
    var dueAt: Date?

    /// When what failed is tried again; nil when nothing did, or somebody is at it.
    var nextAttemptAt: Date? { lastErrorCode != nil && leaseHolder == nil && deletedAt == nil ? dueAt : nil }

    /// How often in a row it was tried without success; nil when it was not.
    var failedAttempts: Int? { lastErrorCode != nil && attempts > 0 ? attempts : nil }

    static let columns = """
        id, task_id, organization, customer_id, customer_email, agent_name, idempotency_key, request_hash, region_id, tier_id, tier_name, \
        preset_id, hostname, namespace, tenant_spec, tenant_uid, agent_config, consent_debug_access, actor, request_id, snapshot, \
        failure_code, failure_message, failure_run, created_at, updated_at, delete_requested_at, deleted_at, attempts, \
        lease_holder, last_error_code, due_at
        """
}

extension InstanceRow {
    init(_ row: PostgresRow) throws {
        let code = try row.decode("failure_code", as: String?.self)
        let message = try row.decode("failure_message", as: String?.self)
        let run = try row.decode("failure_run", as: Int?.self)
        self.init(
            id: try row.decode("id"),
            taskID: try row.decode("task_id"),
            organization: try row.decode("organization"),
            customerID: try row.decode("customer_id"),
            customerEmail: try row.decode("customer_email"),
            agentName: try row.decode("agent_name"),
            idempotencyKey: try row.decode("idempotency_key"),
            requestHash: try row.decode("request_hash"),
            regionID: try row.decode("region_id"),
            tierID: try row.decode("tier_id"),
            tierName: try row.decode("tier_name"),
            presetID: try row.decode("preset_id"),
            hostname: try row.decode("hostname"),
            namespace: try row.decode("namespace"),
            tenantSpec: try row.decode("tenant_spec"),
            tenantUID: try row.decode("tenant_uid"),
            agentConfig: try row.decode("agent_config"),
            consentsToDebugAccess: try row.decode("consent_debug_access"),
            actor: try row.decode("actor"),
            requestID: try row.decode("request_id"),
            snapshot: try row.decode("snapshot"),
            failure: code.map { Failure(code: $0, message: message ?? "", run: run) },
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            deleteRequestedAt: try row.decode("delete_requested_at"),
            deletedAt: try row.decode("deleted_at"),
            attempts: try row.decode("attempts"),
            leaseHolder: try row.decode("lease_holder"),
            lastErrorCode: try row.decode("last_error_code"),
            dueAt: try row.decode("due_at")
        )
    }

    /// Its id as texts have it.
    var idText: String { id.uuidString.lowercased() }
}

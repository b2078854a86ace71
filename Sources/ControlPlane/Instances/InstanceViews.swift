import Foundation
import HTTPOperations
import JSONValue
import Projection
import Schema

/// An instance in a list.
struct InstanceSummaryView: Codable, Sendable, Hashable, SchemaDescribing {
    var agentName: String
    var createdAt: String
    var customerEmail: Nullable<String>
    var hostname: String
    var id: String
    var ipAddress: Nullable<String>
    var presetID: String
    var productTierName: String
    var provider: String
    var regionID: String
    var runtimeType: String
    var status: InstanceStatus
    var workloadType: String

    enum CodingKeys: String, CodingKey {
        case agentName = "agent_name"
        case createdAt = "created_at"
        case customerEmail = "customer_email"
        case hostname
        case id
        case ipAddress = "ip_address"
        case presetID = "preset_id"
        case productTierName = "product_tier_name"
        case provider
        case regionID = "region_id"
        case runtimeType = "runtime_type"
        case status
        case workloadType = "workload_type"
    }

    static var schemaName: String? { "InstanceSummary" }
    static let schemaNotes: [String: SchemaNote] = [
        "agent_name": "Name of the agent, for people.", "created_at": InstanceNotes.createdAt,
        "customer_email": "Address of the customer; null when none is known.", "hostname": InstanceNotes.hostname,
        "id": InstanceNotes.id, "ip_address": InstanceNotes.address, "preset_id": "Preset it was made from.",
        "product_tier_name": "Name of its tier.", "provider": "Who makes its machine.", "region_id": "Region it is in.",
        "runtime_type": InstanceNotes.runtime, "status": "How it is doing.", "workload_type": InstanceNotes.workload,
    ]
}

/// The instances of an organisation.
struct InstanceListAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var instances: [InstanceSummaryView]

    static let schemaNotes: [String: SchemaNote] = ["instances": "The instances that are not deleted, the newest first."]
}

/// An instance in detail.
struct InstanceDetailView: Codable, Sendable, Hashable, SchemaDescribing {
    var agentName: String
    var callbackSeq: Int64
    var callbackStage: Nullable<String>
    var capabilities: [String: Bool]
    var createdAt: String
    var errorMessage: Nullable<String>
    var healthStatus: InstanceHealth
    var hostname: String
    var id: String
    var ipAddress: Nullable<String>
    var presetID: String
    var provider: String
    var provisioningStage: InstanceStage
    var regionID: String
    var runtimeType: String
    var serverTypePlan: String
    var status: InstanceStatus
    var updatedAt: String
    var vpnIP: Nullable<String>
    var workloadType: String
    var attempts: Int?
    var nextAttemptAt: String?

    enum CodingKeys: String, CodingKey {
        case agentName = "agent_name"
        case attempts
        case nextAttemptAt = "next_attempt_at"
        case callbackSeq = "callback_seq"
        case callbackStage = "callback_stage"
        case capabilities
        case createdAt = "created_at"
        case errorMessage = "error_message"
        case healthStatus = "health_status"
        case hostname
        case id
        case ipAddress = "ip_address"
        case presetID = "preset_id"
        case provider
        case provisioningStage = "provisioning_stage"
        case regionID = "region_id"
        case runtimeType = "runtime_type"
        case serverTypePlan = "server_type_plan"
        case status
        case updatedAt = "updated_at"
        case vpnIP = "vpn_ip"
        case workloadType = "workload_type"
    }

    static var schemaName: String? { "Instance" }
    static let schemaNotes: [String: SchemaNote] = [
        "agent_name": "Name of the agent, for people.",
        "callback_seq": SchemaNote("Number of the last report of its machine that was accepted; 0 before the first.", minimum: 0),
        "callback_stage": "What that report was about; null before the first.",
        "capabilities": "What can be done with it now: chat, config, conversations, updates.",
        "created_at": InstanceNotes.createdAt,
        "error_message": "What is wrong with it, or why it is still pending, with a stable code first; else null.",
        "health_status": "How its gateway is doing.",
        "hostname": InstanceNotes.hostname,
        "id": InstanceNotes.id,
        "ip_address": InstanceNotes.address,
        "preset_id": "Preset it was made from.",
        "provider": "Who makes its machine.",
        "provisioning_stage": "How far its making is; only goes forward within a run.",
        "region_id": "Region it is in.",
        "runtime_type": InstanceNotes.runtime,
        "server_type_plan": "Size of its machine in its provider's terms, or its tier where the provider has none.",
        "status": "How it is doing.",
        "updated_at": SchemaNote("When something about it last changed (RFC 3339, UTC).", format: "date-time"),
        "attempts": InstanceNotes.attempts, "next_attempt_at": InstanceNotes.nextAttempt,
        "vpn_ip": "Address in a private network of the platform's own; null, as there is none.",
        "workload_type": InstanceNotes.workload,
    ]
}

/// A line of an instance's log.
struct InstanceLogView: Codable, Sendable, Hashable, SchemaDescribing {
    var createdAt: String
    var level: String
    var message: String
    var seq: Int
    var stage: String

    enum CodingKeys: String, CodingKey {
        case createdAt = "created_at"
        case level
        case message
        case seq
        case stage
    }

    static var schemaName: String? { "InstanceLogLine" }
    static let schemaNotes: [String: SchemaNote] = [
        "created_at": SchemaNote("When it was written (RFC 3339, UTC).", format: "date-time"),
        "level": SchemaNote("How it went.", enum: ["info", "error"]), "message": "For people.",
        "seq": SchemaNote("Number of the line, from 1; it never changes, and later lines have higher ones.", minimum: 1),
        "stage": "What it is about.",
    ]
}

/// The log of an instance.
struct InstanceLogsAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var instanceID: String
    var logs: [InstanceLogView]
    var total: Int

    enum CodingKeys: String, CodingKey {
        case instanceID = "instance_id"
        case logs
        case total
    }

    static let schemaNotes: [String: SchemaNote] = [
        "instance_id": InstanceNotes.id, "logs": "The lines of the page, in order; the first page has the newest.",
        "total": "How many lines there are in all.",
    ]
}

/// How an order is going, by its key. Everything but `found` and `logs` is null while nothing is known of the key.
struct InstanceByKeyAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var bootstrapSeq: Int64
    var bootstrapStage: Nullable<String>
    var errorMessage: Nullable<String>
    var found: Bool
    var hostname: Nullable<String>
    var instanceID: Nullable<String>
    var logs: [InstanceLogView]
    var provisioningStage: Nullable<InstanceStage>
    var status: Nullable<InstanceStatus>

    enum CodingKeys: String, CodingKey {
        case bootstrapSeq = "bootstrap_seq"
        case bootstrapStage = "bootstrap_stage"
        case errorMessage = "error_message"
        case found
        case hostname
        case instanceID = "instance_id"
        case logs
        case provisioningStage = "provisioning_stage"
        case status
    }

    static let schemaNotes: [String: SchemaNote] = [
        "bootstrap_seq": SchemaNote("Number of the machine's last report in the present run; 0 before the first.", minimum: 0),
        "bootstrap_stage": "What that report was about.",
        "error_message": "What is wrong, or why it is still pending, with a stable code first; else null.",
        "found": "Whether an order with this key is known.", "hostname": InstanceNotes.hostname, "instance_id": InstanceNotes.id,
        "logs": "The newest lines of its log, at most 1000, in order.", "provisioning_stage": "How far its making is.",
        "status": "How it is doing.",
    ]
}

/// Meanings that several answers share.
enum InstanceNotes {
    static let id: SchemaNote = "Id of the instance."
    static let hostname: SchemaNote = "Name of its host, and of its tenant."
    static let address: SchemaNote = "Address of its machine; null until it has one."
    static let runtime: SchemaNote = "What runs on it: always expressclaw, an OpenClaw gateway."
    static let workload: SchemaNote = "What it is: always agent."
    static let createdAt = SchemaNote("When it was ordered (RFC 3339, UTC).", format: "date-time")
    static let attempts = SchemaNote("How often in a row it was tried without success; left out when it was not.", minimum: 1)
    static let nextAttempt = SchemaNote(
        "When what failed is tried again by itself; left out when nothing is to be, or somebody is at it (RFC 3339, UTC).",
        format: "date-time"
    )
}

/// An instance and its tenant, as answers show them. Pure.
struct InstanceViews: Sendable {
    /// The instance.
    let row: InstanceRow
    /// What it is at the moment.
    let state: InstanceState

    /// Reads the rows of an instance and its tenant.
    init(_ row: InstanceRow, _ tenant: TenantRow?) {
        self.row = row
        state = InstanceState(row, tenant.map { InstanceTenant($0) })
    }

    private static let runtime = "expressclaw"
    private static let workload = "agent"

    /// What is wrong, or what is waited for.
    private var problem: String? {
        state.trouble?.message ?? state.waitsFor.map { "\($0): it could not be made yet, and is tried again." }
    }

    private var machine: JSON? { row.tenantSpec[at: ["runtime", "machine"]] }

    /// In a list.
    var summary: InstanceSummaryView {
        InstanceSummaryView(
            agentName: row.agentName,
            createdAt: RESTTimestamp.text(row.createdAt),
            customerEmail: Nullable(row.customerEmail),
            hostname: row.hostname,
            id: row.idText,
            ipAddress: Nullable(state.address),
            presetID: row.presetID,
            productTierName: row.tierName,
            provider: machine?["provider"]?.stringValue ?? "",
            regionID: row.regionID,
            runtimeType: Self.runtime,
            status: state.status,
            workloadType: Self.workload
        )
    }

    /// In detail.
    var detail: InstanceDetailView {
        InstanceDetailView(
            agentName: row.agentName,
            callbackSeq: state.callbackSeq,
            callbackStage: Nullable(state.callbackStage),
            capabilities: state.capabilities(consents: row.consentsToDebugAccess),
            createdAt: RESTTimestamp.text(row.createdAt),
            errorMessage: Nullable(problem),
            healthStatus: state.health,
            hostname: row.hostname,
            id: row.idText,
            ipAddress: Nullable(state.address),
            presetID: row.presetID,
            provider: machine?["provider"]?.stringValue ?? "",
            provisioningStage: state.stage,
            regionID: row.regionID,
            runtimeType: Self.runtime,
            serverTypePlan: machine?["machineType"]?.stringValue ?? row.tierID,
            status: state.status,
            updatedAt: RESTTimestamp.text(state.updatedAt),
            vpnIP: Nullable(nil),
            workloadType: Self.workload,
            attempts: row.failedAttempts,
            nextAttemptAt: row.nextAttemptAt.map(RESTTimestamp.text)
        )
    }

    /// By its key.
    func byKey(_ lines: [InstanceLogLine]) -> InstanceByKeyAnswer {
        InstanceByKeyAnswer(
            bootstrapSeq: state.bootstrapSeq,
            bootstrapStage: Nullable(state.bootstrapStage),
            errorMessage: Nullable(problem),
            found: true,
            hostname: Nullable(row.hostname),
            instanceID: Nullable(row.idText),
            logs: lines.map(InstanceLogView.init),
            provisioningStage: Nullable(state.stage),
            status: Nullable(state.status)
        )
    }
}

extension InstanceLogView {
    /// A line.
    init(_ line: InstanceLogLine) {
        self.init(
            createdAt: RESTTimestamp.text(line.createdAt),
            level: line.level,
            message: line.message,
            seq: line.seq,
            stage: line.stage
        )
    }
}

extension InstanceByKeyAnswer {
    /// Nothing is known of the key.
    static let unknown = InstanceByKeyAnswer(
        bootstrapSeq: 0,
        bootstrapStage: Nullable(nil),
        errorMessage: Nullable(nil),
        found: false,
        hostname: Nullable(nil),
        instanceID: Nullable(nil),
        logs: [],
        provisioningStage: Nullable(nil),
        status: Nullable(nil)
    )
}

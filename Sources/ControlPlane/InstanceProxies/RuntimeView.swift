import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import OpenClawGateway
import Schema

/// What an instance's gateway said of itself.
struct RuntimeReport: Sendable, Hashable {
    var version: String
    var nodeVersion: String?
    var uptimeSeconds: Int64?
    var connections: Int64?
    /// The last heartbeat of its agents, in milliseconds since 1970.
    var lastHeartbeat: Int64?
    var skills: [String] = []

    /// Reads the gateway's answers; absent ones say nothing.
    ///
    /// - Parameters:
    ///   - hello: what it said when it let the platform in.
    ///   - health: the answer to `health`.
    ///   - status: the answer to `status`.
    ///   - presence: the answer to `system-presence`.
    ///   - heartbeat: the answer to `last-heartbeat`.
    ///   - skills: the answer to `skills.status`.
    init(hello: GatewayHello, health: JSON, status: JSON? = nil, presence: JSON? = nil, heartbeat: JSON? = nil, skills: JSON? = nil) {
        version = hello.version
        nodeVersion = status?["nodeVersion"]?.stringValue ?? status?[at: ["runtime", "nodeVersion"]]?.stringValue
        // Both times are the gateway's own: its clock may differ from ours.
        if let up = hello.payload[at: ["snapshot", "uptimeMs"]]?.integerValue {
            let issued = hello.payload[at: ["auth", "issuedAtMs"]]?.integerValue
            let since = issued.flatMap { issued in health["ts"]?.integerValue.map { max(0, $0 - issued) } } ?? 0
            uptimeSeconds = max(0, (up + since) / 1000)
        }
        connections = (presence?.arrayValue ?? presence?["presence"]?.arrayValue).map { Int64($0.count) }
        lastHeartbeat = heartbeat?["ts"]?.integerValue
        self.skills = (skills?["skills"]?.arrayValue ?? []).filter {
            $0["eligible"]?.boolValue != false && $0["disabled"]?.boolValue != true
        }
        .compactMap { $0["name"]?.stringValue }.sorted()
    }
}

/// Why the gateway of an instance said nothing.
enum RuntimeError: String, SchemaEnum {
    /// The instance does not run.
    case notReady = "not_ready"
    /// It cannot be reached.
    case unreachable
    /// It did not answer in time.
    case timeout
    /// Its answer could not be understood, or was a refusal.
    case badResponse = "bad_response"
    /// The instance is gone, or about to be.
    case deleted
}

/// How an instance runs, as far as it is known in the state it is in.
struct RuntimeView: Codable, Sendable, Hashable, SchemaDescribing {
    var activeConnections: Nullable<Int64>
    var bootstrapSeq: Int64
    var bootstrapStage: Nullable<String>
    var errorCode: Nullable<String>
    var errorMessage: Nullable<String>
    var healthFailures: Int64
    var healthStatus: InstanceHealth
    var instanceID: String
    var lastHeartbeat: Nullable<String>
    var nodeVersion: Nullable<String>
    var openclawVersion: Nullable<String>
    var provisionLogs: [InstanceLogView]
    var provisioningStage: InstanceStage
    var skillsLoaded: [String]
    var status: InstanceStatus
    var uptimeSeconds: Nullable<Int64>
    var attempts: Int?
    var nextAttemptAt: String?

    enum CodingKeys: String, CodingKey {
        case activeConnections = "active_connections"
        case bootstrapSeq = "bootstrap_seq"
        case bootstrapStage = "bootstrap_stage"
        case errorCode = "error_code"
        case errorMessage = "error_message"
        case healthFailures = "health_failures"
        case healthStatus = "health_status"
        case instanceID = "instance_id"
        case lastHeartbeat = "last_heartbeat"
        case nodeVersion = "node_version"
        case openclawVersion = "openclaw_version"
        case provisionLogs = "provision_logs"
        case provisioningStage = "provisioning_stage"
        case skillsLoaded = "skills_loaded"
        case status
        case uptimeSeconds = "uptime_seconds"
        case attempts
        case nextAttemptAt = "next_attempt_at"
    }

    static var schemaName: String? { "InstanceRuntime" }
    static let schemaNotes: [String: SchemaNote] = [
        "active_connections": "Clients of its gateway; null when it does not say.",
        "bootstrap_seq": "Number of the last report of its machine; 0 before the first.",
        "bootstrap_stage": "What its machine reported last; null before that.",
        "error_code": SchemaNote(
            "What is wrong with the instance, else why its gateway said nothing; null when it did. "
                + (RuntimeError.allCases.map(\.rawValue) + InstanceTroubleCode.allCases.map(\.rawValue)).map { "`\($0)`" }.joined(
                    separator: ", "
                )
                + "."
        ),
        "error_message": "That for people, or what is wrong with the instance; null when nothing is.",
        "health_failures": "Looks in a row at which its gateway did not answer, as far as this control plane made them.",
        "health_status": "How its gateway is doing.", "instance_id": InstanceNotes.id,
        "last_heartbeat": SchemaNote("When an agent last had a heartbeat (RFC 3339, UTC); null when it had none.", format: "date-time"),
        "node_version": "Release of its Node.js; null when it does not say.",
        "openclaw_version": "Release of its gateway; null when it is not known.",
        "provision_logs": "The newest lines of its log, in order.", "provisioning_stage": "How far its making is.",
        "skills_loaded": "Skills its agents can use, as far as the gateway says.", "status": "How it is doing.",
        "attempts": InstanceNotes.attempts, "next_attempt_at": InstanceNotes.nextAttempt,
        "uptime_seconds": "How long its gateway has run; null when it said nothing.",
    ]
}

extension RuntimeView {
    /// What is known of an instance. Pure.
    ///
    /// - Parameters:
    ///   - row: the instance.
    ///   - tenant: its tenant.
    ///   - report: what its gateway said; nil when it said nothing.
    ///   - error: why it said nothing.
    ///   - failures: looks in a row at which it did not answer.
    ///   - lines: the newest lines of its log.
    init(
        _ row: InstanceRow,
        _ tenant: InstanceTenant?,
        report: RuntimeReport?,
        error: (code: RuntimeError, message: String)?,
        failures: Int64,
        lines: [InstanceLogLine]
    ) {
        let state = InstanceState(row, tenant)
        let health: InstanceHealth =
            switch error?.code {
            case .unreachable, .timeout: .unreachable
            case .badResponse: .degraded
            case .notReady, .deleted: state.health
            // It has just answered, whatever the operator saw last.
            case nil: report != nil && state.health == .unreachable ? .healthy : state.health
            }
        self.init(
            activeConnections: Nullable(report?.connections),
            bootstrapSeq: state.bootstrapSeq,
            bootstrapStage: Nullable(state.bootstrapStage),
            errorCode: Nullable(state.trouble?.code ?? error?.code.rawValue),
            errorMessage: Nullable(state.trouble?.message ?? error?.message),
            healthFailures: failures,
            healthStatus: health,
            instanceID: row.idText,
            lastHeartbeat: Nullable(
                report?.lastHeartbeat.map { RESTTimestamp.text(Date(timeIntervalSince1970: Double($0) / 1000)) }
            ),
            nodeVersion: Nullable(report?.nodeVersion),
            openclawVersion: Nullable(report?.version ?? tenant?.status.gateway?.version),
            provisionLogs: lines.map(InstanceLogView.init),
            provisioningStage: state.stage,
            skillsLoaded: report?.skills ?? [],
            status: state.status,
            uptimeSeconds: Nullable(report?.uptimeSeconds),
            attempts: row.failedAttempts,
            nextAttemptAt: row.nextAttemptAt.map(RESTTimestamp.text)
        )
    }
}

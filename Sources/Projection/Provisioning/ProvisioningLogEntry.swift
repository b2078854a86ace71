import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Postgres

/// How a step of provisioning ended.
public enum ProvisioningOutcome: String, Sendable, Hashable, Codable, CaseIterable, PostgresEncodable, PostgresDecodable {
    /// It is done, or was not needed.
    case complete
    /// It was given up.
    case failed
}

/// A line of the provisioning log: one finished step of one run.
public struct ProvisioningLogEntry: Sendable, Hashable {
    /// The unique id of the tenant.
    public var uid: String
    /// The namespace of the tenant.
    public var namespace: String
    /// The name of the tenant.
    public var name: String
    /// The run, from 1.
    public var run: Int
    /// The try within the run, from 1.
    public var attempt: Int
    /// The step, for example `vm_create`.
    public var step: String
    /// How it ended.
    public var outcome: ProvisioningOutcome
    /// What it came to, for people; empty when there is nothing to say.
    public var message: String
    /// How long it took, in milliseconds.
    public var milliseconds: Int64
    /// When it ended.
    public var finishedAt: Date

    /// Makes a line.
    public init(
        uid: String,
        namespace: String,
        name: String,
        run: Int,
        attempt: Int,
        step: String,
        outcome: ProvisioningOutcome,
        message: String,
        milliseconds: Int64,
        finishedAt: Date
    ) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
        self.run = run
        self.attempt = attempt
        self.step = step
        self.outcome = outcome
        self.message = message
        self.milliseconds = milliseconds
        self.finishedAt = finishedAt
    }

    static let columns = "uid, namespace, name, run, attempt, step, status, message, duration_ms, created_at"

    init(_ row: PostgresRow) throws {
        uid = try row.decode("uid")
        namespace = try row.decode("namespace")
        name = try row.decode("name")
        run = try row.decode("run")
        attempt = try row.decode("attempt")
        step = try row.decode("step")
        outcome = try row.decode("status")
        message = try row.decode("message")
        milliseconds = try row.decode("duration_ms")
        finishedAt = try row.decode("created_at")
    }
}

extension ProvisioningLogEntry {
    /// The finished steps that a tenant's status tells of, in their order. A status that cannot be read tells of none.
    ///
    /// - Parameter object: an object of any kind; other kinds have no steps.
    static func finished(in object: ProjectedObject) -> [ProvisioningLogEntry] {
        guard object.kind == .tenant, !object.uid.isEmpty,
            let status = try? object.status?["provisioning"]?.decode(ProvisioningStatus.self)
        else { return [] }
        return (status.steps ?? []).compactMap { step in
            guard let outcome = ProvisioningOutcome(step.status), let finished = step.finishedAt else { return nil }
            let seconds = max(0, finished.seconds(since: step.startedAt ?? finished))
            return ProvisioningLogEntry(
                uid: object.uid,
                namespace: object.key.namespace ?? "",
                name: object.key.name,
                run: status.run,
                attempt: step.attempt ?? 1,
                step: step.name,
                outcome: outcome,
                message: step.message ?? "",
                milliseconds: Int64((seconds * 1000).rounded()),
                finishedAt: finished.date
            )
        }
    }
}

extension ProvisioningOutcome {
    /// What a step's state says in the log; nil for one that goes on.
    public init?(_ status: StepStatus) {
        switch status {
        case .succeeded, .skipped: self = .complete
        case .failed: self = .failed
        case .pending, .running: return nil
        }
    }
}

import CraneAPI
import FleetTemplates
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import Projection
import Schema

import struct Foundation.Date

/// What machines ask at their first start: to take note of how it goes, and for their secrets, once.
struct BootstrapOperations: Sendable {
    let machines: BootstrapMachines
    let client: KubernetesClient
    let audit: AuditRepository
    let instances: InstanceRepository
    let log: BootstrapLog
    /// How long Kubernetes may take for one question.
    let limit: Duration
    let now: @Sendable () -> Date
    /// Makes the mark of a request, which no other has.
    var makeMark: @Sendable () -> String = { RequestID.random() }

    private static let tag = "Bootstrap"
    private static let gone = ErrorDeclaration(.conflict, "BOOTSTRAP_TENANT_GONE", "The machine's tenant is gone or being deleted.")
    private static let ended = ErrorDeclaration(
        .conflict,
        "BOOTSTRAP_INSTANCE_ENDED",
        "The instance of the machine failed, or is being deleted."
    )
    private static let refusals =
        Refusals.projecting + [
            gone,
            ErrorDeclaration(.tooManyRequests, "TOO_MANY_REQUESTS", "Too many requests with this credential."),
        ]

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/callbacks",
                    id: "reportBootstrap",
                    summary: "A machine reports how its first start goes",
                    description:
                        "Reports are numbered from 1. One that was accepted before changes nothing; a gap is accepted; a stage that "
                        + "lies behind is refused. A new credential begins anew.",
                    tag: Self.tag,
                    access: .roles([.machine]),
                    errors: Self.refusals + [
                        ErrorDeclaration(.conflict, "BOOTSTRAP_STAGE_PASSED", "A later stage was reported before."),
                        Self.ended,
                    ]
                ),
                body: BootstrapReport.self,
                answer: .ok(BootstrapReportAnswer.self, "The report is taken note of.")
            ) { report, context in Reply(try await take(report, context)) },
            Operation(
                raw: OperationLabel(
                    .post,
                    "/secrets",
                    id: "exchangeBootstrapCredential",
                    summary: "A machine exchanges its credential for its secrets",
                    description: "Once for each credential; the secrets are never handed out a second time.",
                    tag: Self.tag,
                    access: .roles([.machine]),
                    errors: Self.refusals + [
                        ErrorDeclaration(.conflict, "BOOTSTRAP_SECRETS_EXCHANGED", "The secrets were handed out before."),
                        Self.ended,
                        ErrorDeclaration(.serviceUnavailable, "BOOTSTRAP_SECRETS_NOT_READY", "The secrets are not there yet."),
                    ]
                ),
                response: ResponseDeclaration(
                    status: .ok,
                    description: "The gateway's token and port, files by path, and repositories. Not to be kept by anybody in between.",
                    schema: JSONSchema(type: .object)
                )
            ) { context in try await exchange(context) },
        ]
    }

    // MARK: Reports

    private func take(_ report: BootstrapReport, _ context: OperationContext) async throws -> BootstrapReportAnswer {
        // The operator writes the same status all the time: whoever loses looks again.
        for _ in 0..<10 {
            let machine = try await machines.machine(of: context)
            let tenant = try machine.requireTenant()
            try await requireInstance(of: tenant)
            let stored = try? tenant.json[at: ["status", "bootstrap"]]?.decode(BootstrapStatus.self)
            let verdict = try BootstrapVerdict(
                report,
                credentialHash: machine.credential.hash,
                stored: stored,
                now: Timestamp(now()).wholeSeconds
            )
            switch verdict {
            case .duplicate(let known):
                // Perhaps it was accepted and the line did not come to be written.
                if known.seq == report.seq { try await note(known, of: tenant, at: known.reportedAt?.date ?? now()) }
                return BootstrapReportAnswer(seq: known.seq ?? report.seq, stage: known.stage ?? "", duplicate: true)
            case .accepted(let status):
                guard try await store(status, in: tenant, key: machine.key) else { continue }
                // Exact: in the tenant's status it is cut to whole seconds.
                try await note(status, of: tenant, at: now())
                context.logger.info(
                    "bootstrap report",
                    metadata: [
                        "tenant": .string("\(machine.key)"), "seq": .stringConvertible(report.seq), "stage": .string(report.stage.rawValue),
                        "level": .string(report.level.rawValue),
                    ]
                )
                return BootstrapReportAnswer(seq: report.seq, stage: report.stage.rawValue, duplicate: false)
            }
        }
        throw OperationError.kubernetesUnavailable(ChangesTooOften(key: context.bootstrapKey))
    }

    /// Throws 409 when the tenant is an instance's that is over.
    private func requireInstance(of tenant: DynamicObject) async throws {
        guard let uid = tenant.metadata.uid, let row = try await onDatabase({ try await instances.get(tenantUID: uid) }) else { return }
        switch InstanceState(row, InstanceTenant(tenant, seen: now())).status {
        case .failed, .deleting, .deleted:
            throw OperationError(
                .conflict,
                code: "BOOTSTRAP_INSTANCE_ENDED",
                message:
                    "The instance of this machine failed, or is being deleted; its reports are not taken, and it gets no secrets, any more."
            )
        default: break
        }
    }

    /// Appends an accepted report to the log.
    private func note(_ status: BootstrapStatus, of tenant: DynamicObject, at date: Date) async throws {
        try await onDatabaseWrite(hasActed: true) { try await log.append(status, uid: tenant.metadata.uid ?? "", at: date) }
    }

    /// Writes what is known of the first start, and nothing else, into the version of the tenant that was judged.
    ///
    /// - Returns: false when there is a newer version.
    private func store(_ status: BootstrapStatus, in tenant: DynamicObject, key: ObjectKey) async throws -> Bool {
        var bootstrap = try JSON(encoding: status)
        // What is not known any more has to go: a merge patch keeps what it does not name.
        for member in BootstrapStatus.schemaNotes.keys where bootstrap[member] == nil { bootstrap[member] = .null }
        let patch: JSON = [
            "metadata": [
                "uid": .string(tenant.metadata.uid ?? ""), "resourceVersion": .string(tenant.metadata.resourceVersion ?? ""),
            ],
            "status": ["bootstrap": bootstrap],
        ]
        let api = client.dynamic(Tenant.resourceType, namespace: key.namespace)
        do {
            _ = try await onKubernetes(within: limit) {
                try await api.patch(key, .merge(patch), subresource: "status", WriteOptions(fieldManager: FieldManagers.controlPlane))
            }
            return true
        } catch let error as KubernetesError where error.isConflict || error.isNotFound {
            return false
        }
    }

    // MARK: Secrets

    private func exchange(_ context: OperationContext) async throws -> OperationResponse {
        let mark = makeMark()
        var isRecorded = false
        var lost: OperationError?
        for _ in 0..<10 {
            let machine = try await machines.machine(of: context)
            let tenant = try machine.requireTenant()
            try await requireInstance(of: tenant)
            let isOurs = machine.secret.metadata.annotations[CraneAnnotations.exchangedBy] == mark
            if machine.hasExchanged, !isOurs {
                try await record("SecretsRefused", .failed, "asked for its secrets again and did not get them", machine, context)
                throw OperationError(
                    .conflict,
                    code: "BOOTSTRAP_SECRETS_EXCHANGED",
                    message: "The secrets were handed out before for this credential."
                )
            }
            guard let text = machine.secret.secretText(BootstrapSecret.secretsKey), let secrets = try? JSON(parsing: text),
                secrets.objectValue != nil
            else {
                throw OperationError.unavailable(
                    code: "BOOTSTRAP_SECRETS_NOT_READY",
                    message: "The secrets of this machine are not there yet.",
                    retryAfter: 5
                )
            }
            // Recorded first: nothing is handed out of which the trail says nothing.
            if !isRecorded {
                try await record("SecretsRequested", .succeeded, "exchanges its credential for its secrets", machine, context)
                isRecorded = true
            }
            do {
                if !isOurs {
                    guard try await note(mark, on: machine) else { continue }
                }
            } catch let error as OperationError where lost == nil {
                // It may have been written: a look at the Secret tells.
                lost = error
                continue
            }
            return .json(secrets, status: .ok, headers: [.cacheControl: "no-store"])
        }
        throw OperationError.kubernetesUnavailable(ChangesTooOften(key: context.bootstrapKey))
    }

    /// Notes on the Secret that its content is handed out. Of several requests at once one wins.
    ///
    /// - Returns: false when the Secret has changed since it was read.
    private func note(_ mark: String, on machine: BootstrapMachine) async throws -> Bool {
        let patch: JSON = [
            "metadata": [
                "uid": .string(machine.secret.metadata.uid ?? ""),
                "resourceVersion": .string(machine.secret.metadata.resourceVersion ?? ""),
                "annotations": [
                    CraneAnnotations.exchangedAt: .string(Timestamp(now()).wholeSeconds.description),
                    CraneAnnotations.exchangedCredential: .string(machine.credential.hash),
                    CraneAnnotations.exchangedBy: .string(mark),
                ],
            ]
        ]
        let key = machine.secret.key
        let api = client.dynamic(CoreV1.Secret.resourceType, namespace: key.namespace)
        do {
            _ = try await onKubernetes(within: limit) {
                try await api.patch(key, .merge(patch), WriteOptions(fieldManager: FieldManagers.controlPlane))
            }
            return true
        } catch let error as KubernetesError where error.isConflict || error.isNotFound {
            return false
        }
    }

    private func record(
        _ action: String,
        _ outcome: AuditOutcome,
        _ what: String,
        _ machine: BootstrapMachine,
        _ context: OperationContext
    ) async throws {
        let draft = AuditDraft(
            actor: machine.subject,
            requestID: context.requestID,
            action: action,
            resource: "Tenant/\(machine.key.name)",
            tenant: machine.key.name,
            message: "The machine of the tenant \(machine.key.name) \(what)."
        )
        try await onDatabaseWrite { _ = try await audit.append(draft, outcome: outcome, now: now()) }
    }
}

extension BootstrapMachine {
    /// Whether the secrets were handed out for this credential. A mark without a credential's hash counts for any.
    var hasExchanged: Bool {
        guard secret.metadata.annotations[CraneAnnotations.exchangedAt] != nil else { return false }
        return secret.metadata.annotations[CraneAnnotations.exchangedCredential].map { $0 == credential.hash } ?? true
    }
}

extension OperationContext {
    /// The tenant of a machine that was let in, for a message.
    fileprivate var bootstrapKey: ObjectKey { ObjectKey(name: principal.subject) }
}

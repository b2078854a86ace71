import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import Logging
import Postgres
import Projection

/// What the operations on instances are made of.
struct InstanceService: Sendable {
    let access: InstanceAccess
    let log: InstanceLog
    let configuration: InstanceConfiguration
    /// What can be ordered; nil when there is nobody to make machines.
    let catalog: InstanceCatalog?
    /// Namespace of the tenants.
    let namespace: String
    /// The owner's address where nobody's is known.
    let ownerEmail: String
    let secrets: InstanceSecrets
    let push: InstancePush
    /// Tells the reconciler that something is due.
    let wake: @Sendable () -> Void
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    let makeID: @Sendable () -> UUID

    private var instances: InstanceRepository { access.instances }

    // MARK: Orders

    /// Takes an order.
    func create(_ request: CreateInstanceRequest, _ context: OperationContext) async throws -> CreateInstanceAnswer {
        let order = try InstanceOrder(
            request,
            caller: try InstanceCaller(context),
            context: context,
            catalog: catalog,
            namespace: namespace,
            ownerEmail: ownerEmail,
            makeID: makeID,
            now: now()
        )
        let names = InstanceOrder.candidates(order.row.hostname, random: random)
        let creation: InstanceCreation
        do {
            creation = try await onDatabaseWrite {
                try await instances.create(
                    order,
                    names: names,
                    limit: configuration.orderLimit,
                    window: configuration.orderWindow,
                    now: now()
                )
            }
        } catch let error as OperationError where error.status == .serviceUnavailable {
            throw error.repeatable(with: order.row.idempotencyKey)
        }
        switch creation {
        case .made(let row), .replayed(let row):
            wake()
            return CreateInstanceAnswer(
                idempotencyKey: row.idempotencyKey,
                instanceID: row.idText,
                message: "The instance is being made; poll it by its key.",
                taskID: row.taskID.uuidString.lowercased()
            )
        case .keyReused:
            throw OperationError(
                .conflict,
                code: "IDEMPOTENCY_KEY_REUSED",
                message: "This idempotency key was used for another order; take a new one."
            )
        case .tooMany(let seconds):
            throw OperationError(
                .tooManyRequests,
                code: "TOO_MANY_ORDERS",
                message: "The organisation has ordered \(configuration.orderLimit) instances in a short time; try again later.",
                headers: [.retryAfter: String(seconds)]
            )
        case .noName:
            throw OperationError(
                .conflict,
                code: "HOSTNAME_TAKEN",
                message: "No free name was found for the host; take another agent_name."
            )
        }
    }

    // MARK: Reads

    /// The instances of the caller's organisation that are the caller's business.
    func list(_ parameters: InstanceListParameters, _ context: OperationContext) async throws -> Reply<InstanceListAnswer> {
        let (page, tenants) = try await listed(try InstanceCaller(context), limit: parameters.limit, cursor: parameters.cursor)
        let answer = InstanceListAnswer(
            instances: page.items.map { row in InstanceViews(row, row.tenantUID.flatMap { tenants[$0] }).summary }
        )
        return Reply(answer, next: page.next, context: context)
    }

    private func listed(
        _ caller: InstanceCaller,
        limit: Int = 1000,
        cursor: String? = nil
    ) async throws -> (page: HTTPOperations.Page<InstanceRow>, tenants: [String: TenantRow]) {
        try await onListing {
            let page = try await instances.list(
                organization: caller.organization,
                customer: caller.isAdministrator ? nil : caller.customer,
                limit: limit,
                cursor: cursor
            )
            return (page, try await access.tenants.list(uids: page.items.compactMap(\.tenantUID)))
        }
    }

    /// One instance.
    func get(_ parameters: InstanceParameters, _ context: OperationContext) async throws -> InstanceDetailView {
        let (row, tenant) = try await access.load(parameters, context)
        return InstanceViews(row, tenant).detail
    }

    /// The instance of a key.
    func find(_ parameters: InstanceKeyParameters, _ context: OperationContext) async throws -> InstanceByKeyAnswer {
        let caller = try InstanceCaller(context)
        let row = try await onDatabase { try await instances.get(organization: caller.organization, key: parameters.idempotencyKey) }
        guard let row else { return .unknown }
        let found = try InstanceAccess.require(row, caller)
        let tenant = try await access.tenant(of: found)
        let lines = try await onDatabase { try await log.list(found.tenantUID).lines }
        return InstanceViews(found, tenant).byKey(lines)
    }

    /// The log of an instance.
    func logs(_ parameters: InstanceLogParameters, _ context: OperationContext) async throws -> Reply<InstanceLogsAnswer> {
        let before = try parameters.cursor.map { cursor throws(OperationError) in try InstanceLog.place(cursor) }
        let (row, _) = try await access.load(InstanceParameters(instanceID: parameters.instanceID), context)
        let (lines, total, next) = try await onDatabase { try await log.list(row.tenantUID, limit: parameters.limit, before: before) }
        let answer = InstanceLogsAnswer(instanceID: row.idText, logs: lines.map(InstanceLogView.init), total: total)
        return Reply(answer, next: next.map { Cursor(String($0)).text }, context: context)
    }

    // MARK: Deletion

    /// Begins to delete an instance.
    func delete(_ parameters: InstanceParameters, _ context: OperationContext) async throws -> DeleteInstanceAnswer {
        let id = try parameters.id
        let caller = try InstanceCaller(context)
        let deletion = try await requestDeletion(id, context) { row, _ in try InstanceAccess.require(row, caller) }
        let row = deletion.row
        switch deletion {
        case .begun:
            return DeleteInstanceAnswer(
                alreadyDeleted: false,
                instanceID: row.idText,
                message: "The instance is being taken away.",
                status: .deleting
            )
        case .underway:
            return DeleteInstanceAnswer(
                alreadyDeleted: false,
                instanceID: row.idText,
                message: "The instance is being taken away already.",
                status: .deleting
            )
        case .done:
            return DeleteInstanceAnswer(alreadyDeleted: true, instanceID: row.idText, message: "The instance is gone.", status: .deleted)
        }
    }

    private func requestDeletion(
        _ id: UUID,
        _ context: OperationContext,
        allowed: (InstanceRow?, PostgresTransaction) async throws -> InstanceRow
    ) async throws -> InstanceDeletion {
        let deletion = try await onDatabaseWrite {
            try await instances.requestDeletion(
                id,
                now: now(),
                audit: { $0.audit("InstanceDeletionRequested", "asked that the instance \($0.idText) be deleted.", context) },
                allowed: allowed
            )
        }
        if case .done = deletion { return deletion }
        wake()
        return deletion
    }

    /// Begins to delete every instance of the organisation that failed or broke.
    func cleanup(_ context: OperationContext) async throws -> CleanupAnswer {
        let caller = try InstanceCaller(context)
        let (page, tenants) = try await listed(caller)
        var cleaned = 0
        var errors = 0
        for row in page.items {
            let tenant = row.tenantUID.flatMap { tenants[$0] }
            guard [.failed, .error].contains(InstanceViews(row, tenant).state.status) else { continue }
            do {
                // Judged again where nobody changes the instance meanwhile: it may have come up since.
                let deletion = try await requestDeletion(row.id, context) { row, transaction in
                    let found = try InstanceAccess.require(row, caller)
                    let tenant = try await found.tenantUID.asyncMap { try await TenantRepository.get(uid: $0, in: transaction) } ?? nil
                    guard [.failed, .error].contains(InstanceViews(found, tenant).state.status) else { throw NotBroken() }
                    return found
                }
                if case .begun = deletion { cleaned += 1 }
            } catch is NotBroken {
                continue
            } catch let error as CancellationError {
                throw error
            } catch {
                errors += 1
                context.logger.warning(
                    "an instance could not be cleaned up",
                    metadata: ["instance": .string(row.idText), "error": .string("\(error)")]
                )
            }
        }
        let message = "\(cleaned) instances are being taken away, \(errors) could not be."
        return CleanupAnswer(cleaned: cleaned, errors: errors, message: message)
    }

    /// An instance that is to be cleaned up is fine by now.
    private struct NotBroken: Error {}

    // MARK: Settings

    /// Says whether the platform may read conversations.
    func setConsent(
        _ parameters: InstanceParameters,
        _ request: ConsentRequest,
        _ context: OperationContext
    ) async throws -> ConsentAnswer {
        let row = try await change(parameters, context) { row in
            let before = row.consentsToDebugAccess
            row.consentsToDebugAccess = request.consentDebugAccess
            let what = request.consentDebugAccess ? "granted" : "revoked"
            var audit = row.audit("InstanceConsentChanged", "\(what) access to the conversations of the instance \(row.idText).", context)
            audit.before = ["consent_debug_access": .bool(before)]
            audit.after = ["consent_debug_access": .bool(request.consentDebugAccess)]
            return audit
        }
        return ConsentAnswer(
            consentDebugAccess: row.consentsToDebugAccess,
            instanceID: row.idText,
            message: row.consentsToDebugAccess ? "Conversations may be read now." : "Conversations may not be read any more."
        )
    }

    /// The platform's settings.
    func platformConfig(_ parameters: InstanceParameters, _ context: OperationContext) async throws -> PlatformConfigAnswer {
        InstanceSettings.platform(try await access.load(parameters, context).row)
    }

    /// Changes the platform's settings.
    func setPlatformConfig(
        _ parameters: InstanceParameters,
        _ request: PlatformConfigRequest,
        _ context: OperationContext
    ) async throws -> PlatformConfigAnswer {
        let row = try await change(parameters, context) { row in
            let before = row.agentConfig
            row.agentConfig = try secrets.merged(request, into: before, of: row.id)
            return row.agentConfig == before
                ? nil : row.audit("InstanceConfigured", "changed the platform's settings of the instance \(row.idText).", context)
        }
        return InstanceSettings.platform(row)
    }

    /// Changes the model policy; brings it to the machine when that is possible now.
    func setModelPolicy(
        _ parameters: InstanceParameters,
        _ request: ModelPolicyRequest,
        _ context: OperationContext
    ) async throws -> ModelPolicyAnswer {
        let row = try await change(parameters, context) { row in
            let before = row.agentConfig
            row.agentConfig = try InstanceSettings.merged(request, into: before)
            return row.agentConfig == before
                ? nil : row.audit("InstanceConfigured", "changed the model policy of the instance \(row.idText).", context)
        }
        let policy = InstanceSettings.modelPolicy(row)
        var message = "Stored, and brought to the machine."
        let tenant = try await access.tenant(of: row)
        if InstanceViews(row, tenant).state.isServing {
            do {
                try await TimeSource.system.withTimeout(configuration.pushLimit) { try await push.modelPolicy(row, policy) }
            } catch let error as CancellationError {
                throw error
            } catch {
                context.logger.notice(
                    "a model policy did not reach the machine",
                    metadata: ["instance": .string(row.idText), "error": .string("\(error)")]
                )
                message = "Stored; the machine could not be reached now and does not have it yet."
            }
        } else {
            message = "Stored; the instance is not running and does not have it yet."
        }
        return ModelPolicyAnswer(instanceID: row.idText, message: message, modelPolicy: policy)
    }

    private func change(
        _ parameters: InstanceParameters,
        _ context: OperationContext,
        _ change: (inout InstanceRow) throws -> AuditDraft?
    ) async throws -> InstanceRow {
        let id = try parameters.id
        let caller = try InstanceCaller(context)
        return try await onDatabaseWrite {
            try await instances.change(
                id,
                now: now(),
                allowed: { row in
                    let found = try InstanceAccess.require(row, caller)
                    guard found.deletedAt == nil else { throw OperationError.instanceNotFound }
                    guard found.deleteRequestedAt == nil else { throw OperationError.instanceState("The instance is being deleted.") }
                    return found
                },
                change
            )
        }
    }
}

extension InstanceParameters {
    /// The id.
    ///
    /// - Throws: ``OperationError`` 422 when it is none, which the parameter's format has excluded.
    var id: UUID {
        get throws(OperationError) {
            guard let id = UUID(uuidString: instanceID) else {
                throw .invalid([FieldViolation(field: "instance_id", message: "should be a valid UUID", in: .path, kind: .uuidParsing)])
            }
            return id
        }
    }
}

extension InstanceAccess {
    /// The instance in a path, with its tenant.
    func load(_ parameters: InstanceParameters, _ context: OperationContext) async throws -> (row: InstanceRow, tenant: TenantRow?) {
        try await load(try parameters.id, context)
    }
}

extension InstanceRow {
    /// An entry of the audit trail about the instance.
    ///
    /// - Parameters:
    ///   - action: what was done.
    ///   - what: what was done, to follow the name of whoever did it.
    ///   - context: the request it was done by.
    func audit(_ action: String, _ what: String, _ context: OperationContext) -> AuditDraft {
        AuditDraft(
            actor: context.principal.subject,
            requestID: context.requestID,
            action: action,
            resource: "Instance/\(idText)",
            tenant: hostname,
            message: "\(context.principal.subject) \(what)"
        )
    }
}

extension OperationError {
    /// An error of an order that may be sent again: with the key, also one that was made for it, it never becomes a second instance.
    fileprivate func repeatable(with key: String) -> OperationError {
        var error = self
        error.headers[.idempotencyKey] = key
        error.message += " Repeat the order with the idempotency_key \(key)."
        return error
    }
}

extension Optional where Wrapped: Sendable {
    /// The value of a function of the value.
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}

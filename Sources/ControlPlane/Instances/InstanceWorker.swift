import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import Projection

/// Does what is due for one instance. Everything it does can be done again.
struct InstanceWorker: Sendable {
    /// When an instance is looked at next.
    enum Next: Sendable, Hashable {
        /// After a time.
        case after(Duration)
        /// Never, unless somebody asks for something.
        case never
    }

    let instances: InstanceRepository
    let tenants: TenantRepository
    let intents: IntentRepository
    let service: ResourceService<Tenant>
    let client: KubernetesClient
    let configuration: InstanceConfiguration
    let secrets: InstanceSecrets
    /// How long Kubernetes may take for one question.
    let limit: Duration
    let logger: Logger
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double

    /// Does what is due.
    ///
    /// - Throws: what keeps it from being done now.
    func work(_ row: InstanceRow) async throws -> Next {
        switch InstanceTask(row) {
        case .create: try await create(row)
        case .remove: try await remove(row)
        case .watch: try await watch(row)
        case .none: .never
        }
    }

    // MARK: Making

    private func create(_ row: InstanceRow) async throws -> Next {
        var content = row.tenantSpec
        content["name"] = .string(row.hostname)
        if let next = try await giveUp(row) { return next }
        do {
            // A repeated attempt finds what an earlier one made by its id: see CreationVerdict.
            _ = try await service.create(try content.decode(CreateRequest<TenantSpec>.self), context(row))
        } catch let error as OperationError {
            return try await judge(error, row)
        }
        guard let uid = try await uid(of: row) else {
            let failure = InstanceRow.Failure(
                code: InstanceTroubleCode.tenantMissing.rawValue,
                message: "The tenant was made, and deleted by somebody."
            )
            try await instances.noteFailure(row, failure, now: now())
            return .never
        }
        try await instances.noteTenant(row, uid: uid, now: now())
        logger.info("an instance has its tenant", metadata: ["instance": .string(row.idText), "tenant": .string(row.hostname)])
        return .after(configuration.watchInterval)
    }

    /// Gives up what was tried for too long, unless an earlier attempt is on its way or has made it. Every attempt leaves a write on its way:
    /// it is asked before there is another.
    ///
    /// - Returns: nil while it is to be tried.
    private func giveUp(_ row: InstanceRow) async throws -> Next? {
        guard let code = row.lastErrorCode, now().timeIntervalSince(row.createdAt) > configuration.createLimit.seconds,
            try await !intents.isOpen(.tenant, ObjectKey(namespace: row.namespace, name: row.hostname))
        else { return nil }
        // Asked after the write: what it makes is seen.
        if let holder = try await holder(of: row), holder.isOurs { return nil }
        let failure = InstanceRow.Failure(
            code: InstanceTroubleCode.createExpired.rawValue,
            message: "The tenant could not be made in time; the last refusal was \(code)."
        )
        try await note(failure, of: row)
        return .never
    }

    private func uid(of row: InstanceRow) async throws -> String? {
        if let tenant = try await tenants.get(namespace: row.namespace, name: row.hostname), !tenant.metadata.uid.isEmpty,
            tenant.metadata.spec[at: ["fleet", "externalId"]]?.stringValue == row.idText
        {
            return tenant.metadata.uid
        }
        return try await holder(of: row).flatMap { $0.isOurs ? $0.uid : nil }
    }

    private func judge(_ error: OperationError, _ row: InstanceRow) async throws -> Next {
        switch CreationVerdict(error, holder: try await holder(of: row)) {
        case .adopt(let uid):
            try await instances.noteTenant(row, uid: uid, now: now())
            return .after(configuration.watchInterval)
        case .rename:
            for name in InstanceOrder.candidates(InstanceOrder.hostname(row.agentName), random: random).dropFirst() {
                if try await instances.rename(row, to: name, now: now()) { return .after(.zero) }
            }
            throw error
        case .fail(let code, let message):
            try await instances.noteFailure(row, InstanceRow.Failure(code: code.rawValue, message: message), now: now())
            return .never
        case .again: throw error
        }
    }

    // MARK: Watching

    private func watch(_ row: InstanceRow) async throws -> Next {
        if let settings = secrets.renewed(row.agentConfig, of: row.id) { try await instances.noteSealed(row, settings) }
        guard let uid = row.tenantUID, let found = try await tenants.get(uid: uid) else { return try await miss(row) }
        let tenant = InstanceTenant(found)
        let state = InstanceState(row, tenant)
        let snapshot = state.snapshot(tenant)
        if snapshot != row.snapshot { try await instances.noteSnapshot(row, snapshot) }
        if let failure = state.silence(of: tenant, limit: configuration.bootstrapTimeout, now: now()) {
            try await note(failure, of: row)
            return .after(configuration.restInterval)
        }
        switch state.status {
        case .pending, .provisioning: return .after(configuration.watchInterval)
        default: return .after(configuration.restInterval)
        }
    }

    /// The projection does not show the tenant: that it was deleted is known when Kubernetes says so, not before.
    private func miss(_ row: InstanceRow) async throws -> Next {
        if row.failure?.code == InstanceTroubleCode.tenantMissing.rawValue { return .after(configuration.restInterval) }
        guard try await holder(of: row)?.uid != row.tenantUID else { return .after(configuration.watchInterval) }
        let failure = InstanceRow.Failure(
            code: InstanceTroubleCode.tenantMissing.rawValue,
            message: "The tenant \(row.hostname) of this instance was deleted by somebody."
        )
        try await note(failure, of: row)
        return .after(configuration.restInterval)
    }

    private func note(_ failure: InstanceRow.Failure, of row: InstanceRow) async throws {
        try await instances.noteFailure(row, failure, now: now())
        logger.warning("an instance has failed", metadata: ["instance": .string(row.idText), "code": .string(failure.code)])
    }

    // MARK: Taking away

    private func remove(_ row: InstanceRow) async throws -> Next {
        let key = ObjectKey(namespace: row.namespace, name: row.hostname)
        let isWriting = try await intents.isOpen(.tenant, key)
        let holder = try await holder(of: row)
        let shown = try await tenants.get(namespace: row.namespace, name: row.hostname)
        let hasRow = shown.map { $0.metadata.uid == row.tenantUID || $0.isFor(row) } ?? false
        switch RemovalVerdict(isWriting: isWriting, holder: holder, hasRow: hasRow) {
        case .wait, .going: return .after(configuration.watchInterval)
        case .delete:
            try await delete(row.hostname, of: row)
            return .after(.zero)
        case .finished:
            let audit = row.audit("InstanceDeleted", "had the instance \(row.idText) deleted; it is gone.", context(row))
            try await instances.end(row, audit: audit, now: now())
            logger.info("an instance is gone", metadata: ["instance": .string(row.idText), "tenant": .string(row.hostname)])
            return .never
        }
    }

    /// Deletes tenants of instances that are deleted.
    func removeStrays(namespace: String) async throws {
        for (row, tenant) in try await instances.strays(namespace: namespace) {
            logger.warning(
                "a tenant of a deleted instance is deleted",
                metadata: ["instance": .string(row.idText), "tenant": .string(tenant)]
            )
            try await delete(tenant, of: row)
        }
    }

    /// Deletes the tenant of a name, or its row, unless it is somebody else's by then.
    private func delete(_ name: String, of row: InstanceRow) async throws {
        do {
            _ = try await service.delete(name, context(row)) {
                let holder = try await holder(name, of: row)
                guard holder?.isOurs ?? true else { throw OperationError.instanceState("The tenant \(name) is not this instance's.") }
            }
        } catch let error as OperationError where error.status == .notFound {
            // It went by itself.
        }
    }

    /// Throws when an instance does not want its tenant any more.
    ///
    /// - Parameter tenant: the tenant that is about to be made.
    static func requireWanted(_ tenant: Tenant, _ instances: InstanceRepository) async throws {
        let id = tenant.spec.fleet?.externalId.flatMap { UUID(uuidString: $0) }
        let row = try await onDatabase { try await id.asyncFlatMap { try await instances.get($0) } }
        guard let row, row.deleteRequestedAt == nil, row.deletedAt == nil, row.tenantUID == nil else {
            throw OperationError.instanceState("The instance does not want this tenant any more.")
        }
    }

    /// The object in Kubernetes that has the name of an instance's tenant.
    private func holder(of row: InstanceRow) async throws -> InstanceObject? { try await holder(row.hostname, of: row) }

    private func holder(_ name: String, of row: InstanceRow) async throws -> InstanceObject? {
        let api = client.dynamic(Tenant.resourceType, namespace: row.namespace)
        let object = try await onKubernetes(within: limit) { try await api.getIfPresent(name) }
        return object.map { InstanceObject($0, of: row) }
    }

    /// The request an instance goes back to.
    private func context(_ row: InstanceRow) -> OperationContext {
        OperationContext(
            operationID: "createInstance",
            requestID: row.requestID,
            principal: Principal(subject: row.actor, roles: [], method: "instance"),
            headers: [:],
            path: "/v1/instances/\(row.idText)",
            query: [],
            logger: logger
        )
    }
}

extension TenantRow {
    /// Whether the tenant was made for an instance.
    fileprivate func isFor(_ row: InstanceRow) -> Bool { metadata.spec[at: ["fleet", "externalId"]]?.stringValue == row.idText }
}

extension Optional where Wrapped: Sendable {
    /// The value of a function of the value.
    fileprivate func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}

import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import Postgres
import Projection

/// The operations on the memberships of tenants in datasets.
struct DatasetOperations: Sendable {
    let tenants: TenantSight
    let pool: PostgresPool
    let writer: MutationWriter
    let retrieval: RetrievalClient
    let now: @Sendable () -> Date
    /// How many may be written at a time: each holds a connection to the database while the retrieval service is asked.
    var room = WaitingRoom(capacity: 4)

    private static let tag = "Tenants"
    private static let notFound = ErrorDeclaration(.notFound, "TENANT_NOT_FOUND", "There is no such tenant.")

    /// Both of them.
    var operations: [HTTPOperations.Operation] { [read, update] }

    private var read: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/tenants/{name}/datasets",
                id: "getTenantDatasets",
                summary: "Get dataset memberships for a tenant",
                tag: Self.tag,
                access: .readingTenants,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: NamedObject.self,
            answer: .ok(DatasetsView.self, "Dataset memberships.", headers: Refusals.tagged)
        ) { object, context in
            let row = try await tenants.require(object.name, context)
            let view = DatasetsView(try await onDatabase { try await DatasetRepository.get(row.metadata.uid, in: pool.reads) })
            return Reply(view, tag: try .content(view))
        }
    }

    private var update: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .put,
                "/tenants/{name}/datasets",
                id: "updateTenantDatasets",
                summary: "Update dataset memberships for a tenant",
                description: "The retrieval service is told first, with the platform's own credential. When it refuses or does not answer, "
                    + "nothing is changed, and it is told later what holds. A dataset belongs to the customer whose tenant names it first; "
                    + "only the platform's administrators give it to tenants of others.",
                tag: Self.tag,
                access: .writing,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.mutating + DatasetOwnership.refusals + [
                    Self.notFound,
                    ErrorDeclaration(.preconditionFailed, "PRECONDITION_FAILED", "The memberships are others than If-Match says."),
                    ErrorDeclaration(
                        .serviceUnavailable,
                        "RETRIEVAL_BUSY",
                        "Too many datasets are being written at the moment; nothing was changed."
                    ),
                    ErrorDeclaration(
                        .badGateway,
                        "UPSTREAM_ERROR",
                        "The retrieval service refused, did not answer, or there is none; nothing was changed."
                    ),
                ]
            ),
            parameters: NamedObject.self,
            body: DatasetsView.self,
            answer: .ok(DatasetsView.self, "Dataset memberships updated.", headers: Refusals.tagged)
        ) { object, body, context in
            let wanted = try body.memberships()
            let row = try await tenants.requireChangeable(object.name, context)
            guard !row.metadata.uid.isEmpty else { throw OperationError.writeInProgress("The tenant is being made.") }
            return try await write(wanted, of: row, context)
        }
    }

    private func write(_ wanted: DatasetMemberships, of row: TenantRow, _ context: OperationContext) async throws -> Reply<DatasetsView> {
        guard retrieval.isConfigured else { throw OperationError.retrieval(RetrievalFailure(code: .notConfigured)) }
        guard room.enter() else {
            throw OperationError.unavailable(
                code: "RETRIEVAL_BUSY",
                message: "Too many datasets are being written at the moment. Nothing was changed; repeat the request in a moment.",
                retryAfter: 1
            )
        }
        defer { room.leave() }
        let uid = row.metadata.uid
        let lock = "tenant-datasets/\(uid)"
        // Whatever becomes of this write, the service is told a while later what holds: kept on its own, before it hears of the change.
        try await onDatabase {
            try await OutboxRepository.announce(topic: RetrievalSync.tenantTopic, key: row.name, after: 15, now: now(), in: pool)
        }
        return try await writer.write(context) { transaction, now in
            // One at a time for a tenant, so that the retrieval service hears of changes in the order in which they are kept.
            _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
            let before = try await DatasetRepository.get(uid, in: transaction)
            let viewBefore = DatasetsView(before)
            try context.requireMatch(try .content(viewBefore))
            let ownership = DatasetOwnership(isUnbound: ObjectSight.changing(context.principal).isEverything)
            try await ownership.claim(wanted, before: before, of: row.clusterTenantRef, in: transaction)
            do { try await retrieval.put(wanted, of: row.name) } catch let failure as RetrievalFailure {
                throw OperationError.retrieval(failure)
            }
            let view = DatasetsView(wanted)
            guard wanted != before else { return Mutation(Reply(view, tag: try .content(view))) }
            try await DatasetRepository.replace(uid, with: wanted, in: transaction)
            return Mutation(
                Reply(view, tag: try .content(view)),
                audit: context.audit(
                    "DatasetsUpdated",
                    "Tenant/\(row.name)",
                    tenant: row.name,
                    message: "changed the datasets of the tenant \(row.name)",
                    before: try JSON(encoding: viewBefore),
                    after: try JSON(encoding: view)
                )
            )
        }
    }
}

extension OperationError {
    /// 502: the retrieval service did not do it; nothing was changed.
    static func retrieval(_ failure: RetrievalFailure) -> OperationError {
        let text =
            switch failure.code {
            case .notConfigured: "There is no retrieval service to keep datasets in."
            case .refused: "The retrieval service refused these memberships."
            case .unavailable: "The retrieval service does not answer."
            }
        return OperationError(.badGateway, code: "UPSTREAM_ERROR", message: text + " Nothing was changed.", cause: failure)
    }
}

import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import ModelProxy
import Projection

/// The operations on the spend and the model key of a tenant.
struct ModelKeyOperations: Sendable {
    let settings: ModelProxySettings
    let budgets: BudgetRepository
    let keys: ModelKeyRepository
    let tenants: TenantRepository
    let writer: MutationWriter
    /// Namespace of the tenants.
    let namespace: String
    let now: @Sendable () -> Date
    /// How many revocations may wait for the model proxy at a time.
    var room = WaitingRoom(capacity: 4)

    private static let tenantNotFound = ErrorDeclaration(.notFound, "TENANT_NOT_FOUND", "There is no such tenant.")
    private static let keyNotFound = ErrorDeclaration(.notFound, "MODEL_KEY_NOT_FOUND", "The tenant has no model key.")

    /// All of them.
    var operations: [HTTPOperations.Operation] { [spend, read, revoke] }

    private var spend: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/ai-budget/{tenantName}/spend",
                id: "getTenantSpend",
                summary: "Get current spend and budget state for a tenant",
                description: "The model proxy is asked when the last reading is older than a minute.",
                tag: BudgetOperations.tag,
                access: .readingTenants,
                errors: Refusals.reading + [Self.tenantNotFound, ModelProxyRefusals.notConfigured, ModelProxyRefusals.upstream]
            ),
            parameters: BudgetTenantPlace.self,
            answer: .ok(BudgetView.self, "Spend data.")
        ) { place, context in
            let tenant = try await sight.require(place.tenantName, context)
            guard let proxy = settings.client else { throw ModelProxyRefusals.unconfigured }
            let spec = tenant.metadata.spec
            let wish = settings.wish(tenant: tenant.name, budget: spec["monthlyBudgetUsd"]?.numberValue, email: tenant.email)
            let now = now()
            if let known = try await onDatabase({ try await budgets.spend(of: tenant.name) }),
                now.timeIntervalSince(known.readAt) < settings.freshness.seconds
            {
                return Reply(BudgetView(limit: wish.budget, spend: known.spend, readAt: known.readAt))
            }
            let key = try await onModelProxy { try await proxy.key(alias: wish.alias) }
            let spend = key?.spend ?? .zero
            if key != nil {
                let reading = SpendReading(scope: .tenant(tenant.name), spend: spend, limit: wish.budget)
                _ = try await onDatabase { try await budgets.keep([reading], alerting: settings.webhook != nil, now: now) }
            }
            return Reply(BudgetView(limit: wish.budget, spend: spend, readAt: now))
        }
    }

    private var read: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/ai-budget/{tenantName}/litellm-key",
                id: "getTenantLiteLlmKey",
                summary: "Get LiteLLM virtual key metadata for a tenant (never the key value)",
                tag: BudgetOperations.tag,
                access: .readingTenants,
                errors: Refusals.reading + [Self.tenantNotFound, Self.keyNotFound]
            ),
            parameters: BudgetTenantPlace.self,
            answer: .ok(ModelKeyView.self, "LiteLLM key metadata.")
        ) { place, context in
            let tenant = try await sight.require(place.tenantName, context)
            guard
                let key = try await onDatabase({ try await ModelKeyRepository.newest(tenant.name, uid: tenant.metadata.uid, in: keys.pool) }
                )
            else {
                throw Self.unknownKey
            }
            return Reply(ModelKeyView(key))
        }
    }

    private var revoke: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .post,
                "/ai-budget/{tenantName}/litellm-key/revoke",
                id: "revokeTenantLiteLlmKey",
                summary: "Revoke the LiteLLM virtual key for a tenant",
                description:
                    "The key ends in the model proxy first; without that nothing happens. Then the tenant gets another one, and its "
                    + "pod is made anew with it. What was spent in this month counts for the new one.",
                tag: BudgetOperations.tag,
                access: .writing,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    Self.tenantNotFound, Self.keyNotFound, ModelProxyRefusals.notConfigured, ModelProxyRefusals.upstream,
                    ErrorDeclaration(
                        .serviceUnavailable,
                        "MODEL_PROXY_BUSY",
                        "Too many keys are being revoked at the moment; nothing was changed."
                    ),
                ]
            ),
            parameters: BudgetTenantPlace.self,
            answer: .ok(ModelKeyRevocation.self, "Key revoked.")
        ) { place, context in
            let tenant = try await sight.requireChangeable(place.tenantName, context)
            guard let proxy = settings.client else { throw ModelProxyRefusals.unconfigured }
            guard room.enter() else {
                throw OperationError.unavailable(
                    code: "MODEL_PROXY_BUSY",
                    message: "Too many keys are being revoked at the moment. Nothing was changed; repeat the request in a moment.",
                    retryAfter: 1
                )
            }
            defer { room.leave() }
            if let known = try await writer.answer(to: context, as: ModelKeyRevocation.self) { return known }
            return try await revoke(tenant, proxy, context)
        }
    }

    /// Notes what is to happen, has the proxy do it, and notes that it has: no transaction waits for the proxy, and whoever is cut off in
    /// between leaves a note for ``ModelKeyHandler``.
    private func revoke(
        _ tenant: TenantRow,
        _ proxy: ModelProxyClient,
        _ context: OperationContext
    ) async throws -> Reply<ModelKeyRevocation> {
        let name = tenant.name
        let alias = ModelProxySettings.alias(name)
        let revocations = ModelKeyRevocations(pool: keys.pool)
        let known = try await onModelProxy { try await proxy.key(alias: alias) }
        let record = try await onDatabase { try await ModelKeyRepository.newest(name, uid: tenant.metadata.uid, in: keys.pool) }
        guard known != nil || (record != nil && record?.revokedAt == nil) else { throw Self.unknownKey }
        let draft = context.audit(
            "LiteLLMKeyRevoked",
            "ModelKey/\(name)",
            tenant: name,
            message: "revoked the model key of the tenant \(name)."
        )
        let asked = try await onDatabase { try await revocations.begin(name, key: known, audit: draft, now: now()) }
        if let known { try await end(known, asked, revocations, proxy) }
        return try await writer.write(context) { transaction, now in
            try await BudgetRepository.lock("model-key/\(name)", in: transaction)
            try await ModelKeyRevocations.finish(name, hash: known?.hash, now: now, in: transaction)
            try await OutboxRepository.announce(topic: ModelKeyRepository.topic, keys: [name], in: transaction)
            // Its audit entry is there since it began.
            return Mutation(Reply(ModelKeyRevocation(name: name, keyAlias: alias, revokedAt: RESTTimestamp.text(now))))
        }
    }

    /// Has the proxy end a key.
    ///
    /// - Throws: ``OperationError`` 502 when the key lives on, and nothing was changed; 503 when nobody knows: then it is ended later.
    private func end(_ key: ModelKey, _ asked: Int64, _ revocations: ModelKeyRevocations, _ proxy: ModelProxyClient) async throws {
        do {
            try await proxy.deleteKeys(hashes: [key.hash])
        } catch let error as ModelProxyError {
            let isThere: Bool
            do {
                isThere = try await proxy.key(hash: key.hash) != nil
            } catch {
                throw OperationError.unavailable(
                    code: "OUTCOME_UNKNOWN",
                    message: "The model proxy went away while the key was being revoked. It is revoked as soon as the proxy is back.",
                    retryAfter: 5,
                    cause: error
                )
            }
            guard isThere, try await onDatabase({ try await revocations.retract(asked) }) else { return }
            throw ModelProxyRefusals.upstream(error)
        }
    }

    /// Who sees which tenants.
    private var sight: TenantSight { TenantSight(tenants: tenants, namespace: namespace) }

    private static let unknownKey = OperationError(.notFound, code: "MODEL_KEY_NOT_FOUND", message: "The tenant has no model key.")
}

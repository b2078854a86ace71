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
                access: .reading,
                errors: Refusals.reading + [Self.tenantNotFound, ModelProxyRefusals.notConfigured, ModelProxyRefusals.upstream]
            ),
            parameters: BudgetTenantPlace.self,
            answer: .ok(BudgetView.self, "Spend data.")
        ) { place, context in
            let tenant = try await tenant(place, context)
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
                access: .reading,
                errors: Refusals.reading + [Self.tenantNotFound, Self.keyNotFound]
            ),
            parameters: BudgetTenantPlace.self,
            answer: .ok(ModelKeyView.self, "LiteLLM key metadata.")
        ) { place, context in
            let tenant = try await tenant(place, context)
            guard let key = try await onDatabase({ try await ModelKeyRepository.newest(tenant.name, in: keys.pool) }) else {
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
                ]
            ),
            parameters: BudgetTenantPlace.self,
            answer: .ok(ModelKeyRevocation.self, "Key revoked.")
        ) { place, context in
            let tenant = try await tenant(place, context)
            guard let proxy = settings.client else { throw ModelProxyRefusals.unconfigured }
            let name = tenant.name
            return try await writer.write(context) { transaction, now in
                try await BudgetRepository.lock("model-key/\(name)", in: transaction)
                let alias = ModelProxySettings.alias(name)
                let known = try await onModelProxy { try await proxy.key(alias: alias) }
                let record = try await ModelKeyRepository.newest(name, in: transaction)
                guard known != nil || (record != nil && record?.revokedAt == nil) else { throw Self.unknownKey }
                // Whoever finds the tenant without a key a moment later makes one: what was spent has to be known by then, not with the end
                // of this transaction.
                if let known { try await keys.carry(known.spend, of: name, now: now) }
                try await onModelProxy { try await proxy.deleteKeys(aliases: [alias]) }
                try await ModelKeyRepository.end(name, hash: known?.hash, now: now, in: transaction)
                try await OutboxRepository.announce(topic: ModelKeyRepository.topic, keys: [name], in: transaction)
                return Mutation(
                    Reply(ModelKeyRevocation(name: name, keyAlias: alias, revokedAt: RESTTimestamp.text(now))),
                    audit: context.audit(
                        "LiteLLMKeyRevoked",
                        "ModelKey/\(name)",
                        tenant: name,
                        message: "revoked the model key of the tenant \(name)."
                    )
                )
            }
        }
    }

    /// The tenant, for whoever may see it.
    ///
    /// - Throws: ``OperationError`` 404, for a tenant of another customer too; 503.
    private func tenant(_ place: BudgetTenantPlace, _ context: OperationContext) async throws -> TenantRow {
        let row = try await onDatabase { try await tenants.get(namespace: namespace, name: place.tenantName) }
        let principal = context.principal
        guard let row, principal.roles.contains(.platformAdmin) || principal.customer == nil || principal.customer == row.clusterTenantRef
        else { throw ResourceKind.tenant.notFound(place.tenantName) }
        return row
    }

    private static let unknownKey = OperationError(.notFound, code: "MODEL_KEY_NOT_FOUND", message: "The tenant has no model key.")
}

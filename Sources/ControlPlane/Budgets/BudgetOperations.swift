import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import ModelProxy
import Postgres
import Projection

/// The operations on ceilings of what is spent on models.
struct BudgetOperations: Sendable {
    let settings: ModelProxySettings
    let budgets: BudgetRepository
    let keys: ModelKeyOperations
    let writer: MutationWriter

    static let tag = "AI Budget"
    private static let notFound = ErrorDeclaration(.notFound, "BUDGET_NOT_FOUND", "The account has no ceiling.")
    private static let description =
        "The ceiling is written down with its audit entry, and the model proxy is told until it knows, in order."

    /// All of them.
    var operations: [HTTPOperations.Operation] { [readGlobal, writeGlobal, list, write, remove] + keys.operations }

    private var readGlobal: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/ai-budget/global",
                id: "getGlobalBudget",
                summary: "Get global monthly spend ceiling",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading
            ),
            answer: .ok(BudgetView.self, "Global budget.", headers: Refusals.tagged)
        ) { context in
            try CatalogueSight(context.principal).requireEverything()
            let row = try await onDatabase { try await budgets.global(in: budgets.pool) }
            return Reply(BudgetView(row), tag: row.tag)
        }
    }

    private var writeGlobal: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .put,
                "/ai-budget/global",
                id: "updateGlobalBudget",
                summary: "Update the global monthly spend ceiling",
                description: Self.description,
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [ModelProxyRefusals.notConfigured]
            ),
            body: GlobalBudgetOrder.self,
            answer: .ok(BudgetView.self, "Global budget updated.", headers: Refusals.tagged)
        ) { order, context in
            try requireProxy()
            return try await writer.write(context) { transaction, now in
                try await BudgetRepository.lock("ai-budget/global", in: transaction)
                let before = try await budgets.global(in: transaction)
                try context.requireMatch(before.tag)
                let limit = order.monthlyLimitUsd.value.map { USD($0) }
                guard before.limit != limit else { return Mutation(Reply(BudgetView(before), tag: before.tag)) }
                try await BudgetRepository.set(.global, limit: limit, now: now, in: transaction)
                let after = try await budgets.global(in: transaction)
                return Mutation(
                    Reply(BudgetView(after), tag: after.tag),
                    audit: context.audit(
                        "BudgetUpdated",
                        "AIBudget/global",
                        message: limit.map { "set the ceiling of all model spend to \($0) a month." }
                            ?? "took the ceiling of all model spend away.",
                        before: before.audited,
                        after: after.audited
                    )
                )
            }
        }
    }

    private var list: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/ai-budget/accounts",
                id: "listAccountBudgets",
                summary: "List all per-account monthly spend ceilings",
                description: "By account. An account is the owner of tenants, by the address.",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading
            ),
            parameters: CatalogueSearch.self,
            answer: .page(AccountBudgetView.self, "Account budgets.")
        ) { search, context in
            try CatalogueSight(context.principal).requireEverything()
            let page = try await onDatabase { try await budgets.accounts(limit: search.limit, cursor: search.cursor) }
            return Reply(page: page.map(AccountBudgetView.init), context: context)
        }
    }

    private var write: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .put,
                "/ai-budget/accounts/{userId}",
                id: "upsertAccountBudget",
                summary: "Create or update the budget ceiling for a specific account",
                description: Self.description,
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [ModelProxyRefusals.notConfigured]
            ),
            parameters: AccountPlace.self,
            body: BudgetOrder.self,
            answer: .ok(AccountBudgetView.self, "Account budget updated.", headers: Refusals.tagged)
        ) { place, order, context in
            try requireProxy()
            let account = try Self.account(place)
            return try await writer.write(context) { transaction, now in
                try await BudgetRepository.lock("ai-budget/\(account)", in: transaction)
                let before = try await budgets.account(account, in: transaction, locking: true)
                if context.header(.ifMatch) != nil {
                    guard let before else { throw OperationError.preconditionFailed }
                    try context.requireMatch(before.tag)
                }
                let limit = USD(order.monthlyLimitUsd)
                if let before, before.limit == limit { return Mutation(Reply(AccountBudgetView(before), tag: before.tag)) }
                try await BudgetRepository.set(.account(account), limit: limit, now: now, in: transaction)
                guard let after = try await budgets.account(account, in: transaction) else { throw Self.unknown }
                return Mutation(
                    Reply(AccountBudgetView(after), tag: after.tag),
                    audit: context.audit(
                        before == nil ? "BudgetCreated" : "BudgetUpdated",
                        "AIBudget/account/\(account)",
                        message: "set the ceiling of the account \(account) to \(limit) a month.",
                        before: before?.audited,
                        after: after.audited
                    )
                )
            }
        }
    }

    private var remove: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .delete,
                "/ai-budget/accounts/{userId}",
                id: "deleteAccountBudget",
                summary: "Remove the per-account budget ceiling",
                description: "The ceilings of all and of each tenant hold on.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [ModelProxyRefusals.notConfigured, Self.notFound]
            ),
            parameters: AccountPlace.self,
            answer: .ok(AccountBudgetRemoval.self, "Budget removed.")
        ) { place, context in
            try requireProxy()
            let account = try Self.account(place)
            return try await writer.write(context) { transaction, _ in
                guard let before = try await budgets.account(account, in: transaction, locking: true) else { throw Self.unknown }
                try context.requireMatch(before.tag)
                try await BudgetRepository.remove(.account(account), in: transaction)
                return Mutation(
                    Reply(AccountBudgetRemoval(userId: account)),
                    audit: context.audit(
                        "BudgetDeleted",
                        "AIBudget/account/\(account)",
                        message: "removed the ceiling of the account \(account).",
                        before: before.audited
                    )
                )
            }
        }
    }

    private func requireProxy() throws(OperationError) {
        if settings.client == nil { throw ModelProxyRefusals.unconfigured }
    }

    private static func account(_ place: AccountPlace) throws(OperationError) -> String {
        let account = ModelProxySettings.account(place.userId)
        guard !account.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0.properties.isWhitespace }) else {
            throw .invalid("userId", "must hold neither spaces nor control characters", in: .path)
        }
        return account
    }

    private static let unknown = OperationError(.notFound, code: "BUDGET_NOT_FOUND", message: "This account has no ceiling.")
}

extension BudgetRow {
    /// The ceiling, for the audit trail.
    fileprivate var audited: JSON { ["monthlyLimitUsd": limit?.json ?? .null] }
}

/// What operations answer that need the model proxy.
enum ModelProxyRefusals {
    static let notConfigured = ErrorDeclaration(
        .serviceUnavailable,
        "MODEL_PROXY_NOT_CONFIGURED",
        "The control plane was started without a model proxy; nothing was changed."
    )
    static let upstream = ErrorDeclaration(
        .badGateway,
        "UPSTREAM_ERROR",
        "The model proxy cannot be reached or does not do what it was asked; nothing was changed."
    )

    static let unconfigured = OperationError(
        .serviceUnavailable,
        code: "MODEL_PROXY_NOT_CONFIGURED",
        message: "This control plane manages no model proxy; set LITELLM_ENDPOINT and LITELLM_MASTER_KEY."
    )

    /// 502 without what the proxy said.
    static func upstream(_ error: ModelProxyError) -> OperationError {
        OperationError(.badGateway, code: "UPSTREAM_ERROR", message: error.message, detail: error.code.rawValue, cause: error)
    }
}

/// Asks the model proxy; that it does not do what it was asked becomes a 502.
///
/// - Throws: ``OperationError`` `UPSTREAM_ERROR`, else what the work throws.
func onModelProxy<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as ModelProxyError {
        throw ModelProxyRefusals.upstream(error)
    }
}

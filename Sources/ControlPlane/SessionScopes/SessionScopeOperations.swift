import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Projection

/// The operations on what sessions are narrowed to. Pods have the same ones, for sessions of their tenants.
struct SessionScopeOperations: Sendable {
    let tenants: TenantRepository
    let namespace: String
    let entitlements: EntitlementReader
    let pool: PostgresPool
    let writer: MutationWriter

    private static let notFound = ErrorDeclaration(.notFound, "NOT_FOUND", "The session has no binding that the caller may see.")
    /// Whoever can be somebody for whom sessions are bound.
    private static let access: Access = .roles([.platformAdmin, .customerAdmin, .viewer, .owner])

    /// The operations for people.
    var operations: [HTTPOperations.Operation] { operations(Self.access, tag: "Sessions", prefix: "") }
    /// The operations for pods.
    var workloadOperations: [HTTPOperations.Operation] { operations(.working, tag: "Runtime", prefix: "Runtime") }

    private func operations(_ access: Access, tag: String, prefix: String) -> [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/sessions/{sessionKey}/scope",
                    id: "get\(prefix)SessionScope",
                    summary: "Inspect a chat-window session's awareness scope binding",
                    description: "What the principal is not entitled to any more is left out.",
                    tag: tag,
                    access: access,
                    errors: Refusals.reading + [Self.notFound]
                ),
                parameters: SessionPlace.self,
                answer: .ok(SessionScopeView.self, "Current session scope binding.", headers: Refusals.tagged)
            ) { place, context in try await show(place.sessionKey, context) },
            Operation(
                OperationLabel(
                    .put,
                    "/sessions/{sessionKey}/scope",
                    id: "set\(prefix)SessionScope",
                    summary: "Bind a session scope (CP intersects with the principal's entitlements)",
                    description:
                        "Each payload is given at the scope of the grant that allows it. When nothing is given, the answer is 403 with "
                        + "`rejected`, and an older binding stays.",
                    tag: tag,
                    access: access,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changingCatalogue + [
                        ErrorDeclaration(.forbidden, "OVER_SCOPE", "The principal is entitled to nothing of it; see `rejected`."),
                        ErrorDeclaration(.conflict, "SESSION_BOUND", "The session is bound for another principal."),
                    ]
                ),
                parameters: SessionPlace.self,
                body: SessionScopeOrder.self,
                answer: .ok(SessionScopeAnswer.self, "Authorised binding; rejected lists any over-scope dropped.", headers: Refusals.tagged)
            ) { place, order, context in try await bind(place.sessionKey, order, context) },
            Operation(
                OperationLabel(
                    .delete,
                    "/sessions/{sessionKey}/scope",
                    id: "clear\(prefix)SessionScope",
                    summary: "Clear a session's scope binding",
                    tag: tag,
                    access: access,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changingCatalogue + [Self.notFound]
                ),
                parameters: SessionPlace.self,
                answer: .ok(SessionScopeRemoval.self, "Binding cleared.")
            ) { place, context in try await clear(place.sessionKey, context) },
        ]
    }

    private func show(_ key: String, _ context: OperationContext) async throws -> Reply<SessionScopeView> {
        let record = try await onDatabase { try await SessionScopeRecord.get(key, in: pool.reads) }
        guard let record, SessionPrincipal.owns(record.principal, caller: context.principal) else { throw Self.missing(key) }
        let view = try await onDatabase { try await self.view(of: record, for: context.principal) }
        return Reply(view, tag: try .content(view))
    }

    /// A binding as it counts now: what the principal is not entitled to any more is left out.
    private func view(of record: SessionScopeRecord, for caller: Principal) async throws -> SessionScopeView {
        let (kind, name) = SessionPrincipal.parts(record.principal)
        var principal: SessionPrincipal = kind == "tenant" ? .tenant(name) : .user([name])
        // The caller's own further names count for what is the caller's own.
        if case .user(let names) = principal, names.first == caller.stableNames.first { principal = .user(caller.stableNames) }
        var current = record
        current.scopes = ScopeSelector.intersect(record.scopes, with: try await held(by: principal)).granted
        return SessionScopeView(current)
    }

    /// Throws 412 when the request's `If-Match` names another version than the caller would be shown.
    private func requireMatch(_ record: SessionScopeRecord?, _ context: OperationContext) async throws {
        guard context.headers[.ifMatch] != nil else { return }
        guard let record else { throw OperationError.preconditionFailed }
        try context.requireMatch(try .content(try await view(of: record, for: context.principal)))
    }

    private func bind(_ key: String, _ order: SessionScopeOrder, _ context: OperationContext) async throws -> Reply<SessionScopeAnswer> {
        let name = SessionPrincipal.parts(order.principal).name
        let row = try await onDatabase { try await tenants.get(namespace: namespace, name: name) }
        let principal = try SessionPrincipal.resolve(order.principal, caller: context.principal, isTenant: row != nil)
        let held = try await onDatabase { try await self.held(by: principal) }
        let result = ScopeSelector.intersect(order.scopes.map(\.selector), with: held)
        guard !result.granted.isEmpty else { throw Self.overScope(result.rejected) }
        return try await writer.write(context) { transaction, now in
            let before = try await SessionScopeRecord.get(key, lock: true, in: transaction)
            if let before, before.principal != principal.text { throw Self.bound }
            try await requireMatch(before, context)
            let record = SessionScopeRecord(
                key: key,
                principal: principal.text,
                scopes: result.granted,
                boundBy: context.principal.subject,
                createdAt: before?.createdAt ?? now,
                updatedAt: now
            )
            guard try await record.save(in: transaction) else { throw Self.bound }
            let view = SessionScopeView(record)
            return Mutation(
                Reply(SessionScopeAnswer(view, rejected: result.rejected), tag: try .content(view)),
                audit: context.audit(
                    "SessionScopeBound",
                    "Session/\(key)",
                    message: "bound the session \(key) for \(principal.text)",
                    before: try before.map { try JSON(encoding: $0.scopes) },
                    after: try JSON(encoding: record.scopes)
                )
            )
        }
    }

    private func clear(_ key: String, _ context: OperationContext) async throws -> Reply<SessionScopeRemoval> {
        try await writer.write(context) { transaction, _ in
            let before = try await SessionScopeRecord.get(key, lock: true, in: transaction)
            guard let before, SessionPrincipal.owns(before.principal, caller: context.principal) else { throw Self.missing(key) }
            try await requireMatch(before, context)
            try await SessionScopeRecord.delete(key, in: transaction)
            return Mutation(
                Reply(SessionScopeRemoval(sessionKey: key)),
                audit: context.audit(
                    "SessionScopeCleared",
                    "Session/\(key)",
                    message: "cleared the session \(key)",
                    before: try JSON(encoding: before.scopes)
                )
            )
        }
    }

    /// What a principal may know.
    private func held(by principal: SessionPrincipal) async throws -> [Entitlement] {
        switch principal {
        case .tenant(let name):
            guard let row = try await tenants.get(namespace: namespace, name: name) else { return [] }
            return try await entitlements.entitlements(.awareness, of: row)
        case .user(let names):
            let standing = try await entitlements.groups.standing(users: names)
            return try await entitlements.entitlements(.awareness, of: standing)
        }
    }

    private static func missing(_ key: String) -> OperationError {
        OperationError(.notFound, code: "NOT_FOUND", message: "The session \(key) has no binding.")
    }

    private static let bound = OperationError(
        .conflict,
        code: "SESSION_BOUND",
        message: "The session is bound for another principal, who has to clear it first."
    )

    private static func overScope(_ rejected: [ScopeSelector]) -> OperationError {
        var error = OperationError(.forbidden, code: "OVER_SCOPE", message: "The principal is entitled to none of these scopes.")
        error.members["rejected"] = .array(rejected.map { ["scope": .string($0.scope.rawValue), "payloadId": .string($0.payloadID)] })
        return error
    }
}

extension SessionScopeView {
    fileprivate init(_ record: SessionScopeRecord) {
        self.init(
            sessionKey: record.key,
            principal: record.principal,
            scopes: record.scopes.map(SelectorView.init),
            createdAt: RESTTimestamp.text(record.createdAt),
            updatedAt: RESTTimestamp.text(record.updatedAt)
        )
    }
}

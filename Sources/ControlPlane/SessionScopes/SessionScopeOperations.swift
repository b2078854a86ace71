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
    private static let ambiguous = ErrorDeclaration(
        .conflict,
        "SESSION_AMBIGUOUS",
        "Several principals have bound a session of this key; an administrator has to name the principal."
    )
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
                    errors: Refusals.reading + [Self.notFound, Self.ambiguous]
                ),
                parameters: SessionBindingPlace.self,
                answer: .ok(SessionScopeView.self, "Current session scope binding.", headers: Refusals.tagged)
            ) { place, context in try await show(place, context) },
            Operation(
                OperationLabel(
                    .put,
                    "/sessions/{sessionKey}/scope",
                    id: "set\(prefix)SessionScope",
                    summary: "Bind a session scope (CP intersects with the principal's entitlements)",
                    description:
                        "Each payload is given at the scope of the grant that allows it. When nothing is given, the answer is 403 with "
                        + "`rejected`, and an older binding stays. A session's key is the principal's own: others may have one of the same.",
                    tag: tag,
                    access: access,
                    headers: [.idempotencyKey, .ifMatch],
                    errors: Refusals.changingCatalogue + [
                        ErrorDeclaration(.forbidden, "OVER_SCOPE", "The principal is entitled to nothing of it; see `rejected`."),
                        ErrorDeclaration(.conflict, "SESSION_LIMIT", "The principal has bound as many sessions as it may."),
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
                    errors: Refusals.changingCatalogue + [Self.notFound, Self.ambiguous]
                ),
                parameters: SessionBindingPlace.self,
                answer: .ok(SessionScopeRemoval.self, "Binding cleared.")
            ) { place, context in try await clear(place, context) },
        ]
    }

    private func show(_ place: SessionBindingPlace, _ context: OperationContext) async throws -> Reply<SessionScopeView> {
        let record = try await find(place, context)
        let view = try await onDatabase { try await self.view(of: record, for: context.principal) }
        return Reply(view, tag: try .content(view))
    }

    /// The binding that a request means.
    ///
    /// - Throws: ``OperationError`` 404, 409 when several are meant.
    private func find(_ place: SessionBindingPlace, _ context: OperationContext) async throws -> SessionScopeRecord {
        let owned = SessionPrincipal.owned(by: context.principal)
        if let named = place.principal, let owned, !owned.contains(named) { throw Self.missing(place.sessionKey) }
        let principals = place.principal.map { [$0] } ?? owned
        let records = try await onDatabase {
            var records: [SessionScopeRecord] = []
            for record in try await SessionScopeRecord.find(place.sessionKey, of: principals, in: pool.reads) {
                if try await isCurrent(record) { records.append(record) }
            }
            return records
        }
        guard let first = records.first else { throw Self.missing(place.sessionKey) }
        // Whoever has several names has bound for the first of them.
        guard records.count == 1 || principals != nil else { throw Self.severalBindings(place.sessionKey) }
        return first
    }

    /// Whether a binding is still somebody's: not of a tenant that is gone, whose name another one may have.
    private func isCurrent(_ record: SessionScopeRecord) async throws -> Bool {
        let (kind, name) = SessionPrincipal.parts(record.principal)
        guard kind == "tenant", let uid = record.tenantUID else { return true }
        return try await tenants.get(namespace: namespace, name: name)?.metadata.uid == uid
    }

    /// A binding as it counts now: what the principal is not entitled to any more is left out.
    private func view(of record: SessionScopeRecord, for caller: Principal) async throws -> SessionScopeView {
        let (kind, name) = SessionPrincipal.parts(record.principal)
        var principal: SessionPrincipal = kind == "tenant" ? .tenant(name) : .user([name])
        // The caller's own further names count for what is the caller's own.
        if case .user(let names) = principal, let first = names.first, caller.stableNames.contains(first) {
            principal = .user(caller.stableNames)
        }
        var current = record
        current.scopes = ScopeSelector.intersect(record.scopes, with: try await held(by: principal)).granted
        return SessionScopeView(current)
    }

    /// Throws 412 when the request's `If-Match` names another version than the caller would be shown. It asks the database, and is therefore
    /// for before a transaction, in which the binding has to be found as it was then.
    private func requireMatch(_ record: SessionScopeRecord?, _ context: OperationContext) async throws {
        guard let record else { throw OperationError.preconditionFailed }
        let view = try await onDatabase { try await self.view(of: record, for: context.principal) }
        try context.requireMatch(try .content(view))
    }

    private func bind(_ key: String, _ order: SessionScopeOrder, _ context: OperationContext) async throws -> Reply<SessionScopeAnswer> {
        if let known = try await writer.answer(to: context, as: SessionScopeAnswer.self) { return known }
        let name = SessionPrincipal.parts(order.principal).name
        let row = try await onDatabase { try await tenants.get(namespace: namespace, name: name) }
        let principal = try SessionPrincipal.resolve(order.principal, caller: context.principal, isTenant: row != nil)
        let held = try await onDatabase { try await self.held(by: principal) }
        let result = ScopeSelector.intersect(order.scopes.map(\.selector), with: held)
        guard !result.granted.isEmpty else { throw Self.overScope(result.rejected) }
        var uid: String?
        if case .tenant = principal { uid = row?.metadata.uid }
        let tenantUID = uid
        let isConditional = context.headers[.ifMatch] != nil
        var found: SessionScopeRecord?
        if isConditional {
            found = try await onDatabase { try await SessionScopeRecord.find(key, of: [principal.text], in: pool).first }
            if found?.tenantUID != tenantUID { found = nil }
            try await requireMatch(found, context)
        }
        let seen = found
        return try await writer.write(context) { transaction, now in
            var before = try await SessionScopeRecord.lock(key, of: principal.text, in: transaction)
            if before == nil, try await SessionScopeRecord.count(of: principal.text, in: transaction) >= SessionScopeRecord.limit {
                throw Self.tooMany
            }
            if before?.tenantUID != tenantUID { before = nil }
            if isConditional, before != seen { throw OperationError.preconditionFailed }
            let record = SessionScopeRecord(
                key: key,
                principal: principal.text,
                tenantUID: tenantUID,
                scopes: result.granted,
                boundBy: context.principal.subject,
                createdAt: before?.createdAt ?? now,
                updatedAt: now
            )
            try await record.save(in: transaction)
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

    private func clear(_ place: SessionBindingPlace, _ context: OperationContext) async throws -> Reply<SessionScopeRemoval> {
        if let known = try await writer.answer(to: context, as: SessionScopeRemoval.self) { return known }
        let found = try await find(place, context)
        let key = place.sessionKey
        let isConditional = context.headers[.ifMatch] != nil
        if isConditional { try await requireMatch(found, context) }
        return try await writer.write(context) { transaction, _ in
            guard let before = try await SessionScopeRecord.lock(key, of: found.principal, in: transaction) else { throw Self.missing(key) }
            if isConditional, before != found { throw OperationError.preconditionFailed }
            try await SessionScopeRecord.delete(key, of: found.principal, in: transaction)
            return Mutation(
                Reply(SessionScopeRemoval(sessionKey: key)),
                audit: context.audit(
                    "SessionScopeCleared",
                    "Session/\(key)",
                    message: "cleared the session \(key) of \(found.principal)",
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

    private static func severalBindings(_ key: String) -> OperationError {
        OperationError(
            .conflict,
            code: "SESSION_AMBIGUOUS",
            message: "Several principals have bound a session \(key); name one with the parameter principal."
        )
    }

    private static let tooMany = OperationError(
        .conflict,
        code: "SESSION_LIMIT",
        message: "The principal has bound \(SessionScopeRecord.limit) sessions, as many as it may; clear some that are over."
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

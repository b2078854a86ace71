import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Projection

/// Reads and changes MCP servers with their grants and credentials.
struct MCPServerService: Sendable {
    let servers: MCPServerRepository
    let writer: MutationWriter
    let makeID: @Sendable () -> UUID

    /// One page of the servers, the newest first.
    func list(_ search: CatalogueSearch, _ context: OperationContext) async throws -> Reply<[MCPServerView]> {
        let sight = CatalogueSight(context.principal)
        let page = try await onDatabase {
            let page = try await servers.list(limit: search.limit, cursor: search.cursor)
            let states = try await Self.states(page.items, in: servers.pool.reads)
            return HTTPOperations.Page(items: states.map { MCPServerView($0, sight: sight) }, next: page.next)
        }
        return Reply(page: page, context: context)
    }

    /// One server.
    func get(_ id: String, _ context: OperationContext) async throws -> Reply<MCPServerView> {
        let state = try await onDatabase { try await Self.find(id, in: servers.pool.reads) }
        let view = MCPServerView(state, sight: CatalogueSight(context.principal))
        return Reply(view, tag: try .content(view))
    }

    /// Makes a server.
    func create(_ order: MCPServerOrder, _ context: OperationContext) async throws -> Reply<MCPServerView> {
        try MCPCredentialPlan.check(order.credentials)
        return try await refusingTakenNames(order.name) {
            try await writer.write(context) { transaction, now in
                let server = MCPServerRecord(
                    id: makeID(),
                    name: order.name,
                    description: order.description,
                    endpoint: order.endpoint,
                    scope: order.scope,
                    transport: order.transport,
                    status: order.status,
                    capabilities: MCPServerNotes.normalised(order.capabilities),
                    createdAt: now,
                    updatedAt: now
                )
                try await MCPServerRepository.save(server, in: transaction)
                let change = MCPServerUpdate(grants: order.grants, credentials: order.credentials)
                let empty = MCPServerState(server: server, grants: [], credentials: [])
                _ = try await children(change, of: empty, now: now, in: transaction)
                // Read back: with times as exact as the database keeps them, so that its version is the one that is read later.
                let view = MCPServerView(try await Self.find(server.id.text, in: transaction))
                return Mutation(
                    Reply(view, tag: try .content(view)).located(at: view.id, context),
                    audit: context.audit("Created", view, after: try JSON(encoding: view))
                )
            }
        }
    }

    /// Changes a server. What the request does not name stays.
    func update(_ id: String, _ change: MCPServerUpdate, _ context: OperationContext) async throws -> Reply<MCPServerView> {
        try MCPCredentialPlan.check(change.credentials ?? [])
        return try await refusingTakenNames(change.name ?? "") {
            try await writer.write(context) { transaction, now in
                let before = try await Self.find(id, lock: true, in: transaction)
                let viewBefore = MCPServerView(before)
                try context.requireMatch(try .content(viewBefore))
                var state = before
                state.server.apply(change)
                state = try await children(change, of: state, now: now, in: transaction)
                guard state != before else { return Mutation(Reply(viewBefore, tag: try .content(viewBefore))) }
                state.server.updatedAt = now
                try await MCPServerRepository.save(state.server, in: transaction)
                let view = MCPServerView(try await Self.find(state.server.id.text, in: transaction))
                return Mutation(
                    Reply(view, tag: try .content(view)),
                    audit: context.audit("Updated", view, before: try JSON(encoding: viewBefore), after: try JSON(encoding: view))
                )
            }
        }
    }

    /// Deletes a server, its grants and its credentials.
    func delete(_ id: String, _ context: OperationContext) async throws -> Reply<CatalogueRemoval> {
        try await writer.write(context) { transaction, _ in
            let state = try await Self.find(id, lock: true, in: transaction)
            let view = MCPServerView(state)
            try context.requireMatch(try .content(view))
            try await MCPServerRepository.delete(state.server.id, in: transaction)
            return Mutation(
                Reply(CatalogueRemoval(id: view.id)),
                audit: context.audit("Deleted", view, before: try JSON(encoding: view))
            )
        }
    }

    /// The credentials of a server, the oldest first.
    func credentials(_ search: MCPCredentialSearch, _ context: OperationContext) async throws -> Reply<[MCPCredentialView]> {
        try CatalogueSight(context.principal).requireEverything()
        let page = try await onDatabase {
            let state = try await Self.find(search.id, in: servers.pool.reads)
            return try await servers.credentials(of: state.server.id, limit: search.limit, cursor: search.cursor)
        }
        return Reply(page: page.map(MCPCredentialView.init), context: context)
    }

    /// Adds a credential to a server; its grants stay as they are.
    func add(_ creation: MCPCredentialCreation, to id: String, _ context: OperationContext) async throws -> Reply<MCPCredentialView> {
        let order = creation.order
        try MCPCredentialPlan.check([order], field: nil)
        return try await writer.write(context) { transaction, now in
            let before = try await Self.find(id, lock: true, in: transaction)
            guard before.credentials.count < MCPServerNotes.mostCredentials else {
                throw OperationError(
                    .conflict,
                    code: "MCP_CREDENTIAL_LIMIT",
                    message: "The server has \(MCPServerNotes.mostCredentials) credentials, as many as it may."
                )
            }
            let plan = MCPCredentialPlan(serverID: before.server.id, before: before.credentials)
            let added = try plan.records([order], now: now, makeID: makeID)
            try await MCPServerRepository.replace(before.credentials, with: before.credentials + added, in: transaction)
            let view = MCPCredentialView(added[0])
            return Mutation(
                Reply(view),
                audit: context.audit("Created", view, of: before.server, after: try JSON(encoding: view))
            )
        }
    }

    /// Takes a credential from a server.
    func remove(_ credentialID: String, from id: String, _ context: OperationContext) async throws -> Reply<CatalogueRemoval> {
        try await writer.write(context) { transaction, _ in
            let before = try await Self.find(id, lock: true, in: transaction)
            let uuid = UUID(uuidString: credentialID)
            guard let credential = before.credentials.first(where: { $0.id == uuid }) else {
                throw OperationError(
                    .notFound,
                    code: "MCP_CREDENTIAL_NOT_FOUND",
                    message: "The server \(before.server.name) has no credential \(credentialID)."
                )
            }
            try await MCPServerRepository.replace(
                before.credentials,
                with: before.credentials.filter { $0.id != credential.id },
                in: transaction
            )
            let view = MCPCredentialView(credential)
            return Mutation(
                Reply(CatalogueRemoval(id: view.id)),
                audit: context.audit("Deleted", view, of: before.server, before: try JSON(encoding: view))
            )
        }
    }
}

// MARK: - Parts

extension MCPServerService {
    /// Writes the lists that a request names; what is read back is what is shown.
    private func children(
        _ change: MCPServerUpdate,
        of state: MCPServerState,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws -> MCPServerState {
        let server = state.server
        if let orders = change.grants {
            let plan = GrantPlan(
                payload: .object(.mcpServer, id: server.id.text),
                scope: server.scope,
                before: state.grants,
                groups: try await GroupRepository.named(GrantPlan.groupTexts(orders), in: transaction)
            )
            let after = try plan.records(orders, now: now, makeID: makeID)
            try await GrantRepository.replace(state.grants, with: after, now: now, in: transaction)
        }
        if let orders = change.credentials {
            let plan = MCPCredentialPlan(serverID: server.id, before: state.credentials)
            let after = try plan.records(orders, now: now, makeID: makeID)
            try await MCPServerRepository.replace(state.credentials, with: after, in: transaction)
        }
        guard change.grants != nil || change.credentials != nil else { return state }
        return try await Self.states([server], in: transaction).first ?? state
    }

    private static func states(_ servers: [MCPServerRecord], in querying: some PostgresQuerying) async throws -> [MCPServerState] {
        let grants = try await GrantRepository.list(.mcpServer, payloadIDs: servers.map(\.id.text), in: querying)
        let credentials = try await MCPServerRepository.credentials(of: servers.map(\.id), in: querying)
        return servers.map { MCPServerState(server: $0, grants: grants[$0.id.text] ?? [], credentials: credentials[$0.id] ?? []) }
    }

    private static func find(_ id: String, lock: Bool = false, in querying: some PostgresQuerying) async throws -> MCPServerState {
        guard let uuid = UUID(uuidString: id), let server = try await MCPServerRepository.get(uuid, lock: lock, in: querying),
            let state = try await states([server], in: querying).first
        else { throw OperationError(.notFound, code: "MCP_SERVER_NOT_FOUND", message: "There is no MCP server \(id).") }
        return state
    }

    private func refusingTakenNames<Value>(_ name: String, _ work: () async throws -> Reply<Value>) async throws -> Reply<Value> {
        do {
            return try await work()
        } catch let error as PostgresError where error.constraint == "mcp_servers_name_key" {
            throw OperationError(.conflict, code: "MCP_SERVER_EXISTS", message: "There is an MCP server '\(name)' already.")
        }
    }
}

extension MCPServerRecord {
    /// Takes over what a change names.
    fileprivate mutating func apply(_ change: MCPServerUpdate) {
        name = change.name ?? name
        endpoint = change.endpoint ?? endpoint
        transport = change.transport ?? transport
        scope = change.scope ?? scope
        description = change.description ?? description
        status = change.status ?? status
        capabilities = change.capabilities.map(MCPServerNotes.normalised) ?? capabilities
    }
}

extension OperationContext {
    fileprivate func audit(_ action: String, _ server: MCPServerView, before: JSON? = nil, after: JSON? = nil) -> AuditDraft {
        audit(
            action,
            "McpServer/\(server.id)",
            message: "\(action.lowercased()) the MCP server \(server.name).",
            before: before,
            after: after
        )
    }

    fileprivate func audit(
        _ action: String,
        _ credential: MCPCredentialView,
        of server: MCPServerRecord,
        before: JSON? = nil,
        after: JSON? = nil
    ) -> AuditDraft {
        audit(
            action,
            "McpServerCredential/\(credential.id)",
            message:
                "\(action.lowercased()) the credential \(credential.displayName) of the MCP server \(server.name) (\(server.id.text)).",
            before: before,
            after: after
        )
    }
}

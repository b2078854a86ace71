import Entitlements
import HTTPOperations
import HTTPTypes
import Projection

/// Tells the MCP gateway, on behalf of one tenant, which servers that tenant may call: what nobody granted it is not there, nor is any
/// credential.
struct MCPRegistryFeed: Sendable {
    let tenants: TenantRepository
    let groups: GroupRepository
    let grants: GrantRepository
    let servers: MCPServerRepository
    /// Namespace of the tenants.
    let namespace: String

    /// The operation, below the base path of a registry.
    var operations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/servers",
                    id: "listMcpRegistryServers",
                    summary: "List the MCP servers that the calling tenant may use",
                    description: "In the form of registries of MCP servers (registry API v0.1), by name. Drafts are not listed.",
                    tag: "MCP registry",
                    access: .working,
                    errors: Refusals.reading
                ),
                parameters: MCPFeedSearch.self,
                answer: .ok(MCPFeedPage.self, "The servers.")
            ) { search, context in Reply(try await page(search, tenant: try context.requireWorkloadTenant())) }
        ]
    }

    /// The ids of the servers that a tenant may call, drafts among them.
    ///
    /// - Throws: `PostgresError`.
    func entitled(tenant: String, department: String?) async throws -> [String] {
        let standing = try await groups.standing(tenant: tenant, department: department)
        let found = try await grants.grants(of: .mcpServer, reaching: standing)
        return Entitlement.compile(.mcpServer, from: found, for: standing).filter(\.isAllowed).map(\.payloadID)
    }

    private func page(_ search: MCPFeedSearch, tenant: String) async throws -> MCPFeedPage {
        let after = try search.cursor.map { try Cursor(parsing: $0, count: 1).keys[0] }
        let page = try await onDatabase {
            // A tenant that was deleted a moment ago has nothing.
            guard let row = try await tenants.get(namespace: namespace, name: tenant) else {
                return HTTPOperations.Page<MCPServerRecord>(items: [], next: nil)
            }
            let rows = try await servers.offered(
                ids: try await entitled(tenant: row.name, department: row.team),
                after: after,
                containing: search.search,
                changedAfter: search.updatedSince,
                limit: search.limit + 1
            )
            return HTTPOperations.Page(rows: rows, limit: search.limit) { Cursor($0.name) }
        }
        return MCPFeedPage(
            servers: page.items.map(MCPFeedEntry.init),
            metadata: .init(count: page.items.count, nextCursor: page.next)
        )
    }
}

extension MCPRegistryFeed {
    /// The surface of the feed, for the pods of tenants.
    ///
    /// - Parameters:
    ///   - parts: what it is made of.
    ///   - authenticator: lets pods in.
    static func surface(_ parts: ControlPlaneParts, authenticator: WorkloadAuthenticator) -> Surface {
        Surface(
            title: "OpenCrane MCP registry",
            version: "1.0.0",
            description: "What the MCP gateway asks on behalf of tenants.",
            basePath: "/api/internal/mcp-registry/v0.1",
            authenticator: authenticator,
            errors: WorkloadAuthenticator.errors,
            operations: MCPRegistryFeed(
                tenants: TenantRepository(pool: parts.pool),
                groups: GroupRepository(pool: parts.pool),
                grants: GrantRepository(pool: parts.pool),
                servers: MCPServerRepository(pool: parts.pool),
                namespace: parts.configuration.namespace
            ).operations,
            bodyLimit: 1024,
            timeout: parts.configuration.requestTimeout
        )
    }
}

import Entitlements
import HTTPOperations
import HTTPTypes
import Projection

/// Tells the MCP gateway, on behalf of one tenant, which servers that tenant may call: what nobody granted it is not there, nor is any
/// credential.
struct MCPRegistryFeed: Sendable {
    let tenants: TenantRepository
    let servers: MCPServerRepository
    /// The ids of the servers that a tenant may call: those of its contract.
    let entitled: @Sendable (TenantRow) async throws -> [String]
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
                answer: .page(of: MCPFeedPage.self, "The servers.")
            ) { search, context in
                let page = try await page(search, tenant: try context.requireWorkloadTenant())
                return Reply(page, next: page.metadata.nextCursor, context: context)
            }
        ]
    }

    private func page(_ search: MCPFeedSearch, tenant: String) async throws -> MCPFeedPage {
        let after = try search.cursor.map { try Cursor(parsing: $0, count: 1).keys[0] }
        let page = try await onDatabase {
            // A tenant that was deleted a moment ago has nothing.
            guard let row = try await tenants.get(namespace: namespace, name: tenant) else {
                return HTTPOperations.Page<MCPServerRecord>(items: [], next: nil)
            }
            let rows = try await servers.offered(
                ids: try await entitled(row),
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
    ///   - contracts: compiles what a tenant may use, so that the gateway and the tenant are told the same.
    ///   - authenticator: lets pods in.
    static func surface(_ parts: ControlPlaneParts, contracts: ContractService, authenticator: WorkloadAuthenticator) -> Surface {
        Surface(
            title: "OpenCrane MCP registry",
            version: "1.0.0",
            description: "What the MCP gateway asks on behalf of tenants.",
            basePath: "/api/internal/mcp-registry/v0.1",
            authenticator: authenticator,
            credential: WorkloadAuthenticator.credential,
            errors: WorkloadAuthenticator.errors,
            operations: MCPRegistryFeed(
                tenants: TenantRepository(pool: parts.pool),
                servers: MCPServerRepository(pool: parts.pool),
                entitled: { try await contracts.contract(of: $0).servers.map(\.id) },
                namespace: parts.configuration.namespace
            ).operations,
            bodyLimit: 1024,
            timeout: parts.configuration.requestTimeout
        )
    }
}

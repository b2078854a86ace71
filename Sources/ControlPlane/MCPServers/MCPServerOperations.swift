import HTTPOperations
import HTTPTypes

/// The operations on MCP servers and their credentials.
struct MCPServerOperations: Sendable {
    let service: MCPServerService

    private static let tag = "MCP Servers"
    private static let notFound = ErrorDeclaration(.notFound, "MCP_SERVER_NOT_FOUND", "There is no such MCP server.")
    private static let exists = ErrorDeclaration(.conflict, "MCP_SERVER_EXISTS", "The name is taken.")
    private static let credential = ErrorDeclaration(
        .badRequest,
        "VALIDATION_ERROR",
        "A credential has no secretRef with static, or one with obo."
    )

    /// All of them.
    var operations: [Operation] { [list, get, create, update, delete, listCredentials, addCredential, deleteCredential] }

    private var list: Operation {
        Operation(
            OperationLabel(
                .get,
                "/mcp-servers",
                id: "listMcpServers",
                summary: "List all MCP servers with grants and credentials",
                description: "The newest first. A page holds at most `limit` servers; the Link header names the next.",
                tag: Self.tag,
                access: .reading,
                errors: Refusals.reading
            ),
            parameters: CatalogueSearch.self,
            answer: .page(MCPServerView.self, "MCP server list.")
        ) { search, context in try await service.list(search, context) }
    }

    private var get: Operation {
        Operation(
            OperationLabel(
                .get,
                "/mcp-servers/{id}",
                id: "getMcpServer",
                summary: "Get a single MCP server by identifier",
                tag: Self.tag,
                access: .reading,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(MCPServerView.self, "MCP server detail.", headers: Refusals.tagged)
        ) { object, context in try await service.get(object.id, context) }
    }

    private var create: Operation {
        Operation(
            OperationLabel(
                .post,
                "/mcp-servers",
                id: "createMcpServer",
                summary: "Create a new MCP server",
                description: "Server, grants and credentials are written together or not at all.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [Self.credential, Self.exists]
            ),
            body: MCPServerOrder.self,
            answer: .created(MCPServerView.self, "MCP server created.", headers: Refusals.created)
        ) { order, context in try await service.create(order, context) }
    }

    private var update: Operation {
        Operation(
            OperationLabel(
                .put,
                "/mcp-servers/{id}",
                id: "updateMcpServer",
                summary: "Update an MCP server and fully replace grants and credentials",
                description:
                    "What is absent stays as it is, lists included. A list that is given replaces the whole list; of its items those "
                    + "with the id of one there is keep it.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.credential, Self.notFound, Self.exists]
            ),
            parameters: CatalogueObject.self,
            body: MCPServerUpdate.self,
            answer: .ok(MCPServerView.self, "MCP server updated.", headers: Refusals.tagged)
        ) { object, change, context in try await service.update(object.id, change, context) }
    }

    private var delete: Operation {
        Operation(
            OperationLabel(
                .delete,
                "/mcp-servers/{id}",
                id: "deleteMcpServer",
                summary: "Delete an MCP server and its linked grant rows",
                description: "Its credentials are deleted too; the Secrets they name are not.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(CatalogueRemoval.self, "MCP server deleted.")
        ) { object, context in try await service.delete(object.id, context) }
    }

    private var listCredentials: Operation {
        Operation(
            OperationLabel(
                .get,
                "/mcp-servers/{id}/credentials",
                id: "listMcpServerCredentials",
                summary: "List the brokered credentials of an MCP server",
                description: "The oldest first.",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: MCPCredentialSearch.self,
            answer: .page(MCPCredentialView.self, "Credential list.")
        ) { search, context in try await service.credentials(search, context) }
    }

    private var addCredential: Operation {
        Operation(
            OperationLabel(
                .post,
                "/mcp-servers/{id}/credentials",
                id: "addMcpServerCredential",
                summary: "Add a brokered credential to an MCP server (does not touch grants)",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    Self.credential, Self.notFound,
                    ErrorDeclaration(.conflict, "MCP_CREDENTIAL_LIMIT", "The server has as many credentials as it may."),
                ]
            ),
            parameters: CatalogueObject.self,
            body: MCPCredentialCreation.self,
            answer: .created(MCPCredentialView.self, "Credential added.")
        ) { object, order, context in try await service.add(order, to: object.id, context) }
    }

    private var deleteCredential: Operation {
        Operation(
            OperationLabel(
                .delete,
                "/mcp-servers/{id}/credentials/{credentialId}",
                id: "deleteMcpServerCredential",
                summary: "Remove a single brokered credential from an MCP server",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    Self.notFound, ErrorDeclaration(.notFound, "MCP_CREDENTIAL_NOT_FOUND", "The server has no such credential."),
                ]
            ),
            parameters: MCPCredentialPlace.self,
            answer: .ok(CatalogueRemoval.self, "Credential deleted.")
        ) { place, context in try await service.remove(place.credentialID, from: place.id, context) }
    }
}

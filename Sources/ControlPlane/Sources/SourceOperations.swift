import HTTPOperations
import HTTPTypes

/// The operations on third-party sources.
struct SourceOperations: Sendable {
    let service: SourceService

    private static let tag = "Third-Party Sources"
    private static let notFound = ErrorDeclaration(.notFound, "THIRD_PARTY_SOURCE_NOT_FOUND", "There is no such source.")
    private static let exists = ErrorDeclaration(.conflict, "THIRD_PARTY_SOURCE_EXISTS", "The name is taken.")
    /// Where things come from is the platform's business.

    /// All of them.
    var operations: [Operation] { [list, create, get, update, delete, approve, sync] }

    private var list: Operation {
        Operation(
            OperationLabel(
                .get,
                "/third-party-sources",
                id: "listThirdPartySources",
                summary: "List all third-party sources",
                description: "The newest first, without their items. The Link header names the next page.",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading
            ),
            parameters: CatalogueSearch.self,
            answer: .page(SourceView.self, "Third-party source list.")
        ) { search, context in try await service.list(search, context) }
    }

    private var get: Operation {
        Operation(
            OperationLabel(
                .get,
                "/third-party-sources/{id}",
                id: "getThirdPartySource",
                summary: "Get a single third-party source",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(SourceView.self, "Source detail.", headers: Refusals.tagged)
        ) { object, context in try await service.get(object.id, context) }
    }

    private var create: Operation {
        Operation(
            OperationLabel(
                .post,
                "/third-party-sources",
                id: "createThirdPartySource",
                summary: "Register a new third-party source",
                description: "Nothing is fetched before somebody has approved it.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [Self.exists]
            ),
            body: SourceOrder.self,
            answer: .created(SourceView.self, "Source registered.", headers: Refusals.tagged)
        ) { order, context in try await service.create(order, context) }
    }

    private var update: Operation {
        Operation(
            OperationLabel(
                .put,
                "/third-party-sources/{id}",
                id: "updateThirdPartySource",
                summary: "Update a third-party source",
                description: "What is absent stays as it is. With another type, url, path or ref the source has to be approved again.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound, Self.exists]
            ),
            parameters: CatalogueObject.self,
            body: SourceUpdate.self,
            answer: .ok(SourceView.self, "Source updated.", headers: Refusals.tagged)
        ) { object, change, context in try await service.update(object.id, change, context) }
    }

    private var delete: Operation {
        Operation(
            OperationLabel(
                .delete,
                "/third-party-sources/{id}",
                id: "deleteThirdPartySource",
                summary: "Delete a third-party source and its linked items",
                description: "Skills and MCP servers that came from it stay.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(CatalogueRemoval.self, "Source deleted.")
        ) { object, context in try await service.delete(object.id, context) }
    }

    private var approve: Operation {
        Operation(
            OperationLabel(
                .post,
                "/third-party-sources/{id}/approve",
                id: "approveThirdPartySource",
                summary: "Approve a third-party source",
                description: "It is fetched from now on. What it has becomes drafts, which people scan, publish and activate.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(SourceView.self, "The approved source.", headers: Refusals.tagged)
        ) { object, context in try await service.approve(object.id, context) }
    }

    private var sync: Operation {
        Operation(
            OperationLabel(
                .post,
                "/third-party-sources/{id}/sync",
                id: "syncThirdPartySource",
                summary: "Fetch a third-party source at once",
                description: "The answer does not wait for it: syncStatus says how it stands.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    Self.notFound, ErrorDeclaration(.conflict, "APPROVAL_REQUIRED", "Nobody has approved the source."),
                ]
            ),
            parameters: CatalogueObject.self,
            answer: Answer(.accepted, SourceView.self, "It will be fetched.", headers: Refusals.tagged)
        ) { object, context in try await service.sync(object.id, context) }
    }
}

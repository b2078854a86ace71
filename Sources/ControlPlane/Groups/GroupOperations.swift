import HTTPOperations
import HTTPTypes

/// The operations on groups.
struct GroupOperations: Sendable {
    let service: GroupService

    private static let tag = "Groups"
    private static let notFound = ErrorDeclaration(.notFound, "GROUP_NOT_FOUND", "There is no such group.")
    private static let exists = ErrorDeclaration(.conflict, "GROUP_EXISTS", "The name is taken.")
    /// Groups name the people and tenants of every customer: whoever acts for one of them does not see groups.

    /// All of them.
    var operations: [Operation] { [list, get, create, update, delete] }

    private var list: Operation {
        Operation(
            OperationLabel(
                .get,
                "/groups",
                id: "listGroups",
                summary: "List all groups with member counts and awareness grants",
                description: "The newest first. A page holds at most `limit` groups; the Link header names the next.",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading
            ),
            parameters: CatalogueSearch.self,
            answer: .page(GroupView.self, "Group list.")
        ) { search, context in try await service.list(search, context) }
    }

    private var get: Operation {
        Operation(
            OperationLabel(
                .get,
                "/groups/{id}",
                id: "getGroup",
                summary: "Get a single group by identifier",
                tag: Self.tag,
                access: .inspecting,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(GroupView.self, "Group detail.", headers: Refusals.tagged)
        ) { object, context in try await service.get(object.id, context) }
    }

    private var create: Operation {
        Operation(
            OperationLabel(
                .post,
                "/groups",
                id: "createGroup",
                summary: "Create a new group and optional awareness grants",
                description: "Group, members and grants are written together or not at all.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [Self.exists]
            ),
            body: GroupOrder.self,
            answer: .created(GroupView.self, "Group created.", headers: Refusals.created)
        ) { order, context in try await service.create(order, context) }
    }

    private var update: Operation {
        Operation(
            OperationLabel(
                .put,
                "/groups/{id}",
                id: "updateGroup",
                summary: "Update a group and replace awareness grants",
                description:
                    "What is absent stays as it is, lists included. A list that is given replaces the whole list; of its grants those "
                    + "with the id of one there is keep it.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound, Self.exists]
            ),
            parameters: CatalogueObject.self,
            body: GroupUpdate.self,
            answer: .ok(GroupView.self, "Group updated.", headers: Refusals.tagged)
        ) { object, change, context in try await service.update(object.id, change, context) }
    }

    private var delete: Operation {
        Operation(
            OperationLabel(
                .delete,
                "/groups/{id}",
                id: "deleteGroup",
                summary: "Delete a group and its awareness grants",
                description: "Grants of anything that are for this group are deleted with it.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(CatalogueRemoval.self, "Group deleted.")
        ) { object, context in try await service.delete(object.id, context) }
    }
}

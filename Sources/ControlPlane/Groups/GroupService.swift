import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Projection

/// Reads and changes groups, their members and the awareness grants they hold.
struct GroupService: Sendable {
    let groups: GroupRepository
    let writer: MutationWriter
    let makeID: @Sendable () -> UUID

    /// One page of the groups, the newest first.
    func list(_ search: CatalogueSearch, _ context: OperationContext) async throws -> Reply<[GroupView]> {
        try CatalogueSight(context.principal).requireEverything()
        let page = try await onDatabase {
            let page = try await groups.list(limit: search.limit, cursor: search.cursor)
            let grants = try await GrantRepository.list(heldBy: page.items.map(\.id), in: groups.pool.reads)
            return page.map { GroupView($0, grants: grants[$0.id] ?? []) }
        }
        return Reply(page: page, context: context)
    }

    /// One group.
    func get(_ id: String, _ context: OperationContext) async throws -> Reply<GroupView> {
        try CatalogueSight(context.principal).requireEverything()
        let (record, grants) = try await onDatabase { try await Self.find(id, in: groups.pool.reads) }
        let view = GroupView(record, grants: grants)
        return Reply(view, tag: try .content(view))
    }

    /// Makes a group.
    func create(_ order: GroupOrder, _ context: OperationContext) async throws -> Reply<GroupView> {
        let list = try GroupNotes.list(order.awarenessGrants, order.grants)
        return try await refusingTakenNames(order.name) {
            try await writer.write(context) { transaction, now in
                var record = GroupRecord(
                    id: makeID(),
                    number: 0,
                    name: order.name,
                    scope: order.scope,
                    description: order.description,
                    members: [],
                    createdAt: now,
                    updatedAt: now
                )
                record.members = GroupNotes.normalised(order.members)
                try await GroupRepository.save(record, in: transaction)
                _ = try await grants(list, of: record, before: [], now: now, in: transaction)
                let view = try await Self.stored(record, in: transaction)
                return Mutation(
                    Reply(view, tag: try .content(view)).located(at: view.id, context),
                    audit: context.audit("Created", view, after: try JSON(encoding: view))
                )
            }
        }
    }

    /// Changes a group. What the request does not name stays.
    func update(_ id: String, _ change: GroupUpdate, _ context: OperationContext) async throws -> Reply<GroupView> {
        let list = try GroupNotes.list(change.awarenessGrants, change.grants)
        return try await refusingTakenNames(change.name ?? "") {
            try await writer.write(context) { transaction, now in
                let (before, held) = try await Self.find(id, lock: true, in: transaction)
                let viewBefore = GroupView(before, grants: held)
                try context.requireMatch(try .content(viewBefore))
                var record = before
                record.name = change.name ?? before.name
                record.scope = change.scope ?? before.scope
                record.description = change.description.applied(to: before.description)
                record.members = change.members.map(GroupNotes.normalised) ?? before.members
                // Its own name may stand in its grants: the row comes first.
                if record != before { try await GroupRepository.save(record, in: transaction) }
                let grants = try await grants(list, of: record, before: held, now: now, in: transaction)
                guard record != before || grants != held else { return Mutation(Reply(viewBefore, tag: try .content(viewBefore))) }
                record.updatedAt = now
                try await GroupRepository.save(record, in: transaction)
                let view = try await Self.stored(record, in: transaction)
                return Mutation(
                    Reply(view, tag: try .content(view)),
                    audit: context.audit(
                        "Updated",
                        view,
                        before: try JSON(encoding: viewBefore),
                        after: try JSON(encoding: view)
                    )
                )
            }
        }
    }

    /// Deletes a group, the grants it holds and those that are for it.
    func delete(_ id: String, _ context: OperationContext) async throws -> Reply<CatalogueRemoval> {
        try await writer.write(context) { transaction, _ in
            let (record, held) = try await Self.find(id, lock: true, in: transaction)
            let view = GroupView(record, grants: held)
            try context.requireMatch(try .content(view))
            let others = try await GrantRepository.list(for: record.id, in: transaction).filter { $0.groupID != record.id }
            try await GroupRepository.delete(record.id, in: transaction)
            var before = try JSON(encoding: view)
            before["grantsForGroup"] = .array(try others.map { try JSON(encoding: GrantView($0)) })
            return Mutation(Reply(CatalogueRemoval(id: view.id)), audit: context.audit("Deleted", view, before: before))
        }
    }

    /// Writes the grants that a request asks for, if it names any.
    private func grants(
        _ list: (field: String, orders: [GrantOrder])?,
        of group: GroupRecord,
        before: [GrantRecord],
        now: Date,
        in transaction: PostgresTransaction
    ) async throws -> [GrantRecord] {
        guard let list else {
            // A new name of the group shows in the grants that are for it.
            return try await GrantRepository.list(heldBy: [group.id], in: transaction)[group.id] ?? []
        }
        let plan = GrantPlan(
            payload: .awareness(heldBy: GroupName(id: group.id, name: group.name)),
            scope: group.scope,
            before: before,
            groups: try await GroupRepository.named(GrantPlan.groupTexts(list.orders), in: transaction),
            field: list.field
        )
        let after = try plan.records(list.orders, now: now, makeID: makeID)
        try await GrantRepository.replace(before, with: after, now: now, in: transaction)
        return try await GrantRepository.list(heldBy: [group.id], in: transaction)[group.id] ?? []
    }

    /// A group as it was just written: with times as exact as the database keeps them, so that its version is the one that is read later.
    private static func stored(_ record: GroupRecord, in transaction: PostgresTransaction) async throws -> GroupView {
        let (record, grants) = try await find(record.id.text, in: transaction)
        return GroupView(record, grants: grants)
    }

    private static func find(
        _ id: String,
        lock: Bool = false,
        in querying: some PostgresQuerying
    ) async throws -> (GroupRecord, [GrantRecord]) {
        guard let uuid = UUID(uuidString: id), let record = try await GroupRepository.get(uuid, lock: lock, in: querying) else {
            throw OperationError(.notFound, code: "GROUP_NOT_FOUND", message: "There is no group \(id).")
        }
        return (record, try await GrantRepository.list(heldBy: [record.id], in: querying)[record.id] ?? [])
    }

    private func refusingTakenNames<Value>(_ name: String, _ work: () async throws -> Reply<Value>) async throws -> Reply<Value> {
        do {
            return try await work()
        } catch let error as PostgresError where error.constraint == "groups_name_key" {
            throw OperationError(.conflict, code: "GROUP_EXISTS", message: "There is a group '\(name)' already.")
        }
    }
}

extension OperationContext {
    fileprivate func audit(_ action: String, _ group: GroupView, before: JSON? = nil, after: JSON? = nil) -> AuditDraft {
        audit(
            action,
            "Group/\(group.id)",
            message: "\(action.lowercased()) the group \(group.name) with \(group.memberCount) members.",
            before: before,
            after: after
        )
    }
}

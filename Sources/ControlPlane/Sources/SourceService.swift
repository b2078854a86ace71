import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import OutboundGuard
import Postgres
import Projection

/// Reads and changes third-party sources.
struct SourceService: Sendable {
    let sources: SourceRepository
    let writer: MutationWriter
    /// Decides which URLs may be stored.
    let gate: OutboundGuard
    let importer: SourceImport
    let now: @Sendable () -> Date
    let makeID: @Sendable () -> UUID

    /// One page of the sources, the newest first.
    func list(_ search: CatalogueSearch, _ context: OperationContext) async throws -> Reply<[SourceView]> {
        try CatalogueSight(context.principal).requireEverything()
        let page = try await onDatabase { try await sources.list(limit: search.limit, cursor: search.cursor) }
        let date = now()
        return Reply(page: page.map { SourceView($0, now: date) }, context: context)
    }

    /// One source with its items.
    func get(_ id: String, _ context: OperationContext) async throws -> Reply<SourceView> {
        try CatalogueSight(context.principal).requireEverything()
        let view = try await onDatabase {
            try await self.view(of: Self.find(id, in: sources.pool.reads), now: now(), in: sources.pool.reads)
        }
        return Reply(view, tag: try view.editTag().tag)
    }

    /// Registers a source. It is fetched after somebody has approved it.
    func create(_ order: SourceOrder, _ context: OperationContext) async throws -> Reply<SourceView> {
        try await refusingTakenNames(order.name) {
            try await writer.write(context) { transaction, now -> Mutation<SourceView> in
                let source = SourceRecord(
                    id: makeID(),
                    name: order.name,
                    type: order.type,
                    url: try url(order.url, of: order.type),
                    path: order.path,
                    ref: order.ref,
                    syncMode: order.syncMode,
                    interval: order.intervalSeconds,
                    notes: order.notes,
                    createdAt: now,
                    updatedAt: now
                )
                try check(source, items: order.items)
                try await SourceRepository.save(source, in: transaction)
                if let items = order.items { try await importer.note(try found(items), of: source, now: now, in: transaction) }
                return try await answer(source.id, "Created", "registered", before: nil, context, now: now, in: transaction)
            }
        }
    }

    /// Changes a source. What the request does not name stays; with another origin it loses its approval.
    func update(_ id: String, _ change: SourceUpdate, _ context: OperationContext) async throws -> Reply<SourceView> {
        try await refusingTakenNames(change.name ?? "") {
            try await writer.write(context) { transaction, now in
                let before = try await Self.find(id, lock: true, in: transaction)
                let viewBefore = try await view(of: before, now: now, in: transaction)
                try viewBefore.editTag().requireMatch(context)
                var source = before
                source.name = change.name ?? before.name
                source.type = change.type ?? before.type
                if source.type.isFetched || !change.url.isKeep {
                    source.url = try url(change.url.applied(to: before.url), of: source.type)
                } else {
                    source.url = nil
                }
                source.path = change.path.applied(to: before.path)
                source.ref = change.ref.applied(to: before.ref)
                source.syncMode = change.syncMode ?? before.syncMode
                source.interval = change.intervalSeconds ?? before.interval
                source.notes = change.notes.applied(to: before.notes)
                try check(source, items: change.items)
                if source.differsInOrigin(from: before) { source.withdrawApproval() }
                if source.approvedAt != nil, source.interval != before.interval || source.syncMode != before.syncMode {
                    source.nextRunAt = source.syncMode == .scheduled ? now : nil
                }
                guard source != before || change.items != nil else {
                    return Mutation(Reply(viewBefore, tag: try viewBefore.editTag().tag))
                }
                source.updatedAt = now
                try await SourceRepository.save(source, in: transaction)
                if let items = change.items { try await importer.note(try found(items), of: source, now: now, in: transaction) }
                return try await answer(source.id, "Updated", "changed", before: viewBefore, context, now: now, in: transaction)
            }
        }
    }

    /// Deletes a source and its items. What they have become stays.
    func delete(_ id: String, _ context: OperationContext) async throws -> Reply<CatalogueRemoval> {
        try await writer.write(context) { transaction, now in
            let source = try await Self.find(id, lock: true, in: transaction)
            let view = try await self.view(of: source, now: now, in: transaction)
            try view.editTag().requireMatch(context)
            try await SourceRepository.delete(source.id, in: transaction)
            return Mutation(
                Reply(CatalogueRemoval(id: view.id)),
                audit: context.audit("Deleted", view, "deleted", before: try JSON(encoding: view))
            )
        }
    }

    /// Approves a source: it is fetched from now on.
    func approve(_ id: String, _ context: OperationContext) async throws -> Reply<SourceView> {
        try await writer.write(context) { transaction, now in
            var source = try await Self.find(id, lock: true, in: transaction)
            let viewBefore = try await view(of: source, now: now, in: transaction)
            try viewBefore.editTag().requireMatch(context)
            guard source.approvedAt == nil else { return Mutation(Reply(viewBefore, tag: try viewBefore.editTag().tag)) }
            source.approvedBy = context.principal.subject
            source.approvedAt = now
            source.isRequested = source.syncMode == .scheduled || !source.type.isFetched
            source.nextRunAt = now
            source.updatedAt = now
            try await SourceRepository.save(source, in: transaction)
            return try await answer(source.id, "Approved", "approved", before: viewBefore, context, now: now, in: transaction)
        }
    }

    /// Has a source fetched at once.
    func sync(_ id: String, _ context: OperationContext) async throws -> Reply<SourceView> {
        try await writer.write(context) { transaction, now in
            var source = try await Self.find(id, lock: true, in: transaction)
            let viewBefore = try await view(of: source, now: now, in: transaction)
            guard source.approvedAt != nil else {
                throw OperationError(
                    .conflict,
                    code: "APPROVAL_REQUIRED",
                    message: "The source \(source.name) was not approved; nothing is fetched from it."
                )
            }
            guard !source.isRequested else { return Mutation(Reply(viewBefore, tag: try viewBefore.editTag().tag)) }
            source.isRequested = true
            try await SourceRepository.save(source, in: transaction)
            return try await answer(source.id, "SyncRequested", "wants news of", before: viewBefore, context, now: now, in: transaction)
        }
    }

    // MARK: Parts

    private func answer(
        _ id: UUID,
        _ action: String,
        _ verb: String,
        before: SourceView?,
        _ context: OperationContext,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws -> Mutation<SourceView> {
        let view = try await self.view(of: Self.find(id.text, in: transaction), now: now, in: transaction)
        return Mutation(
            Reply(view, tag: try view.editTag().tag),
            audit: context.audit(action, view, verb, before: try before.map { try JSON(encoding: $0) }, after: try JSON(encoding: view))
        )
    }

    private func view(of source: SourceRecord, now: Date, in querying: some PostgresQuerying) async throws -> SourceView {
        let items = try await SourceRepository.items(of: [source.id], limit: SourceNotes.mostItems, in: querying)
        return SourceView(source, items: items[source.id] ?? [], now: now)
    }

    /// The URL as it is kept, checked.
    private func url(_ text: String?, of type: SourceType) throws(OperationError) -> String? {
        guard let text else {
            guard !type.isFetched else { throw .invalid("url", "is required for the type \(type.rawValue)", kind: .missing) }
            return nil
        }
        guard type.isFetched else { throw .invalid("url", "must be absent: nothing is fetched from a source of the type \(type.rawValue)") }
        do throws(OutboundError) {
            return try gate.check(text).description
        } catch {
            throw .invalid("url", "is refused (\(error.code.rawValue)): \(error.message)")
        }
    }

    private func check(_ source: SourceRecord, items: [SourceItemOrder]?) throws(OperationError) {
        let isRepository = source.type == .gitRepository || source.type == .anthropicSkills
        for (name, value) in [("path", source.path), ("ref", source.ref)] {
            guard let value else { continue }
            guard isRepository else { throw .invalid(name, "is for repositories alone") }
            let isTraversal = value.contains("..") || value.split(separator: "/").contains { $0 == "." || $0.lowercased() == ".git" }
            guard !isTraversal else { throw .invalid(name, "must not leave the repository") }
        }
        guard let items else { return }
        guard !source.type.isFetched else { throw .invalid("items", "are fetched from a source of the type \(source.type.rawValue)") }
        guard Set(items.map { [$0.kind.rawValue, $0.upstreamID] }).count == items.count else {
            throw .invalid("items", "name an upstreamId twice")
        }
    }

    private func found(_ orders: [SourceItemOrder]) throws(OperationError) -> [SourceItem] {
        var items: [SourceItem] = []
        for (index, order) in orders.enumerated() {
            var item = SourceItem(kind: order.kind, name: order.name, upstreamID: order.upstreamID, version: order.version)
            if order.kind == .mcpServer {
                guard let endpoint = order.endpoint else { throw .invalid("items[\(index)].endpoint", "is required", kind: .missing) }
                do throws(OutboundError) {
                    item.endpoint = try gate.check(endpoint).description
                } catch {
                    throw .invalid("items[\(index)].endpoint", "is refused (\(error.code.rawValue)): \(error.message)")
                }
                item.metadata = ["endpoint": .string(endpoint)]
            } else if order.endpoint != nil {
                throw .invalid("items[\(index)].endpoint", "is for MCP servers alone")
            }
            items.append(item)
        }
        return items
    }

    private static func find(_ id: String, lock: Bool = false, in querying: some PostgresQuerying) async throws -> SourceRecord {
        guard let uuid = UUID(uuidString: id), let source = try await SourceRepository.get(uuid, lock: lock, in: querying) else {
            throw OperationError(.notFound, code: "THIRD_PARTY_SOURCE_NOT_FOUND", message: "There is no third-party source \(id).")
        }
        return source
    }

    private func refusingTakenNames(_ name: String, _ work: () async throws -> Reply<SourceView>) async throws -> Reply<SourceView> {
        do {
            return try await work()
        } catch let error as PostgresError where error.constraint == "third_party_sources_name_key" {
            throw OperationError(.conflict, code: "THIRD_PARTY_SOURCE_EXISTS", message: "There is a source '\(name)' already.")
        }
    }
}

extension OperationContext {
    fileprivate func audit(_ action: String, _ source: SourceView, _ verb: String, before: JSON?, after: JSON? = nil) -> AuditDraft {
        audit(action, "ThirdPartySource/\(source.id)", message: "\(verb) the source \(source.name).", before: before, after: after)
    }
}

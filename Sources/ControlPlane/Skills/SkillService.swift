import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Projection
import SkillScanning

/// Reads and changes skills with their grants and promotions.
struct SkillService: Sendable {
    let skills: SkillRepository
    let writer: MutationWriter
    /// The rules that content must have passed to be published.
    let rules: String
    /// Whether published content goes into a registry.
    let isPushing: Bool
    let makeID: @Sendable () -> UUID

    /// One page of the skills, the newest first. Customers see what is delivered.
    func list(_ search: CatalogueSearch, _ context: OperationContext) async throws -> Reply<[SkillView]> {
        let sight = CatalogueSight(context.principal)
        let page = try await onDatabase {
            let page = try await skills.list(limit: search.limit, cursor: search.cursor, onlyDelivered: sight == .catalogue)
            let states = try await SkillRepository.states(page.items, in: skills.pool.reads)
            return Page(items: states.map { SkillView($0, sight: sight) }, next: page.next)
        }
        return Reply(page: page, context: context)
    }

    /// One skill.
    func get(_ id: String, _ context: OperationContext) async throws -> Reply<SkillView> {
        let sight = CatalogueSight(context.principal)
        let state = try await onDatabase { try await Self.find(id, in: skills.pool.reads) }
        guard sight == .everything || (state.skill.status == .published && state.skill.scanStatus == .passed) else {
            throw OperationError.unknownSkill(id)
        }
        let view = SkillView(state, sight: sight)
        return Reply(view, tag: try view.editTag().tag)
    }

    /// Makes a skill.
    func create(_ order: SkillOrder, _ context: OperationContext) async throws -> Reply<SkillView> {
        guard order.status != .published else { throw OperationError.scanRequired }
        return try await refusingTakenVersions(order.name, order.version) {
            try await writer.write(context) { transaction, now in
                let skill = SkillRecord(
                    id: makeID(),
                    name: order.name,
                    version: order.version,
                    description: order.description,
                    digest: order.digest,
                    scope: order.scope,
                    status: order.status,
                    tags: SkillNotes.normalised(order.tags),
                    sourceID: try await Self.source(order.sourceID, in: transaction),
                    createdAt: now,
                    updatedAt: now
                )
                if let digest = order.digest { _ = try await SkillRepository.touch(digest, now: now, in: transaction) }
                try await SkillRepository.save(skill, in: transaction)
                _ = try await children(order.grants, order.promotions, of: SkillState(skill: skill), context, now: now, in: transaction)
                // Read back: with times as exact as the database keeps them, so that its version is the one that is read later.
                let view = SkillView(try await Self.find(skill.id.text, in: transaction))
                return Mutation(
                    Reply(view, tag: try view.editTag().tag).located(at: view.id, context),
                    audit: context.audit("Created", view, "made", after: try JSON(encoding: view))
                )
            }
        }
    }

    /// Changes a skill. What the request does not name stays.
    func update(_ id: String, _ change: SkillUpdate, _ context: OperationContext) async throws -> Reply<SkillView> {
        try await refusingTakenVersions(change.name ?? "its name", change.version ?? "its version") {
            try await writer.write(context) { transaction, now in
                let before = try await Self.find(id, lock: true, in: transaction)
                let viewBefore = SkillView(before)
                try viewBefore.editTag().requireMatch(context)
                var state = before
                try await apply(change, to: &state.skill, now: now, in: transaction)
                (state.grants, state.promotions) = try await children(
                    change.grants,
                    change.promotions,
                    of: state,
                    context,
                    now: now,
                    in: transaction
                )
                guard state != before else { return Mutation(Reply(viewBefore, tag: try viewBefore.editTag().tag)) }
                state.skill.updatedAt = now
                try await SkillRepository.save(state.skill, in: transaction)
                if isPushing, state.skill.status == .published, let digest = state.skill.digest {
                    try await SkillPushRepository.order(digest, now: now, in: transaction)
                }
                let view = SkillView(try await Self.find(state.skill.id.text, in: transaction))
                return Mutation(
                    Reply(view, tag: try view.editTag().tag),
                    audit: context.audit(
                        "Updated",
                        view,
                        "changed",
                        before: try JSON(encoding: viewBefore),
                        after: try JSON(encoding: view)
                    )
                )
            }
        }
    }

    /// Deletes a skill, its grants and its promotions.
    func delete(_ id: String, _ context: OperationContext) async throws -> Reply<CatalogueRemoval> {
        try await writer.write(context) { transaction, _ in
            let state = try await Self.find(id, lock: true, in: transaction)
            let view = SkillView(state)
            try view.editTag().requireMatch(context)
            try await SkillRepository.delete(state.skill.id, in: transaction)
            return Mutation(
                Reply(CatalogueRemoval(id: view.id)),
                audit: context.audit("Deleted", view, "deleted", before: try JSON(encoding: view))
            )
        }
    }

    /// Approves or rejects a promotion. Approval changes the scope of the skill.
    func decide(
        _ status: SkillPromotion.Status,
        _ place: SkillPromotionPlace,
        _ context: OperationContext
    ) async throws -> Reply<SkillView> {
        try await writer.write(context) { transaction, now in
            let before = try await Self.find(place.id, lock: true, in: transaction)
            let viewBefore = SkillView(before)
            try viewBefore.editTag().requireMatch(context)
            var state = before
            let id = UUID(uuidString: place.promotionID)
            guard let index = state.promotions.firstIndex(where: { $0.id == id }) else {
                throw OperationError(
                    .notFound,
                    code: "SKILL_PROMOTION_NOT_FOUND",
                    message: "The skill \(before.skill.name) has no promotion \(place.promotionID)."
                )
            }
            try state.promotions[index].decide(status, of: &state.skill, by: context.principal.subject, now: now)
            state.skill.updatedAt = now
            try await SkillRepository.save(state.skill, in: transaction)
            try await SkillRepository.replace(before.promotions, with: state.promotions, of: state.skill.id, in: transaction)
            let view = SkillView(try await Self.find(place.id, in: transaction))
            return Mutation(
                Reply(view, tag: try view.editTag().tag),
                audit: context.audit(
                    status == .approved ? "PromotionApproved" : "PromotionRejected",
                    view,
                    "\(status.rawValue) a promotion of",
                    before: try JSON(encoding: viewBefore),
                    after: try JSON(encoding: view)
                )
            )
        }
    }

    private func apply(
        _ change: SkillUpdate,
        to skill: inout SkillRecord,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        skill.name = change.name ?? skill.name
        skill.version = change.version ?? skill.version
        skill.description = change.description ?? skill.description
        skill.scope = change.scope ?? skill.scope
        skill.tags = change.tags.map(SkillNotes.normalised) ?? skill.tags
        if !change.sourceID.isKeep { skill.sourceID = try await Self.source(change.sourceID.value, in: transaction) }
        if !change.digest.isKeep {
            var hasContent = false
            if let digest = change.digest.value { hasContent = try await SkillRepository.touch(digest, now: now, in: transaction) }
            skill.replaceContent(change.digest.value, hasContent: hasContent)
        }
        guard let status = change.status, status != skill.status else { return }
        guard status == .published else { return skill.withdraw(to: status) }
        guard skill.mayBePublished(under: rules) else { throw OperationError.scanRequired }
        skill.status = .published
        skill.publishedAt = now
    }

    /// Writes the grants and promotions that a request asks for, if it names any.
    private func children(
        _ grants: [GrantOrder]?,
        _ promotions: [SkillPromotionOrder]?,
        of state: SkillState,
        _ context: OperationContext,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws -> ([GrantRecord], [SkillPromotion]) {
        var (granted, promoted) = (state.grants, state.promotions)
        if let grants {
            let plan = GrantPlan(
                payload: .object(.skillBundle, id: state.skill.id.text),
                scope: state.skill.scope,
                before: state.grants,
                groups: try await GroupRepository.named(GrantPlan.groupTexts(grants), in: transaction)
            )
            granted = try plan.records(grants, now: now, makeID: makeID)
            try await GrantRepository.replace(state.grants, with: granted, now: now, in: transaction)
        }
        if let promotions {
            let plan = SkillPromotionPlan(scope: state.skill.scope, before: state.promotions, caller: context.principal.subject)
            promoted = try plan.records(promotions, now: now, makeID: makeID)
            try await SkillRepository.replace(state.promotions, with: promoted, of: state.skill.id, in: transaction)
        }
        return (granted, promoted)
    }

    /// A skill with all that belongs to it.
    ///
    /// - Throws: ``OperationError`` 404; `PostgresError`.
    static func find(_ id: String, lock: Bool = false, in querying: some PostgresQuerying) async throws -> SkillState {
        guard let uuid = UUID(uuidString: id), let skill = try await SkillRepository.get(uuid, lock: lock, in: querying),
            let state = try await SkillRepository.states([skill], in: querying).first
        else { throw OperationError.unknownSkill(id) }
        return state
    }

    /// The source of a text that stands for one. It does not go away before the transaction ends.
    private static func source(_ text: String?, in transaction: PostgresTransaction) async throws -> UUID? {
        guard let text else { return nil }
        guard let id = UUID(uuidString: text),
            try await transaction.first("select true from third_party_sources where id = \(id) for key share") != nil
        else { throw OperationError.invalid("sourceId", "is the id of no third-party source") }
        return id
    }

    private func refusingTakenVersions<Value>(
        _ name: String,
        _ version: String,
        _ work: () async throws -> Reply<Value>
    ) async throws -> Reply<Value> {
        do {
            return try await work()
        } catch let error as PostgresError where error.constraint == "skill_bundles_name_version_key" {
            throw OperationError(
                .conflict,
                code: "SKILL_BUNDLE_EXISTS",
                message: "There is a skill with the name '\(name)' and the version '\(version)' already."
            )
        }
    }
}

extension OperationContext {
    /// An entry of the audit trail about a skill.
    func audit(_ action: String, _ skill: SkillView, _ verb: String, before: JSON? = nil, after: JSON? = nil) -> AuditDraft {
        audit(
            action,
            "SkillBundle/\(skill.id)",
            message: "\(verb) the skill \(skill.name) \(skill.version).",
            before: before,
            after: after
        )
    }
}

extension OperationError {
    /// 404: there is no such skill, or none for the caller.
    static func unknownSkill(_ id: String) -> OperationError {
        OperationError(.notFound, code: "SKILL_BUNDLE_NOT_FOUND", message: "There is no skill \(id).")
    }

    /// 422: the content was not scanned with the rules of today, or did not pass.
    static let scanRequired = OperationError(
        .unprocessableContent,
        code: "SCAN_REQUIRED",
        message: "Only a skill whose very content has passed a scan can be published; upload the content and scan it first."
    )
}

import HTTPOperations
import HTTPTypes

/// The operations on the catalogue of skills.
struct SkillOperations: Sendable {
    let service: SkillService
    let contents: SkillContentService
    let backfill: SkillBackfill
    /// Longest time of a scan and of a backfill.
    let patience: Duration

    private static let tag = "Skills"
    private static let notFound = ErrorDeclaration(.notFound, "SKILL_BUNDLE_NOT_FOUND", "There is no such skill.")
    private static let exists = ErrorDeclaration(.conflict, "SKILL_BUNDLE_EXISTS", "Name and version are taken.")
    private static let scanRequired = ErrorDeclaration(
        .unprocessableContent,
        "SCAN_REQUIRED",
        "Only a skill whose very content has passed a scan can be published."
    )
    private static let promotionErrors =
        Refusals.changingCatalogue + [
            notFound, ErrorDeclaration(.notFound, "SKILL_PROMOTION_NOT_FOUND", "The skill has no such promotion."),
            ErrorDeclaration(.conflict, "PROMOTION_DECIDED", "The promotion was approved or rejected already."),
            ErrorDeclaration(.conflict, "PROMOTION_STALE", "The skill has another scope by now."),
        ]

    /// All of them.
    var operations: [Operation] {
        [list, create, backfillRegistry, get, update, delete, putContent, scan, decide(.approved), decide(.rejected)]
    }

    private var list: Operation {
        Operation(
            OperationLabel(
                .get,
                "/skills/catalog",
                id: "listSkillBundles",
                summary: "List all skill bundles with entitlements and promotions",
                description: "The newest first. Callers of a customer see what is published. The Link header names the next page.",
                tag: Self.tag,
                access: .reading,
                errors: Refusals.reading
            ),
            parameters: CatalogueSearch.self,
            answer: .page(SkillView.self, "Skill bundle list.")
        ) { search, context in try await service.list(search, context) }
    }

    private var get: Operation {
        Operation(
            OperationLabel(
                .get,
                "/skills/catalog/{id}",
                id: "getSkillBundle",
                summary: "Get a single skill bundle by identifier",
                tag: Self.tag,
                access: .reading,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(SkillView.self, "Skill bundle detail.", headers: Refusals.tagged)
        ) { object, context in try await service.get(object.id, context) }
    }

    private var create: Operation {
        Operation(
            OperationLabel(
                .post,
                "/skills/catalog",
                id: "createSkillBundle",
                summary: "Create a new skill bundle",
                description: "Its content is uploaded afterwards; until it has passed a scan the skill cannot be published.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [Self.exists, Self.scanRequired]
            ),
            body: SkillOrder.self,
            answer: .created(SkillView.self, "Skill bundle created.", headers: Refusals.created)
        ) { order, context in try await service.create(order, context) }
    }

    private var update: Operation {
        Operation(
            OperationLabel(
                .put,
                "/skills/catalog/{id}",
                id: "updateSkillBundle",
                summary: "Update a skill bundle, its entitlements and promotions",
                description: "What is absent stays as it is, lists included. With another digest the skill loses its scan and its "
                    + "publication. The status published stamps publishedAt, and content goes into the registry in the background.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound, Self.exists, Self.scanRequired]
            ),
            parameters: CatalogueObject.self,
            body: SkillUpdate.self,
            answer: .ok(SkillView.self, "Skill bundle updated.", headers: Refusals.tagged)
        ) { object, change, context in try await service.update(object.id, change, context) }
    }

    private var delete: Operation {
        Operation(
            OperationLabel(
                .delete,
                "/skills/catalog/{id}",
                id: "deleteSkillBundle",
                summary: "Delete a skill bundle and its linked entitlement grants",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [Self.notFound]
            ),
            parameters: CatalogueObject.self,
            answer: .ok(CatalogueRemoval.self, "Skill bundle deleted.")
        ) { object, context in try await service.delete(object.id, context) }
    }

    private var backfillRegistry: Operation {
        Operation(
            OperationLabel(
                .post,
                "/skills/catalog/backfill",
                id: "backfillSkillBundlesToOci",
                summary: "Backfill all published bundles' content into the OCI store",
                description: "What is not reached in time is pushed in the background.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    ErrorDeclaration(.conflict, "OCI_STORE_NOT_CONFIGURED", "No registry is configured.")
                ],
                timeout: patience * 2
            ),
            answer: .ok(SkillBackfillView.self, "Backfill summary with per-bundle outcomes.")
        ) { context in try await backfill.run(context) }
    }

    private var putContent: Operation {
        Operation(
            OperationLabel(
                .put,
                "/skills/catalog/{id}/content",
                id: "putSkillContent",
                summary: "Upload the content of a skill bundle",
                description:
                    "The digest is computed here. Content never changes under its digest; with other content than before the skill "
                    + "loses its scan and its publication.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch, SkillContentService.digestHeader],
                errors: Refusals.changingCatalogue + [
                    Self.notFound, ErrorDeclaration(.unprocessableContent, "DIGEST_MISMATCH", "The content is not the one announced."),
                ]
            ),
            parameters: CatalogueObject.self,
            content: ContentDeclaration(
                ["text/markdown", "text/plain", "application/octet-stream"],
                limit: SkillConfiguration.contentLimit,
                description: "The text of the skill, in UTF-8."
            ),
            answer: .ok(SkillView.self, "Content taken.", headers: Refusals.tagged)
        ) { object, content, context in try await contents.put(object.id, content, context) }
    }

    private var scan: Operation {
        Operation(
            OperationLabel(
                .post,
                "/skills/catalog/{id}/scan",
                id: "scanSkillBundle",
                summary: "Scan the content of a skill bundle",
                description: "The outcome counts for this content and these rules. A published skill that fails goes back to review.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    Self.notFound, ErrorDeclaration(.conflict, "CONTENT_MISSING", "The skill has no content."),
                    ErrorDeclaration(.conflict, "CONTENT_CHANGED", "The skill got other content during the scan."),
                    ErrorDeclaration(.badGateway, "SCANNER_UNAVAILABLE", "The scanner gave no answer that can be used."),
                ],
                timeout: patience * 2
            ),
            parameters: CatalogueObject.self,
            answer: .ok(SkillScanView.self, "Outcome of the scan.")
        ) { object, context in try await contents.scan(object.id, context) }
    }

    private func decide(_ status: SkillPromotion.Status) -> Operation {
        let isApproval = status == .approved
        return Operation(
            OperationLabel(
                .post,
                isApproval
                    ? "/skills/catalog/{id}/promotions/{promotionId}/approve" : "/skills/catalog/{id}/promotions/{promotionId}/reject",
                id: isApproval ? "approveSkillPromotion" : "rejectSkillPromotion",
                summary: isApproval ? "Approve a promotion: the skill gets the other scope" : "Reject a promotion",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Self.promotionErrors
            ),
            parameters: SkillPromotionPlace.self,
            answer: .ok(SkillView.self, "The skill after the decision.", headers: Refusals.tagged)
        ) { place, context in try await service.decide(status, place, context) }
    }
}

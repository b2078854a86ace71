import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres

/// Brings the content of every published skill into the registry.
struct SkillBackfill: Sendable {
    let pusher: SkillPusher
    let writer: MutationWriter
    /// How long it may take; what is not reached by then is left to the background.
    let limit: Duration

    /// Pushes one after the other.
    func run(_ context: OperationContext) async throws -> Reply<SkillBackfillView> {
        guard pusher.registry != nil else {
            throw OperationError(
                .conflict,
                code: "OCI_STORE_NOT_CONFIGURED",
                message: "No registry is configured; set SKILL_OCI_REGISTRY_URL."
            )
        }
        let end = pusher.now().addingTimeInterval(limit.seconds)
        var results: [SkillBackfillView.Result] = []
        var known: [String: SkillPusher.Outcome] = [:]
        var last: Int64 = 0
        while true {
            let page = try await onDatabase { [last] in try await pusher.skills.published(after: last, limit: 100) }
            guard let number = page.last?.number else { break }
            last = number
            for skill in page { results.append(try await push(skill, until: end, &known)) }
        }
        let view = SkillBackfillView(results)
        return try await writer.write(context) { _, _ in
            Mutation(
                Reply(view),
                audit: context.audit(
                    "OciBackfill",
                    "SkillBundle",
                    message: "brought \(view.pushed) of \(view.total) published skills into the registry; \(view.failed) failed.",
                    after: [
                        "total": .integer(Int64(view.total)), "pushed": .integer(Int64(view.pushed)),
                        "failed": .integer(Int64(view.failed)),
                    ]
                )
            )
        }
    }

    private func push(
        _ skill: SkillRecord,
        until end: Date,
        _ known: inout [String: SkillPusher.Outcome]
    ) async throws -> SkillBackfillView.Result {
        var result = SkillBackfillView.Result(id: skill.id.text, name: skill.name, digest: skill.digest ?? "", outcome: .skipped)
        guard let digest = skill.digest, skill.hasContent else {
            result.reason = "There is no content."
            return result
        }
        if known[digest] == nil {
            if pusher.now() < end {
                known[digest] = try await onDatabase { try await pusher.push(digest) }
            } else {
                try await onDatabase {
                    let now = pusher.now()
                    try await pusher.skills.pool.withTransaction { try await SkillPushRepository.order(digest, now: now, in: $0) }
                }
                result.reason = "The time was over; it is pushed in the background."
                return result
            }
        }
        switch known[digest] {
        case .pushed: result.outcome = .pushed
        case .failed(_, let message):
            result.outcome = .failed
            result.reason = message
        case nil: result.reason = "It is being pushed just now."
        }
        return result
    }
}

import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes

/// Makes promotions of what a request says of them. Pure.
struct SkillPromotionPlan: Sendable {
    /// The scope the skill has.
    var scope: GrantScope
    /// Those there are.
    var before: [SkillPromotion]
    /// Who asks.
    var caller: String

    /// The promotions there are to be.
    ///
    /// - Throws: ``OperationError`` 422 with everything that is wrong.
    func records(_ orders: [SkillPromotionOrder], now: Date, makeID: () -> UUID) throws(OperationError) -> [SkillPromotion] {
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        var used: Set<UUID> = []
        var problems: [FieldViolation] = []
        var records: [SkillPromotion] = []
        for (index, order) in orders.enumerated() {
            do throws(FieldProblem) {
                records.append(try record(order, known, &used, now: now, makeID: makeID))
            } catch {
                problems.append(FieldViolation(field: "promotions[\(index)].\(error.member)", message: error.message, kind: error.kind))
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return records
    }

    private func record(
        _ order: SkillPromotionOrder,
        _ known: [UUID: SkillPromotion],
        _ used: inout Set<UUID>,
        now: Date,
        makeID: () -> UUID
    ) throws(FieldProblem) -> SkillPromotion {
        guard let text = order.id else {
            guard order.status ?? .proposed == .proposed else {
                throw FieldProblem("status", "must be proposed: a promotion is decided by its own operations")
            }
            guard order.fromScope ?? scope == scope else {
                throw FieldProblem("fromScope", "must be the scope of the skill, \(scope.rawValue)")
            }
            guard order.toScope != scope else { throw FieldProblem("toScope", "must be another scope than the skill has") }
            return SkillPromotion(
                id: makeID(),
                fromScope: scope,
                toScope: order.toScope,
                promotedBy: caller,
                status: .proposed,
                notes: order.notes,
                createdAt: now
            )
        }
        guard var record = UUID(uuidString: text).flatMap({ known[$0] }) else {
            throw FieldProblem("id", "is the id of none of this skill's promotions; leave it out for a new one")
        }
        guard used.insert(record.id).inserted else { throw FieldProblem("id", "is named twice") }
        guard order.status ?? record.status == record.status else {
            throw FieldProblem("status", "is decided by the operations approve and reject")
        }
        guard record.status == .proposed || order.toScope == record.toScope else {
            throw FieldProblem("toScope", "cannot be changed after a decision")
        }
        record.toScope = order.toScope
        record.notes = order.notes ?? record.notes
        return record
    }
}

extension SkillPromotion {
    /// Decides a promotion.
    ///
    /// - Throws: ``OperationError`` 409 when it is decided already, or the skill has another scope by now.
    mutating func decide(_ status: Status, of skill: inout SkillRecord, by caller: String, now: Date) throws(OperationError) {
        guard self.status == .proposed else {
            throw OperationError(.conflict, code: "PROMOTION_DECIDED", message: "The promotion was \(self.status.rawValue) already.")
        }
        if status == .approved {
            guard skill.scope == fromScope else {
                throw OperationError(
                    .conflict,
                    code: "PROMOTION_STALE",
                    message: "The skill has the scope \(skill.scope.rawValue) by now, not \(fromScope.rawValue); propose it anew."
                )
            }
            skill.scope = toScope
        }
        self.status = status
        decidedBy = caller
        decidedAt = now
    }
}

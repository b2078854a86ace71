import Entitlements
import Foundation
import HTTPOperations

/// Makes grants of what a request says of them. Pure.
struct GrantPlan: Sendable {
    /// What the grants are about.
    enum Payload: Sendable, Hashable {
        /// One object.
        case object(PayloadType, id: String)
        /// What each says, in the list of a group.
        case awareness(heldBy: GroupName)
    }

    /// What awareness grants are about that do not say it.
    static let defaultAwareness = "awareness/default"

    /// What they are about.
    var payload: Payload
    /// The scope of those that name none.
    var scope: GrantScope
    /// Those there are.
    var before: [GrantRecord]
    /// The groups that are named.
    var groups: [GroupName]
    /// Name of the list in the request.
    var field = "grants"

    /// What of some orders may be the id or the name of a group.
    static func groupTexts(_ orders: [GrantOrder]) -> [String] {
        Set(orders.filter { $0.subjectType == .group }.compactMap { $0.subjectText?.trimmingCharacters(in: .whitespaces) }).sorted()
    }

    /// The grants there are to be.
    ///
    /// - Parameters:
    ///   - orders: what is asked for, all of it.
    ///   - now: the time.
    ///   - makeID: makes ids.
    /// - Throws: ``OperationError`` 422 with everything that is wrong.
    func records(_ orders: [GrantOrder], now: Date, makeID: () -> UUID) throws(OperationError) -> [GrantRecord] {
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        var used: Set<UUID> = []
        var problems: [FieldViolation] = []
        var records: [GrantRecord] = []
        for (index, order) in orders.enumerated() {
            do throws(FieldProblem) {
                let former = try former(order, known, &used)
                records.append(try record(order, former: former, now: now, makeID: makeID))
            } catch {
                problems.append(FieldViolation(field: "\(field)[\(index)].\(error.member)", message: error.message, kind: error.kind))
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return records
    }

    private func former(_ order: GrantOrder, _ known: [UUID: GrantRecord], _ used: inout Set<UUID>) throws(FieldProblem) -> GrantRecord? {
        guard let text = order.id else { return nil }
        guard let record = UUID(uuidString: text).flatMap({ known[$0] }) else {
            throw FieldProblem("id", "is the id of none of this object's grants; leave it out for a new one")
        }
        guard used.insert(record.id).inserted else { throw FieldProblem("id", "is named twice") }
        return record
    }

    private func record(_ order: GrantOrder, former: GrantRecord?, now: Date, makeID: () -> UUID) throws(FieldProblem) -> GrantRecord {
        let (type, payloadID) = try payload(of: order)
        let (subject, name) = try subject(of: order)
        return GrantRecord(
            id: former?.id ?? makeID(),
            payloadType: type,
            payloadID: payloadID,
            scope: order.scope ?? scope,
            subject: subject,
            subjectName: name ?? subject.id,
            access: order.access,
            priority: order.priority,
            note: order.note,
            groupID: holder?.id,
            createdAt: former?.createdAt ?? now
        )
    }

    private var holder: GroupName? { if case .awareness(let group) = payload { group } else { nil } }

    private func payload(of order: GrantOrder) throws(FieldProblem) -> (PayloadType, String) {
        switch payload {
        case .awareness: return (.awareness, order.payloadID ?? Self.defaultAwareness)
        case .object(let type, let id):
            guard order.payloadID.map({ $0.lowercased() == id }) ?? true else {
                throw FieldProblem("payloadId", "must be the id of the object itself, or absent")
            }
            return (type, id)
        }
    }

    private func subject(of order: GrantOrder) throws(FieldProblem) -> (Subject, name: String?) {
        guard let kind = order.subjectType ?? holder.map({ _ in .group }) else {
            throw FieldProblem("subjectType", "is required", .missing)
        }
        let text = order.subjectText?.trimmingCharacters(in: .whitespaces)
        if kind == .group {
            let group = try group(named: text)
            return (.group(group.id.text), group.name)
        }
        let subject: Subject
        do throws(SubjectError) {
            subject = try Subject(kind, id: text)
        } catch {
            throw FieldProblem("subjectId", error.description)
        }
        guard kind == .everyone || subject.id != Subject.everyoneID else {
            throw FieldProblem("subjectId", "must name somebody; use the subjectType everyone for all")
        }
        return (subject, nil)
    }

    /// The group of an id or a name; an id comes before a name.
    private func group(named text: String?) throws(FieldProblem) -> GroupName {
        guard let text else {
            guard let holder else { throw FieldProblem("subjectId", "is required", .missing) }
            return holder
        }
        let id = UUID(uuidString: text)
        guard let group = groups.first(where: { $0.id == id }) ?? groups.first(where: { $0.name == text }) else {
            throw FieldProblem("subjectId", "names no group, by id or by name")
        }
        return group
    }
}

/// What is wrong with a member of an item of a list.
struct FieldProblem: Error, Sendable, Hashable {
    var member: String
    var message: String
    var kind: ViolationKind

    init(_ member: String, _ message: String, _ kind: ViolationKind = .valueError) {
        (self.member, self.message, self.kind) = (member, message, kind)
    }
}

import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import Postgres
import Projection

/// The operations on how tenants take part in the awareness contract.
struct ParticipationOperations: Sendable {
    let tenants: TenantSight
    let participation: ParticipationRepository
    let now: @Sendable () -> Date
    /// How much may one pod tell: 60 events at once, one a second in the long run.
    private let budget = NIOLockedValueBox(RequestBudget(capacity: 60, rate: 1))

    /// Makes the operations.
    init(tenants: TenantSight, participation: ParticipationRepository, now: @escaping @Sendable () -> Date) {
        (self.tenants, self.participation, self.now) = (tenants, participation, now)
    }

    /// How far an event may lie in the future, for clocks that are not the same: it counts as now.
    static let skew: TimeInterval = 300
    /// How old an event may be.
    static let age: TimeInterval = 86_400

    /// The operation for people.
    var operations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/awareness/participation",
                    id: "getFleetParticipation",
                    summary: "Fleet participation, drift, and policy-violation monitoring",
                    description: "The numbers are of all tenants that the caller sees; `severity` and pages concern the list alone.",
                    tag: "Awareness",
                    access: .readingTenants,
                    errors: Refusals.reading
                ),
                parameters: ParticipationSearch.self,
                answer: .ok(ParticipationReport.self, "Fleet participation report.", headers: ["Link": "The next page, if there is one."])
            ) { search, context in try await report(search, context) }
        ]
    }

    /// The operation for pods.
    var workloadOperations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .post,
                    "/participation",
                    id: "recordParticipation",
                    summary: "Tell how the tenant whose pod calls takes part",
                    description: "An event counts once by its id. One that comes late changes nothing of what newer ones said.",
                    tag: "Runtime",
                    access: .working,
                    errors: Refusals.reading + [
                        ErrorDeclaration(.notFound, "TENANT_NOT_FOUND", "There is no such tenant."),
                        ErrorDeclaration(.conflict, "EVENT_ID_REUSED", "The id came before, with another event."),
                        ErrorDeclaration(.tooManyRequests, "TOO_MANY_REQUESTS", "Too many events of one pod."),
                    ]
                ),
                body: ParticipationOrder.self,
                answer: Answer(
                    .created,
                    ParticipationReceipt.self,
                    "Recorded.",
                    alternatives: [.ok: "The event came before; nothing has changed."]
                )
            ) { order, context in try await record(order, context) }
        ]
    }

    private func record(_ order: ParticipationOrder, _ context: OperationContext) async throws -> Reply<ParticipationReceipt> {
        let name = try context.requireWorkloadTenant()
        // edge: limits count real time
        if let pause = budget.withLockedValue({ $0.take(name, now: .now) }) { throw OperationError.tooManyRequests(retryAfter: pause) }
        let row = try await tenants.require(name, context)
        let now = now()
        let event = ParticipationEvent(
            id: order.eventID,
            digest: ContentDigest.hexadecimal(of: (context.body ?? .null).serialized()),
            occurredAt: try Self.time(order.occurredAt, now: now),
            version: order.contractVersion,
            violations: order.policyViolations
        )
        switch try await onDatabase({ try await participation.record(event, of: row.metadata.uid, now: now) }) {
        case .recorded: return Reply(ParticipationReceipt(eventID: event.id, status: "recorded"))
        case .known: return Reply(ParticipationReceipt(eventID: event.id, status: "known"), status: .ok)
        case .reused:
            throw OperationError(.conflict, code: "EVENT_ID_REUSED", message: "This eventId was used for another event; take a new one.")
        }
    }

    /// When an event happened. Pure.
    ///
    /// - Throws: ``OperationError`` 422 for a time that is none, too old, or of the future.
    static func time(_ text: String, now: Date) throws(OperationError) -> Date {
        guard let date = Timestamp(parsing: text)?.date else { throw .invalid("occurredAt", "is no time: write it as RFC 3339 says") }
        guard date <= now.addingTimeInterval(skew) else { throw .invalid("occurredAt", "lies in the future") }
        guard date >= now.addingTimeInterval(-age) else { throw .invalid("occurredAt", "lies more than a day back") }
        return min(date, now)
    }

    private func report(_ search: ParticipationSearch, _ context: OperationContext) async throws -> Reply<ParticipationReport> {
        let now = now()
        let first = try search.cursor.map { cursor throws(OperationError) in try Cursor(parsing: cursor, count: 1).keys[0] } ?? ""
        var report = ParticipationReport(total: 0, participating: 0, drifted: 0, critical: 0, warning: 0, tenants: [])
        var next: String?
        let rollout = try await onDatabase { try await AwarenessRepository.rollout(in: participation.pool.reads) }
        var last = ""
        // In parts, so that the memory it takes does not grow with the number of tenants.
        while true {
            let rows = try await onDatabase {
                try await participation.rows(namespace: tenants.namespace, seenBy: context.reads, after: last, limit: 1000, now: now)
            }
            for row in rows {
                let view = Self.view(row, rollout, now: now)
                report.count(view)
                guard row.name > first, search.severity.map({ $0 == view.severity }) ?? true else { continue }
                if report.tenants.count < search.limit {
                    report.tenants.append(view)
                } else if next == nil {
                    next = report.tenants.last?.tenant
                }
            }
            guard rows.count == 1000, let name = rows.last?.name else { break }
            last = name
        }
        var reply = Reply(report)
        if let next { reply.headers[.link] = PageLink.next(path: context.path, query: context.query, cursor: Cursor(next).text) }
        return reply
    }

    private static func view(_ row: ParticipationRepository.Row, _ rollout: AwarenessRollout, now: Date) -> ParticipationReport.Tenant {
        func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }
        let participation = Participation(
            lastSeen: row.lastSeen.map(milliseconds),
            runningVersion: row.running,
            expectedVersion: rollout.resolve(wave: row.wave).version,
            recentViolations: row.violations
        )
        return ParticipationReport.Tenant(
            tenant: row.name,
            lastSeenAt: Nullable(row.lastSeen.map(RESTTimestamp.text)),
            runningContractVersion: Nullable(row.running),
            expectedContractVersion: participation.expectedVersion,
            participating: participation.isParticipating(now: milliseconds(now)),
            drifted: participation.hasDrifted,
            policyViolations: row.violations,
            severity: participation.severity(now: milliseconds(now)).rawValue
        )
    }
}

extension ParticipationReport {
    fileprivate mutating func count(_ tenant: Tenant) {
        total += 1
        if tenant.participating { participating += 1 }
        if tenant.drifted { drifted += 1 }
        if tenant.severity == Participation.Severity.critical.rawValue { critical += 1 }
        if tenant.severity == Participation.Severity.warning.rawValue { warning += 1 }
    }
}

import Foundation
import HTTPOperations
import JSONValue
import Projection

/// Tenants as REST shows them, from their rows.
struct TenantViews: Sendable {
    let rows: TenantRepository
    let namespace: String

    /// One page of those that are seen, newest first.
    func list(_ parameters: TenantListParameters, seenBy sight: ObjectSight) async throws -> HTTPOperations.Page<TenantView> {
        let filter = TenantFilter(
            namespace: namespace,
            clusterTenantRef: parameters.clusterTenantRef.nonBlank,
            team: parameters.team.nonBlank,
            phase: parameters.phase.nonBlank,
            sight: sight
        )
        return try await onRows { try await rows.list(filter, limit: parameters.limit, cursor: parameters.cursor) }
            .map(TenantView.init(row:))
    }

    /// One tenant with its version; nil without a row that is seen.
    func get(_ name: String, seenBy sight: ObjectSight) async throws -> (TenantView, EntityTag)? {
        let row = try await onDatabase { try await rows.get(namespace: namespace, name: name, seenBy: sight) }
        return row.map { (TenantView(row: $0), ObjectTag($0.metadata).entityTag) }
    }

    /// What the row of a name says.
    func state(_ name: String) async throws -> ObjectState? {
        try await rows.get(namespace: namespace, name: name).map { row in
            ObjectState(
                uid: row.metadata.uid,
                resourceVersion: row.metadata.resourceVersion,
                generation: row.metadata.generation,
                spec: row.metadata.spec,
                isDeleting: false,
                isLive: false
            )
        }
    }
}

extension TenantView {
    /// A tenant from its row.
    init(row: TenantRow) {
        self.init(
            name: row.name,
            displayName: row.displayName,
            email: row.email,
            team: row.team,
            clusterTenantRef: row.clusterTenantRef,
            policyRef: row.policyRef,
            monthlyBudgetUsd: row.metadata.spec["monthlyBudgetUsd"]?.numberValue,
            suspended: row.isSuspended,
            phase: row.phase,
            message: row.message,
            ingressHost: row.ingressHost,
            createdAt: RESTTimestamp.text(row.metadata.createdAt)
        )
    }
}

extension String? {
    /// The text; nil when there is nothing in it but blanks.
    var nonBlank: String? { flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } }
}

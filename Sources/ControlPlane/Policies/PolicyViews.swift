import CraneAPI
import Foundation
import HTTPOperations
import JSONValue
import Projection

/// Access policies as REST shows them, from their rows.
struct PolicyViews: Sendable {
    let rows: PolicyRepository
    let namespace: String

    /// One page of those that are seen, newest first.
    func list(_ parameters: PolicyListParameters, seenBy sight: ObjectSight) async throws -> HTTPOperations.Page<PolicyView> {
        try await onRows { try await rows.list(namespace: namespace, seenBy: sight, limit: parameters.limit, cursor: parameters.cursor) }
            .map(PolicyView.init(row:))
    }

    /// One policy with its version; nil without a row that is seen.
    func get(_ name: String, seenBy sight: ObjectSight) async throws -> (PolicyView, EntityTag)? {
        let row = try await onDatabase { try await rows.get(namespace: namespace, name: name, seenBy: sight) }
        return try row.map { (try PolicyView(row: $0), ObjectTag($0.metadata).entityTag) }
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

extension PolicyView {
    /// A policy from its row.
    init(row: PolicyRow) throws {
        let spec = try row.metadata.spec.decode(AccessPolicySpec.self)
        self.init(
            name: row.name,
            namespace: row.namespace,
            description: spec.description,
            tenantSelector: spec.tenantSelector,
            domains: spec.domains?.allow ?? [],
            domainRules: spec.domains,
            egressRules: spec.egressRules ?? [],
            mcpServers: spec.mcpServers,
            createdAt: RESTTimestamp.text(row.metadata.createdAt)
        )
    }
}

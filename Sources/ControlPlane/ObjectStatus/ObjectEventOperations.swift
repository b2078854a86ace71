import HTTPOperations
import HTTPTypes
import KubernetesModel

/// The operations that tell what happened to an object.
struct ObjectEventOperations: Sendable {
    private let objects: LiveObjects
    private let events: ObjectEvents

    init(_ parts: ControlPlaneParts) {
        objects = LiveObjects(parts)
        events = ObjectEvents(client: parts.client, limit: parts.configuration.kubernetesTimeout / 2)
    }

    private static let refused = ErrorDeclaration(.badGateway, "UPSTREAM_ERROR", "Kubernetes does not let the control plane read events.")

    /// All of them.
    var operations: [Operation] {
        [
            operation(
                .tenant,
                "/tenants/{name}/events",
                id: "listTenantEvents",
                description:
                    "Those about its Deployment, its pods and its claim are among them, since the tenant is there. Of the events about pods "
                    + "in its namespace, Kubernetes is asked for \(ObjectEvents.usualMostRead): where it keeps more, some may be missing, also "
                    + "new ones, and the header `X-Incomplete` is there.",
                tag: "Tenants",
                access: .readingTenants
            ) { search, context in try await events.about(try await objects.tenant(search.name, context), most: search.limit) },
            operation(
                .accessPolicy,
                "/policies/{name}/events",
                id: "listPolicyEvents",
                tag: "Policies",
                access: .reading
            ) { search, context in try await events.about(try await objects.policy(search.name, context), most: search.limit) },
            operation(
                .clusterTenant,
                "/cluster-tenants/{name}/events",
                id: "listClusterTenantEvents",
                tag: "Cluster tenants",
                access: .reading
            ) { search, context in try await events.about(try await objects.clusterTenant(search.name, context), most: search.limit) },
        ]
    }

    private func operation(
        _ kind: ResourceKind,
        _ path: PathTemplate,
        id: String,
        description: String = "",
        tag: String,
        access: Access,
        _ read: @escaping @Sendable (EventParameters, OperationContext) async throws -> ObjectEvents.Found
    ) -> Operation {
        let about = "The newest `limit` events, the newest last. Kubernetes forgets them, by default after an hour."
        return Operation(
            OperationLabel(
                .get,
                path,
                id: id,
                summary: "List what happened to \(kind.article) \(kind.noun)",
                description: description.isEmpty ? about : about + " " + description,
                tag: tag,
                access: access,
                errors: Refusals.projecting + [kind.isNotThere, Self.refused]
            ),
            parameters: EventParameters.self,
            answer: .ok(
                [ObjectEventView].self,
                "Events about the \(kind.noun).",
                headers: ["X-Incomplete": "`true` when Kubernetes keeps more events than were looked through: some may be missing."]
            )
        ) { search, context in
            let found = try await read(search, context)
            var reply = Reply(found.events)
            if found.isIncomplete, let incomplete = HTTPField.Name("X-Incomplete") { reply.headers[incomplete] = "true" }
            return reply
        }
    }
}

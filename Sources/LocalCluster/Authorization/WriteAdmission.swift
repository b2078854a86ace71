import JSONValue
import KubernetesModel

/// What has to be allowed beside the request itself when an object is written.
extension ResourceHandler {
    /// Refuses a new or changed object whose writer may not have it so: roles that grant more than the writer has, and owners whose
    /// deletion would wait for the object.
    ///
    /// - Parameter old: the object as it was; nil when it is new.
    func admit(_ object: JSON, old: JSON?, _ call: APICall) throws(APIError) {
        guard !authorizer.isIdle else { return }
        try checkOwners(object, old: old, call)
        guard authorizer.isEnforcing, call.served.type.group == "rbac.authorization.k8s.io", !call.user.groups.contains(RBACPolicy.masters)
        else { return }
        // Whoever changes anything of it answers for all of it, unless what changes is for the collection of garbage alone.
        if let old, Self.withoutBookkeeping(object) == Self.withoutBookkeeping(old) { return }
        switch call.served.type.kind {
        case "Role", "ClusterRole":
            let plural = call.served.type.plural
            try checkEscalation(PolicyRule.rules(object), verb: "escalate", of: plural, object, call)
            // A role that gathers others' rules may come to any.
            if [object, old].contains(where: { $0?["aggregationRule"]?.objectValue != nil }) {
                try checkEscalation(PolicyRule.everything, verb: "escalate", of: plural, object, call)
            }
        case "RoleBinding", "ClusterRoleBinding":
            let role = RBACPolicy.role(of: object, namespace: call.request.namespace)
            let plural = role.namespace == nil ? "clusterroles" : "roles"
            guard let rules = authorizer.policy.rules(of: role) else {
                guard !mayPass("bind", plural, name: role.name, call) else { return }
                throw .notFound(ErrorSubject(resource: plural, group: call.served.type.group, name: role.name))
            }
            try checkEscalation(rules, verb: "bind", of: plural, named: role.name, object, call)
        default: return
        }
    }

    private static func withoutBookkeeping(_ object: JSON) -> JSON {
        var object = object
        for member in ["ownerReferences", "finalizers", "managedFields", "resourceVersion", "generation"] {
            object[at: ["metadata", member]] = nil
        }
        return object
    }

    /// Refuses to make an object where a request that may also change one finds none.
    func requireCreation(_ call: APICall) throws(APIError) {
        guard !authorizer.isIdle else { return }
        let asked = AccessAttributes(call.request, verb: "create", query: call.query)
        try authorizer.require(asked, call.user, userAgent: call.userAgent)
    }

    /// Whether somebody may do what goes beyond his own rights; written down only when he needs it.
    private func mayPass(_ verb: String, _ plural: String, name: String, _ call: APICall) -> Bool {
        let asked = AccessAttributes(
            verb: verb,
            group: call.served.type.group,
            resource: plural,
            namespace: call.request.namespace ?? "",
            name: name
        )
        return authorizer.mayPass(asked, call.user, userAgent: call.userAgent)
    }

    private func checkEscalation(
        _ rules: [PolicyRule],
        verb: String,
        of plural: String,
        named name: String? = nil,
        _ object: JSON,
        _ call: APICall
    ) throws(APIError) {
        let missing = authorizer.policy.missing(rules, call.user, namespace: call.request.namespace ?? "")
        guard !missing.isEmpty, !mayPass(verb, plural, name: name ?? call.name, call) else { return }
        let groups = call.user.groups.map { "\"\($0)\"" }.joined(separator: " ")
        throw .forbidden(
            call.served.subject(ObjectFields.name(object)),
            because: "user \"\(call.user.name)\" (groups=[\(groups)]) is attempting to grant RBAC permissions not currently held:\n"
                + missing.map(\.text).joined(separator: "\n")
        )
    }

    /// As the admission plugin OwnerReferencesPermissionEnforcement: an object's owners change only for those who may delete it, and an
    /// owner waits for an object only by those who may set the owner's finalizers.
    private func checkOwners(_ object: JSON, old: JSON?, _ call: APICall) throws(APIError) {
        let owners = ObjectFields.ownerReferences(object)
        let before = old.map(ObjectFields.ownerReferences) ?? []
        guard owners != before else { return }
        let subject = call.served.subject(ObjectFields.name(object))
        if old != nil {
            try require("delete", call.request, "cannot set an ownerRef on a resource you can't delete", subject, call)
        }
        let blocking = Set(before.filter { $0["blockOwnerDeletion"] == true }.compactMap { $0["uid"] })
        for owner in owners where owner["blockOwnerDeletion"] == true && !(owner["uid"].map(blocking.contains) ?? false) {
            let version = owner["apiVersion"]?.stringValue ?? ""
            let kind = owner["kind"]?.stringValue ?? ""
            guard let served = resources.resource(apiVersion: version, kind: kind) else { continue }
            var request = ResourceRequest(
                group: served.type.group,
                version: served.type.version,
                resource: served.type.plural,
                name: owner["name"]?.stringValue
            )
            request.subresource = "finalizers"
            request.namespace = served.type.isNamespaced ? call.request.namespace : nil
            let refusal = "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on"
            try require("update", request, refusal, subject, call)
        }
    }

    private func require(
        _ verb: String,
        _ request: ResourceRequest,
        _ refusal: String,
        _ subject: ErrorSubject,
        _ call: APICall
    ) throws(APIError) {
        let asked = AccessAttributes(request, verb: verb, query: QueryParameters(nil))
        do throws(APIError) {
            try authorizer.require(asked, call.user, userAgent: call.userAgent)
        } catch {
            throw .forbidden(subject, because: "\(refusal): \(asked.refusal(call.user.name))")
        }
    }
}

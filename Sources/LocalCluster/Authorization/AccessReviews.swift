import JSONValue
import KubernetesModel

/// Reviews of permissions, answered by the rules.
enum AccessReviews {
    /// - Returns: Nil when it is another review.
    static func status(_ review: JSON, _ call: APICall, _ authorizer: Authorizer) throws(APIError) -> JSON? {
        guard authorizer.isEnforcing else { return nil }
        let spec = review["spec"] ?? [:]
        switch call.served.type.kind {
        case "SelfSubjectRulesReview":
            let rules = authorizer.policy.rules(call.user, namespace: spec["namespace"]?.stringValue ?? "")
            return [
                "resourceRules": .array(rules.filter { !$0.resources.isEmpty }.map(\.json)),
                "nonResourceRules": .array(rules.filter { !$0.nonResourceURLs.isEmpty }.map(\.json)), "incomplete": false,
            ]
        case "SelfSubjectAccessReview": return answer(authorizer.decide(attributes(spec), call.user))
        case "SubjectAccessReview": return answer(authorizer.decide(attributes(spec), user(spec)))
        case "LocalSubjectAccessReview":
            let asked = attributes(spec)
            guard asked.path == nil, asked.namespace == call.request.namespace else {
                throw .badRequest("spec.resourceAttributes.namespace must match metadata.namespace")
            }
            return answer(authorizer.decide(asked, user(spec)))
        default: return nil
        }
    }

    private static func answer(_ decision: RBACPolicy.Decision) -> JSON {
        var status: [String: JSON] = ["allowed": .bool(decision.isAllowed)]
        status.setUnlessEmpty("reason", .string(decision.reason))
        return .object(status)
    }

    private static func user(_ spec: JSON) -> UserInfo {
        UserInfo(
            name: spec["user"]?.stringValue ?? "",
            uid: spec["uid"]?.stringValue ?? "",
            groups: (spec["groups"]?.arrayValue ?? []).compactMap { $0.stringValue }
        )
    }

    private static func attributes(_ spec: JSON) -> AccessAttributes {
        if let path = spec["nonResourceAttributes"], !path.isNull {
            var asked = AccessAttributes(verb: path["verb"]?.stringValue ?? "")
            asked.path = path["path"]?.stringValue ?? ""
            return asked
        }
        let resource = spec["resourceAttributes"] ?? [:]
        func text(_ member: String) -> String { resource[member]?.stringValue ?? "" }
        return AccessAttributes(
            verb: text("verb"),
            group: text("group"),
            resource: text("resource"),
            subresource: text("subresource"),
            namespace: text("namespace"),
            name: text("name")
        )
    }
}

import JSONValue
import KubernetesModel

/// Kinds that are asked and answered, but not stored: reviews of tokens and of permissions. Without rules, whoever is known may do everything.
enum Reviews {
    /// - Returns: Nil when the request is for an ordinary resource.
    static func respond(to call: APICall, handler: ResourceHandler) throws -> APIResponse? {
        let group = call.served.type.group
        guard !call.served.isCustom, group == "authentication.k8s.io" || group == "authorization.k8s.io" else { return nil }
        guard call.method == "POST", call.request.name == nil else { throw APIError.methodNotAllowed(call.subject) }
        let options = try WriteOptions(call.query, kind: "CreateOptions")
        let body = try BodyDecoder.object(call.body, contentType: call.contentType, kind: call.served.type.kind)
        var review: JSON = [
            "kind": .string(call.served.type.kind), "apiVersion": .string(call.served.type.apiVersion),
            "metadata": ["creationTimestamp": .null], "spec": body["spec"] ?? [:],
        ]
        review = tracked(review, manager: call.fieldManager(options), now: handler.timestamp)
        if let status = try AccessReviews.status(review, call, handler.authorizer) {
            review["status"] = status
            return .json(review, status: 201)
        }
        switch call.served.type.kind {
        case "TokenReview": review["status"] = tokenStatus(review, handler)
        case "SelfSubjectReview":
            review["spec"] = nil
            review["status"] = ["userInfo": call.user.json]
        case "SelfSubjectRulesReview":
            review["status"] = [
                "resourceRules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
                "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]], "incomplete": false,
            ]
        default: review["status"] = ["allowed": .bool(isAllowed(review))]
        }
        return .json(review, status: 201)
    }

    /// Records the fields of the request as their manager's.
    static func tracked(_ review: JSON, manager: String, now: String) -> JSON {
        var fields: JSON = [:]
        for (key, value) in review["spec"]?.objectValue ?? [:] where !value.isNull {
            var entry: JSON = [:]
            if case .object(let members) = value {
                entry = [".": [:]]
                for member in members.keys { entry["f:\(member)"] = [:] }
            }
            fields[at: ["f:spec", "f:\(key)"]] = entry
        }
        guard fields != [:] else { return review }
        var review = review
        review[at: ["metadata", "managedFields"]] = [
            [
                "manager": .string(manager), "operation": "Update", "apiVersion": review["apiVersion"] ?? "", "time": .string(now),
                "fieldsType": "FieldsV1", "fieldsV1": fields,
            ]
        ]
        return review
    }

    private static func tokenStatus(_ review: JSON, _ handler: ResourceHandler) -> JSON {
        let token = review["spec"]?["token"]?.stringValue ?? ""
        let asked = (review["spec"]?["audiences"]?.arrayValue ?? []).compactMap { $0.stringValue }
        let wanted = asked.isEmpty ? [ServiceAccountTokens.serverAudience] : asked
        if token == handler.authenticator.adminToken {
            return ["authenticated": true, "user": UserInfo.administrator.json, "audiences": .array(wanted.map { .string($0) })]
        }
        guard let claims = handler.authenticator.tokens.verify(token, now: handler.seconds),
            let user = handler.authenticator.user(claims)
        else { return ["user": [:], "error": "invalid bearer token"] }
        let common = claims.audiences.filter { wanted.contains($0) }
        guard !common.isEmpty else {
            let list = { (audiences: [String]) in "[" + audiences.map { "\"\($0)\"" }.joined(separator: " ") + "]" }
            return [
                "user": [:],
                "error": .string(
                    "[invalid bearer token, token audiences \(list(claims.audiences)) is invalid for the target audiences \(list(wanted))]"
                ),
            ]
        }
        return ["authenticated": true, "user": user.json, "audiences": .array(common.map { .string($0) })]
    }

    private static func isAllowed(_ review: JSON) -> Bool {
        review["kind"] != "SubjectAccessReview" || review["spec"]?["user"] != "system:anonymous"
    }
}

import HTTPTypes

/// `Impersonate-…` headers: whoever is known may act as anybody, unless rules say whom.
enum Impersonation {
    private static let prefix = "impersonate-"

    /// What has to be allowed for the headers of a request.
    static func attributes(_ headers: HTTPFields) -> [AccessAttributes] {
        headers.compactMap { field in
            guard field.name.canonicalName.hasPrefix(prefix) else { return nil }
            let what = field.name.canonicalName.dropFirst(prefix.count)
            var asked = AccessAttributes(verb: "impersonate", name: field.value)
            switch what {
            case "user":
                asked.resource = "users"
                let account = field.value.split(separator: ":", omittingEmptySubsequences: false)
                if account.count == 4, field.value.hasPrefix("system:serviceaccount:") {
                    asked.resource = "serviceaccounts"
                    asked.namespace = String(account[2])
                    asked.name = String(account[3])
                }
            case "group": asked.resource = "groups"
            case "uid": (asked.group, asked.resource) = ("authentication.k8s.io", "uids")
            default:
                guard what.hasPrefix("extra-") else { return nil }
                (asked.group, asked.resource) = ("authentication.k8s.io", "userextras")
                asked.subresource = PercentEncoding.decode(what.dropFirst(6), plusIsBlank: false)
            }
            return asked
        }
    }

    /// Who a request is to be answered as.
    ///
    /// - Throws: 403 when nobody asks to be somebody; 500, as the API server has it, when the headers name no user.
    static func user(_ headers: HTTPFields, caller: UserInfo) throws(APIError) -> UserInfo {
        let asked = headers.filter { $0.name.canonicalName.hasPrefix(prefix) }
        guard !asked.isEmpty else { return caller }
        var user = UserInfo(name: "")
        for field in asked {
            let what = field.name.canonicalName.dropFirst(prefix.count)
            switch what {
            case "user": user.name = field.value
            case "uid": user.uid = field.value
            case "group": user.groups.append(field.value)
            default:
                guard what.hasPrefix("extra-") else { continue }
                user.extra[PercentEncoding.decode(what.dropFirst(6), plusIsBlank: false), default: []].append(field.value)
            }
        }
        guard !user.name.isEmpty else { throw .internalError("requested impersonation without impersonating a user") }
        guard !caller.isAnonymous else {
            throw .forbidden(
                ErrorSubject(resource: "users", group: "", name: user.name),
                because: "User \"\(caller.name)\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"
            )
        }
        let account = user.name.split(separator: ":", omittingEmptySubsequences: false)
        if user.groups.isEmpty, account.count == 4, user.name.hasPrefix("system:serviceaccount:") {
            user.groups = ["system:serviceaccounts", "system:serviceaccounts:\(account[2])"]
        }
        let known = user.isAnonymous ? "system:unauthenticated" : "system:authenticated"
        if !user.groups.contains(known) { user.groups.append(known) }
        return user
    }
}

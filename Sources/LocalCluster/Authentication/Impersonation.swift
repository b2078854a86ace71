import HTTPTypes

/// `Impersonate-…` headers: whoever is known may act as anybody, as everything is allowed here.
enum Impersonation {
    private static let prefix = "impersonate-"

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

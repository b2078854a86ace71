import JSONValue

/// Who asks.
struct UserInfo: Sendable, Hashable {
    var name: String
    var uid: String = ""
    var groups: [String] = []
    var extra: [String: [String]] = [:]

    static let anonymous = UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])
    static let administrator = UserInfo(name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])

    var isAnonymous: Bool { name == UserInfo.anonymous.name }

    var json: JSON {
        var user: [String: JSON] = ["username": .string(name)]
        if !uid.isEmpty { user["uid"] = .string(uid) }
        if !groups.isEmpty { user["groups"] = .array(groups.map { .string($0) }) }
        if !extra.isEmpty { user["extra"] = .object(extra.mapValues { .array($0.map { .string($0) }) }) }
        return .object(user)
    }
}

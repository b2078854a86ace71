import JSONValue

/// What a stand-in for LiteLLM holds. Requests and answers are those of its management endpoints, as far as the control plane uses them.
///
/// The rules are LiteLLM's, as the sources of two of its releases have them (1.74.0 and 1.106.2, `litellm/proxy/credential_endpoints` and
/// `litellm/proxy/management_endpoints`): aliases of keys are unique (400), a delete of keys that finds nothing is a 404, a repeated team a
/// 400, an update of a team that is not there a 404, a repeated member a 400 with the type `team_member_already_in_team`, an administrator
/// makes keys of teams that are not there; an explicit null clears, what is absent stays. What differs is in ``Release``.
public struct ModelProxyState: Sendable {
    /// Which LiteLLM it behaves as.
    public enum Release: Sendable, Hashable, CaseIterable {
        /// 1.74.0. A credential that is made twice is a 500. Failures to change or delete one are told with 200 and the error as the body.
        /// One that is not there is deleted without a word. A user who is made twice stays as it is, and a null changes nothing of a user.
        case v1_74
        /// 1.106.2. A credential or user that is made twice is a 409; what fails is told as failed.
        case v1_106
    }

    /// Which LiteLLM it behaves as.
    public var release = Release.v1_106
    /// Whether changes and deletions of credentials fail, as they do when LiteLLM has lost its database.
    public var failsCredentials = false
    /// What is added to every answer about a team, in bytes: a team with many members.
    public var ballast = 0
    /// Keys by their hash, as rows.
    public var keys: [String: JSON] = [:]
    /// Values of keys that live, by their hash.
    public var values: [String: String] = [:]
    /// Hashes of keys that were deleted.
    public var deleted: Set<String> = []
    /// Teams by id.
    public var teams: [String: JSON] = [:]
    /// Ceilings and spend of members by team and user.
    public var members: [String: [String: JSON]] = [:]
    /// Users by id.
    public var users: [String: JSON] = [:]
    /// Credentials by name.
    public var credentials: [String: JSON] = [:]
    /// Rows of the daily table: date, api_key, model, prompt_tokens, completion_tokens, spend.
    public var daily: [JSON] = []
    private var made = 0

    /// Nothing.
    public init() {}

    /// The live keys of an alias.
    public func live(_ alias: String) -> [JSON] { keys.values.filter { $0["key_alias"]?.stringValue == alias } }

    /// An answer: a status and a body.
    typealias Answer = (status: Int, body: JSON)

    mutating func answer(_ method: String, _ path: String, query: [String: String], body: JSON) -> Answer {
        switch (method, path) {
        case ("GET", "/health/liveliness"): (200, "I'm alive!")
        case ("POST", "/key/generate"): generate(body)
        case ("POST", "/key/update"): update(body)
        case ("POST", "/key/delete"): delete(body)
        case ("GET", "/key/info"): info(query["key"] ?? "")
        case ("GET", "/key/list"): list(query)
        case ("GET", "/team/info"): team(query["team_id"] ?? "")
        case ("POST", "/team/new"): newTeam(body)
        case ("POST", "/team/update"): updateTeam(body)
        case ("POST", "/team/member_add"): addMember(body)
        case ("POST", "/team/member_update"): updateMember(body)
        case ("POST", "/user/new"): newUser(body)
        case ("POST", "/user/update"): updateUser(body)
        case ("GET", "/user/daily/activity"): activity(query)
        case ("POST", "/credentials"): newCredential(body)
        default: credential(method, path, body)
        }
    }

    private func refuse(_ status: Int, _ type: String = "bad_request") -> Answer {
        (status, ["error": ["message": "SECRET-UPSTREAM-TEXT", "type": .string(type), "param": .null, "code": .string(String(status))]])
    }

    private mutating func generate(_ body: JSON) -> Answer {
        let alias = body["key_alias"]?.stringValue ?? ""
        guard live(alias).isEmpty else { return refuse(400) }
        made += 1
        let value = "sk-stand-in-\(made)-0123456789abcdef"
        let hash = ModelProxyDigest.hash(of: value)
        var row = body
        row["token"] = .string(hash)
        if row["spend"] == nil { row["spend"] = 0 }
        keys[hash] = row
        values[hash] = value
        var answer = row
        answer["key"] = .string(value)
        answer["token_id"] = .string(hash)
        return (200, answer)
    }

    private mutating func update(_ body: JSON) -> Answer {
        guard let hash = body["key"]?.stringValue, var row = keys[hash] else { return refuse(404) }
        for (name, value) in body.objectValue ?? [:] where name != "key" { row[name] = value }
        keys[hash] = row
        return (200, row)
    }

    private mutating func delete(_ body: JSON) -> Answer {
        let aliases = (body["key_aliases"]?.arrayValue ?? []).compactMap(\.stringValue)
        let named = (body["keys"]?.arrayValue ?? []).compactMap(\.stringValue)
        let hashes = keys.filter { aliases.contains($0.value["key_alias"]?.stringValue ?? "") || named.contains($0.key) }.map(\.key)
        guard !hashes.isEmpty else { return refuse(404) }
        for hash in hashes {
            keys[hash] = nil
            values[hash] = nil
            deleted.insert(hash)
        }
        return (200, ["deleted_keys": .array((aliases + named).map { .string($0) })])
    }

    private func info(_ hash: String) -> Answer {
        if var row = keys[hash] {
            row["token"] = nil
            row["status"] = "active"
            return (200, ["key": .string(hash), "info": row])
        }
        return deleted.contains(hash) ? (200, ["key": .string(hash), "info": ["status": "deleted"]]) : refuse(404)
    }

    private func list(_ query: [String: String]) -> Answer {
        let size = Int(query["size"] ?? "") ?? 10
        let page = Int(query["page"] ?? "") ?? 1
        guard (1...100).contains(size) else { return refuse(422) }
        let found = keys.values.filter { row in
            (query["key_alias"].map { row["key_alias"]?.stringValue == $0 } ?? true)
                && (query["team_id"].map { row["team_id"]?.stringValue == $0 } ?? true)
        }.sorted { ($0["token"]?.stringValue ?? "") < ($1["token"]?.stringValue ?? "") }
        let part = Array(found.dropFirst((page - 1) * size).prefix(size))
        let pages = (found.count + size - 1) / size
        return (
            200,
            [
                "keys": .array(part), "total_count": .integer(Int64(found.count)), "current_page": .integer(Int64(page)),
                "total_pages": .integer(Int64(pages)),
            ]
        )
    }

    private func team(_ id: String) -> Answer {
        guard var info = teams[id] else { return refuse(404) }
        let parts = members[id] ?? [:]
        info["members_with_roles"] = .array(parts.keys.sorted().map { ["user_id": .string($0), "role": "user"] })
        let memberships: [JSON] = parts.keys.sorted().map { user in
            [
                "user_id": .string(user), "team_id": .string(id), "spend": parts[user]?["spend"] ?? 0,
                "litellm_budget_table": ["max_budget": parts[user]?["max_budget"] ?? .null],
            ]
        }
        return (200, loaded(["team_id": .string(id), "team_info": info, "keys": [], "team_memberships": .array(memberships)]))
    }

    private func loaded(_ answer: JSON) -> JSON {
        guard ballast > 0 else { return answer }
        var answer = answer
        answer["ballast"] = .string(String(repeating: "x", count: ballast))
        return answer
    }

    private mutating func newTeam(_ body: JSON) -> Answer {
        guard let id = body["team_id"]?.stringValue, teams[id] == nil else { return refuse(400) }
        var row = body
        row["spend"] = 0
        teams[id] = row
        return (200, row)
    }

    private mutating func updateTeam(_ body: JSON) -> Answer {
        guard let id = body["team_id"]?.stringValue, var row = teams[id] else { return refuse(404) }
        for (name, value) in body.objectValue ?? [:] { row[name] = value }
        teams[id] = row
        return (200, loaded(["team_id": .string(id), "data": row]))
    }

    private mutating func addMember(_ body: JSON) -> Answer {
        guard let id = body["team_id"]?.stringValue, teams[id] != nil, let user = body["member"]?["user_id"]?.stringValue else {
            return refuse(404)
        }
        guard members[id]?[user] == nil else { return refuse(400, "team_member_already_in_team") }
        members[id, default: [:]][user] = ["max_budget": body["max_budget_in_team"] ?? .null, "spend": 0]
        return (200, loaded(["team_id": .string(id)]))
    }

    private mutating func updateMember(_ body: JSON) -> Answer {
        guard let id = body["team_id"]?.stringValue, let user = body["user_id"]?.stringValue, members[id]?[user] != nil else {
            return refuse(400)
        }
        if let budget = body["max_budget_in_team"] { members[id]?[user]?["max_budget"] = budget }
        return (200, ["team_id": .string(id), "user_id": .string(user)])
    }

    private mutating func newUser(_ body: JSON) -> Answer {
        guard let id = body["user_id"]?.stringValue else { return refuse(422) }
        if let known = users[id] { return release == .v1_74 ? (200, known) : refuse(409) }
        users[id] = body
        return (200, body)
    }

    private mutating func updateUser(_ body: JSON) -> Answer {
        guard let id = body["user_id"]?.stringValue else { return refuse(422) }
        var row = users[id] ?? [:]
        for (name, value) in body.objectValue ?? [:] where release != .v1_74 || !value.isNull { row[name] = value }
        users[id] = row
        return (200, row)
    }

    private mutating func newCredential(_ body: JSON) -> Answer {
        guard let name = body["credential_name"]?.stringValue else { return refuse(422) }
        guard !failsCredentials else { return refuse(500, "internal_server_error") }
        guard credentials[name] == nil else { return refuse(release == .v1_74 ? 500 : 409, "internal_server_error") }
        credentials[name] = body
        return (200, ["success": true, "message": "Credential created successfully"])
    }

    private mutating func credential(_ method: String, _ path: String, _ body: JSON) -> Answer {
        let prefix = "/credentials/"
        guard path.hasPrefix(prefix) else { return refuse(404) }
        let name = String(path.dropFirst(prefix.count))
        guard !failsCredentials else { return returned(500) }
        switch method {
        case "PATCH":
            guard var row = credentials[name] else { return returned(404) }
            // What is changed is merged into what is there.
            for part in ["credential_info", "credential_values"] {
                row[part] = .object((row[part]?.objectValue ?? [:]).merging(body[part]?.objectValue ?? [:]) { $1 })
            }
            credentials[name] = row
            return (200, ["success": true, "message": "Credential updated successfully"])
        case "DELETE":
            guard credentials.removeValue(forKey: name) != nil || release == .v1_74 else { return returned(404) }
            return (200, ["success": true, "message": "Credential deleted successfully"])
        default: return refuse(405)
        }
    }

    /// A failure of a change or deletion of credentials: older releases return the exception in place of raising it.
    private func returned(_ status: Int) -> Answer {
        guard release == .v1_74 else { return refuse(status, "internal_server_error") }
        let code = String(status)
        return (
            200,
            [
                "message": "SECRET-UPSTREAM-TEXT", "type": "internal_server_error", "param": "None",
                "openai_code": .integer(Int64(status)), "code": .string(code), "headers": [:],
            ]
        )
    }

    /// Pages of rows, each summed up by day and model for itself, as LiteLLM does.
    private func activity(_ query: [String: String]) -> Answer {
        guard let from = query["start_date"], let through = query["end_date"] else { return refuse(400) }
        let size = Int(query["page_size"] ?? "") ?? 50
        let page = Int(query["page"] ?? "") ?? 1
        let rows = daily.filter { ($0["date"]?.stringValue ?? "") >= from && ($0["date"]?.stringValue ?? "") <= through }
            .sorted { ($0["date"]?.stringValue ?? "") > ($1["date"]?.stringValue ?? "") }
        let part = rows.dropFirst((page - 1) * size).prefix(size)
        var days: [String: JSON] = [:]
        for row in part {
            let day = row["date"]?.stringValue ?? ""
            let path = ["breakdown", "models", row["model"]?.stringValue ?? "", "api_key_breakdown", row["api_key"]?.stringValue ?? ""]
            var result = days[day] ?? ["date": .string(day), "breakdown": ["models": [:]]]
            var metrics = result[at: path + ["metrics"]] ?? ["prompt_tokens": 0, "completion_tokens": 0, "spend": 0]
            for name in ["prompt_tokens", "completion_tokens"] {
                metrics[name] = .integer((metrics[name]?.integerValue ?? 0) + (row[name]?.integerValue ?? 0))
            }
            metrics["spend"] = .number((metrics["spend"]?.numberValue ?? 0) + (row["spend"]?.numberValue ?? 0))
            result[at: path + ["metrics"]] = metrics
            days[day] = result
        }
        return (
            200,
            [
                "results": .array(days.keys.sorted(by: >).compactMap { days[$0] }),
                "metadata": ["page": .integer(Int64(page)), "has_more": .bool(rows.count > page * size)],
            ]
        )
    }
}

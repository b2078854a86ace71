import JSONValue
import NIOHTTP1

/// What a team of the model proxy has, and what its members spent.
public struct ModelTeam: Sendable, Hashable {
    /// A member and its part.
    public struct Member: Sendable, Hashable {
        /// What the member spent in the period with keys of the team.
        public var spend: USD
        /// The member's ceiling; nil without one.
        public var budget: USD?

        /// A member.
        public init(spend: USD, budget: USD?) {
            self.spend = spend
            self.budget = budget
        }
    }

    /// What all spent in the period.
    public var spend: USD
    /// The ceiling of all; nil without one.
    public var budget: USD?
    /// The period.
    public var duration: String?
    /// The members by their ids.
    public var members: [String: Member]

    /// A team.
    public init(spend: USD, budget: USD?, duration: String?, members: [String: Member]) {
        self.spend = spend
        self.budget = budget
        self.duration = duration
        self.members = members
    }
}

extension ModelProxyClient {
    /// A team (`GET /team/info`); nil when there is none. The answer holds every member: it may be ``Limits/team`` bytes large.
    ///
    /// - Throws: ``ModelProxyError``.
    public func team(_ id: String) async throws -> ModelTeam? {
        let answer: JSON
        do {
            answer = try await call("a team", .GET, "/team/info", query: [("team_id", id), ("key_limit", "1")], answer: limits.team)
        } catch let error as ModelProxyError where error.code == .notFound {
            return nil
        }
        guard let info = answer["team_info"] else {
            throw ModelProxyError(.answerInvalid, "The model proxy's answer about a team cannot be read.")
        }
        var members: [String: ModelTeam.Member] = [:]
        for member in info["members_with_roles"]?.arrayValue ?? [] {
            if let id = member["user_id"]?.stringValue { members[id] = .init(spend: .zero, budget: nil) }
        }
        for membership in answer["team_memberships"]?.arrayValue ?? [] {
            guard let id = membership["user_id"]?.stringValue, members[id] != nil else { continue }
            members[id] = .init(
                spend: USD(membership["spend"]?.numberValue ?? 0),
                budget: membership["litellm_budget_table"]?["max_budget"]?.numberValue.map { USD($0) }
            )
        }
        return ModelTeam(
            spend: USD(info["spend"]?.numberValue ?? 0),
            budget: info["max_budget"]?.numberValue.map { USD($0) },
            duration: info["budget_duration"]?.stringValue,
            members: members
        )
    }

    /// Has a team with a ceiling (`POST /team/update`, `POST /team/new`). Repeating it changes nothing.
    ///
    /// The team is not read for it: what is told of a team holds all its members, however many there are.
    ///
    /// - Parameters:
    ///   - id: the team.
    ///   - limit: what all its keys may spend in a period together; nil without a ceiling.
    ///   - duration: the period.
    /// - Throws: ``ModelProxyError``.
    public func setTeam(_ id: String, limit: USD?, duration: String = "30d") async throws {
        let members = Self.members(ofTeam: id, limit: limit, duration: duration)
        do {
            try await tell("a team's ceiling", .POST, "/team/update", body: members)
        } catch let error as ModelProxyError where error.code == .notFound {
            try await tell("a new team", .POST, "/team/new", body: members)
        }
    }

    /// Makes a team with a ceiling unless it is there; the ceiling of one that is there stays.
    ///
    /// - Parameters:
    ///   - id: the team.
    ///   - limit: the ceiling of a new one; nil without.
    ///   - duration: the period of a new one.
    /// - Returns: whether it was made.
    /// - Throws: ``ModelProxyError``.
    public func requireTeam(_ id: String, limit: USD?, duration: String = "30d") async throws -> Bool {
        do {
            // An update that changes nothing: that of a team that is not there is refused, and nothing of its members is read.
            try await tell("whether there is a team", .POST, "/team/update", body: ["team_id": .string(id), "team_alias": .string(id)])
            return false
        } catch let error as ModelProxyError where error.code == .notFound {
            try await tell("a new team", .POST, "/team/new", body: Self.members(ofTeam: id, limit: limit, duration: duration))
            return true
        }
    }

    private static func members(ofTeam id: String, limit: USD?, duration: String) -> JSON {
        ["team_id": .string(id), "team_alias": .string(id), "max_budget": limit?.json ?? .null, "budget_duration": .string(duration)]
    }

    /// Gives an account a ceiling, as a user of the proxy and as a member of the team: the proxy holds keys of a team to the member's.
    ///
    /// - Parameters:
    ///   - user: the account.
    ///   - team: the team, which is there.
    ///   - limit: what may be spent in a period; nil without a ceiling.
    ///   - duration: the period.
    /// - Throws: ``ModelProxyError``.
    public func setAccount(_ user: String, in team: String, limit: USD?, duration: String = "30d") async throws {
        let budget: JSON = [
            "user_id": .string(user), "max_budget": limit?.json ?? .null, "budget_duration": limit == nil ? .null : .string(duration),
        ]
        do {
            try await tell("a new account", .POST, "/user/new", body: budget.merging(["auto_create_key": false]))
        } catch let error as ModelProxyError where error.code == .conflict {
            // It is there. Older releases of the proxy do not say so: they answer as if they had made it, and change nothing.
        }
        try await tell("an account's ceiling", .POST, "/user/update", body: budget)
        let part: JSON = [
            "team_id": .string(team), "max_budget_in_team": limit?.json ?? .null,
            "budget_duration": limit == nil ? .null : .string(duration),
        ]
        do {
            try await tell(
                "a new member",
                .POST,
                "/team/member_add",
                body: part.merging(["member": ["role": "user", "user_id": .string(user)]])
            )
        } catch let error as ModelProxyError where error.code == .conflict {
            try await tell("a member's ceiling", .POST, "/team/member_update", body: part.merging(["user_id": .string(user)]))
        }
    }

    /// Has a credential of a provider with a key (`PATCH /credentials/{name}`, `POST /credentials`).
    ///
    /// Changing comes first: what the proxy says of one that is to be made and is there already differs with its release, a 409 or a 500.
    ///
    /// - Parameters:
    ///   - name: name of the credential.
    ///   - provider: the provider as LiteLLM calls it.
    ///   - key: the provider's key.
    /// - Throws: ``ModelProxyError``.
    public func setCredential(_ name: String, provider: String, key: String) async throws {
        let values: JSON = [
            "credential_name": .string(name), "credential_info": ["custom_llm_provider": .string(provider)],
            "credential_values": ["api_key": .string(key)],
        ]
        do {
            try await changeCredential("a provider's key", .PATCH, "/credentials/\(Self.encode(name))", values)
        } catch let error as ModelProxyError where error.code == .notFound {
            try await changeCredential("a new provider's key", .POST, "/credentials", values)
        }
    }

    /// Asks for a change of credentials. Releases of the proxy there are that answer a failure with 200 and the error in place of
    /// `{"success": true}`: nothing else is taken for done.
    private func changeCredential(_ what: String, _ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws {
        let answer = try await call(what, method, path, body: body)
        guard answer["success"]?.boolValue != true else { return }
        let code = answer["code"] ?? answer["error"]?["code"]
        let status = code?.integerValue.map { Int($0) } ?? code?.stringValue.flatMap { Int($0) } ?? 500
        // An error that calls itself a success is none that can be believed.
        throw ModelProxyError.answered((400..<600).contains(status) ? status : 500, what)
    }

    /// Takes a credential away (`DELETE /credentials/{name}`); that there is none is no error.
    ///
    /// - Throws: ``ModelProxyError``.
    public func deleteCredential(_ name: String) async throws {
        do {
            try await changeCredential("the end of a provider's key", .DELETE, "/credentials/\(Self.encode(name))")
        } catch let error as ModelProxyError where error.code == .notFound {
            // Whoever deletes wants it gone.
        }
    }
}
